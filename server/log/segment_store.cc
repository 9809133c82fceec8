#include "server/log/segment_store.h"

#include <algorithm>
#include <utility>

#include "base/file.h"
#include "base/log.h"
#include "server/log/batch_walker.h"

namespace odradek::log {

namespace {

// A number that is the same for one segment at every look, spread over [0, bound).
std::int64_t spread(const std::string& directory, protocol::Offset base_offset,
                    std::int64_t bound) {
  if (bound <= 0) return 0;
  std::uint64_t mixed = std::hash<std::string>()(directory) ^
                        (static_cast<std::uint64_t>(base_offset) * 0x9E3779B97F4A7C15ULL);
  mixed ^= mixed >> 31;
  mixed *= 0xBF58476D1CE4E5B9ULL;
  mixed ^= mixed >> 29;
  return static_cast<std::int64_t>(mixed % static_cast<std::uint64_t>(bound));
}

}  // namespace

SegmentStore::SegmentStore(const LogContext& context, std::string directory,
                           std::vector<SegmentPtr> segments, protocol::Offset end_offset)
    : context_(context), directory_(std::move(directory)) {
  directory_.shrink_to_fit();
  for (SegmentPtr& segment : segments) segments_.add(std::move(segment));
  CHECK(!segments_.empty()) << directory_;
  publish_end(end_offset);
}

void SegmentStore::publish_end(protocol::Offset offset) {
  SegmentPtr active = segments_.last();
  end_.store({offset, active->base_offset(), active->size_bytes()});
}

base::Status SegmentStore::append(std::span<const base::ByteView> parts,
                                  std::span<const BatchHeader> headers, const LogOptions& options) {
  SegmentPtr active = segments_.last();
  std::int64_t position = active->size_bytes();
  base::Status appended = active->append(parts, headers, options);
  if (!appended.ok()) return appended;
  for (const BatchHeader& header : headers) {
    recent_.add({{header.base_offset, active->base_offset(), position}, header.size_bytes});
    position += header.size_bytes;
  }
  publish_end(headers.back().last_offset + 1);
  return {};
}

base::Result<bool> SegmentStore::needs_roll(std::size_t append_bytes,
                                            std::span<const BatchHeader> headers,
                                            const LogOptions& options) const {
  SegmentPtr active = segments_.last();
  RollFacts facts;
  facts.size_bytes = active->size_bytes();
  facts.append_bytes = static_cast<std::int64_t>(append_bytes);
  facts.last_relative_offset = headers.back().last_offset - active->base_offset();
  facts.jitter_ms = spread(directory_, active->base_offset(), options.segment_jitter_ms);
  auto first_timestamp = active->first_timestamp_ms();
  if (!first_timestamp.ok()) return first_timestamp.error();
  if (*first_timestamp >= 0) {
    for (const BatchHeader& header : headers) {
      facts.waited_ms = std::max(facts.waited_ms, header.max_timestamp_ms - *first_timestamp);
    }
  } else {
    facts.waited_ms = context_.clock.wall_ms() - active->created_ms();
  }
  auto offsets_full = active->offset_index().full(options.segment_index_bytes);
  if (!offsets_full.ok()) return offsets_full;
  auto times_full = active->time_index().full(options.segment_index_bytes);
  if (!times_full.ok()) return times_full;
  facts.index_full = *offsets_full || *times_full;
  return should_roll(facts, options);
}

base::Result<bool> SegmentStore::may_share_write(std::size_t batches,
                                                 const LogOptions& options) const {
  // The first batch of a segment says how long it may last, and each may take an index entry.
  SegmentPtr active = segments_.last();
  if (active->size_bytes() == 0) return false;
  auto spare_bytes = static_cast<std::int32_t>(batches * IndexFile::kMaxEntrySize);
  std::int32_t index_bytes = std::max(options.segment_index_bytes - spare_bytes, 0);
  auto offsets_full = active->offset_index().full(index_bytes);
  if (!offsets_full.ok()) return offsets_full;
  auto times_full = active->time_index().full(index_bytes);
  if (!times_full.ok()) return times_full;
  return !*offsets_full && !*times_full;
}

base::Status SegmentStore::start_segment(protocol::Offset base_offset) {
  auto segment = std::make_shared<Segment>(context_.files, directory_, base_offset, 0,
                                           context_.clock.wall_ms());
  base::Status created = segment->create();
  if (created.ok()) {
    segments_.add(std::move(segment));
    return {};
  }
  // The log may go on without it, and the next start must not take it for the log's end.
  base::Status removed = segment->remove();
  return removed.ok() ? created : removed;
}

base::Status SegmentStore::roll(protocol::Offset offset) {
  CHECK_GE(offset, end_offset());
  SegmentPtr active = segments_.last();
  bool empty = active->size_bytes() == 0;
  if (empty && active->base_offset() == offset) return {};
  base::Status ended = active->become_inactive();
  if (!ended.ok()) return ended;
  base::Status started = start_segment(offset);
  if (!started.ok()) return started;
  if (empty) segments_.remove(active->base_offset());
  publish_end(offset);
  // Once there is the other one: a crash leaves both, or only that.
  return empty ? active->remove() : base::Status();
}

base::Result<protocol::Offset> SegmentStore::truncate_to(protocol::Offset offset) {
  compaction_.cut_at(offset);
  recent_.clear();
  std::vector<SegmentPtr> all = segments_.all();
  CHECK_GE(offset, all.front()->base_offset());
  while (all.size() > 1 && all.back()->base_offset() >= offset) {
    segments_.remove(all.back()->base_offset());
    base::Status removed = all.back()->remove();
    if (!removed.ok()) return removed.error();
    all.pop_back();
  }
  auto end = all.back()->truncate_to(offset);
  if (!end.ok()) return end;
  publish_end(*end);
  return end;
}

base::Status SegmentStore::restart_at(protocol::Offset offset) {
  compaction_.cut_at(offset);
  recent_.clear();
  std::vector<SegmentPtr> all = segments_.all();
  // From the end, so that what a crash leaves is a prefix.
  for (auto segment = all.rbegin(); segment != all.rend(); ++segment) {
    base::Status removed = (*segment)->remove();
    if (!removed.ok()) return removed;
  }
  // Readers find a segment at any time.
  base::Status started = start_segment(offset);
  if (!started.ok()) return started;
  for (const SegmentPtr& segment : all) {
    if (segment->base_offset() != offset) segments_.remove(segment->base_offset());
  }
  publish_end(offset);
  return {};
}

base::Status SegmentStore::remove_first(std::size_t count, std::int64_t delay_ms) {
  compaction_.cut_front();
  for (const SegmentPtr& segment : segments_.all()) {
    if (count-- == 0) break;
    base::Status marked = segment->mark_deleted();
    if (!marked.ok()) return marked;
    segments_.remove(segment->base_offset());
    context_.deleter.add(segment, delay_ms);
  }
  return {};
}

base::Status SegmentStore::replace(const std::vector<SegmentPtr>& sources,
                                   const SegmentPtr& cleaned, std::int64_t delete_delay_ms) {
  CHECK(!sources.empty() && sources.back() != segments_.last());
  base::Status done = cleaned->change_suffix(kCleanedSuffix, kSwapSuffix);
  if (!done.ok()) return done;
  // Whoever sees the new segment must not find places of the old ones.
  recent_.clear();
  compaction_.begin_swap();
  segments_.replace(sources, cleaned);
  compaction_.end_swap();
  for (const SegmentPtr& source : sources) {
    done = source->mark_deleted();
    if (!done.ok()) return done;
    context_.deleter.add(source, delete_delay_ms);
  }
  done = cleaned->change_suffix(kSwapSuffix, "");
  if (!done.ok()) return done;
  return context_.files.with_room([&] { return base::sync_directory(directory_); });
}

base::Result<std::vector<SegmentFacts>> SegmentStore::facts(const LogOptions& options,
                                                            std::int64_t now_ms) const {
  std::vector<SegmentFacts> facts;
  bool times_matter = options.cleanup_delete && options.retention_ms >= 0;
  for (const SegmentPtr& segment : segments_.all()) {
    if (!facts.empty()) facts.back().end_offset = segment->base_offset();
    facts.push_back({segment->base_offset(), end_offset(), segment->size_bytes()});
    if (!times_matter) continue;
    auto timestamp = segment->largest_timestamp_ms();
    if (!timestamp.ok()) return timestamp.error();
    facts.back().largest_timestamp_ms = *timestamp;
    times_matter = is_expired(*timestamp, options, now_ms);
  }
  return facts;
}

void SegmentStore::directory_moved(const std::string& directory) {
  directory_ = directory;
  for (const SegmentPtr& segment : segments_.all()) segment->directory_moved(directory);
}

base::Result<std::optional<BatchPlace>> SegmentStore::locate(Segment& segment,
                                                             protocol::Offset target,
                                                             std::int64_t end_position) const {
  auto recent = recent_.find(target);
  if (recent && recent->start.segment_base_offset == segment.base_offset() &&
      recent->start.position < end_position) {
    return recent;
  }
  auto located = segment.locate(target, end_position);
  if (!located.ok()) return located.error();
  if (!located->has_value()) return std::optional<BatchPlace>();
  const Segment::Located& found = **located;
  return std::optional<BatchPlace>(
      {{found.header.base_offset, segment.base_offset(), found.position}, found.header.size_bytes});
}

base::Result<std::optional<Segment::Extent>> SegmentStore::extent(Segment& segment,
                                                                  protocol::Offset target,
                                                                  std::int64_t end_position) const {
  auto indexed = segment.indexed_extent(target, end_position);
  if (!indexed.ok() || indexed->has_value()) return indexed;
  auto place = locate(segment, target, end_position);
  if (!place.ok()) return place.error();
  if (!place->has_value()) return std::optional<Segment::Extent>();
  return std::optional<Segment::Extent>({(*place)->start.position, (*place)->size_bytes});
}

base::Result<std::int64_t> SegmentStore::position_below(Segment& segment, protocol::Offset bound,
                                                        const OffsetMetadata& end) const {
  bool active = segment.base_offset() == end.segment_base_offset;
  std::int64_t size = active ? end.position : segment.size_bytes();
  if (bound >= end.offset) return size;
  SegmentPtr next = active ? nullptr : segments_.higher(segment.base_offset());
  if (next && bound >= next->base_offset()) return size;
  auto place = locate(segment, bound, size);
  if (!place.ok()) return place.error();
  return place->has_value() ? (*place)->start.position : size;
}

base::Result<std::optional<OffsetMetadata>> SegmentStore::find(protocol::Offset offset) const {
  OffsetMetadata end_now = end();
  if (offset == end_now.offset) return std::optional<OffsetMetadata>(end_now);
  if (auto recent = recent_.find(offset)) return std::optional<OffsetMetadata>(recent->start);
  SegmentPtr segment = segments_.floor(offset);
  while (segment) {
    auto bound = position_below(*segment, end_now.offset, end_now);
    if (!bound.ok()) return bound.error();
    auto place = locate(*segment, offset, *bound);
    if (!place.ok()) return place.error();
    if (place->has_value()) return std::optional<OffsetMetadata>((*place)->start);
    segment = segments_.higher(segment->base_offset());
  }
  return std::optional<OffsetMetadata>();
}

}  // namespace odradek::log
