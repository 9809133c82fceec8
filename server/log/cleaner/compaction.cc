#include "server/log/cleaner/compaction.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <memory>
#include <utility>

#include "base/file.h"
#include "base/log.h"
#include "base/random.h"
#include "protocol/errors.h"
#include "protocol/record/record_iterator.h"
#include "server/log/cleaner/batch_source.h"
#include "server/log/cleaner/segment_groups.h"

namespace odradek::log {

namespace {

using protocol::ErrorCode;

// A first guess at how many keys there are.
constexpr std::int64_t kBytesPerKey = 1024;
constexpr std::int64_t kLeastKeys = 1024;

base::SipKey fresh_hash_key() {
  base::Bytes bytes(sizeof(base::SipKey));
  base::fill_with_secrets(bytes);
  base::SipKey key;
  std::memcpy(&key, bytes.data(), sizeof(key));
  return key;
}

}  // namespace

Compaction::Compaction(Log& log, const CleanableRange& range, std::uint64_t cuts,
                       const LogContext& context, Pace pace)
    : log_(log),
      range_(range),
      cuts_(cuts),
      context_(context),
      pace_(std::move(pace)),
      options_(log.options()),
      now_ms_(context.clock.wall_ms()) {}

std::vector<Compaction::Source> Compaction::sources(protocol::Offset from,
                                                    protocol::Offset to) const {
  std::vector<Source> found;
  std::vector<SegmentPtr> segments = log_.segments().from(from);
  // The last segment of the log is never compacted, so that each has one behind it.
  for (std::size_t i = 0; i + 1 < segments.size() && segments[i]->base_offset() < to; ++i) {
    found.push_back({segments[i], segments[i + 1]->base_offset()});
  }
  return found;
}

base::Result<std::vector<AbortedTransaction>> Compaction::aborted(protocol::Offset from,
                                                                  protocol::Offset to) const {
  std::vector<AbortedTransaction> found;
  for (const SegmentPtr& segment : log_.segments().from(from)) {
    auto complete = segment->transaction_index().collect(from, to, found);
    if (!complete.ok()) return complete.error();
    if (*complete) break;
  }
  return found;
}

base::Status Compaction::pace(std::int64_t bytes) {
  bool wanted = log_.compaction().cuts() == cuts_ && log_.options()->cleanup_compact;
  if (wanted && pace_(bytes)) return {};
  stopped_ = true;
  return base::Error(ErrorCode::kKafkaStorageError, "the compaction was stopped");
}

base::Result<bool> Compaction::map_batch(const protocol::BatchView& batch,
                                         TransactionWalk& transactions) {
  if (batch.is_control()) {
    auto marker = transactions.marker(batch);
    if (!marker.ok()) return marker.error();
  } else if (!transactions.is_aborted(batch)) {
    protocol::RecordIterator records(batch);
    while (const protocol::Record* record = records.next()) {
      if (!record->key || record->offset < range_.first_dirty_offset) continue;
      if (offsets_->put(*record->key, record->offset)) continue;
      offsets_->set_latest_offset(record->offset - 1);
      return false;
    }
    if (!records.status().ok()) return records.status().error();
  }
  offsets_->set_latest_offset(batch.last_offset());
  return true;
}

base::Result<bool> Compaction::map_segment(Segment& segment, TransactionWalk& transactions) {
  auto start = segment.locate(range_.first_dirty_offset, segment.size_bytes());
  if (!start.ok()) return start.error();
  if (!start->has_value()) return true;
  BatchSource source(segment, (*start)->position, input_);
  for (;;) {
    base::Status paced = pace(source.next_read_bytes());
    if (!paced.ok()) return paced.error();
    auto chunk = source.next();
    if (!chunk.ok()) return chunk.error();
    if (chunk->empty()) return true;
    report_.mapped_bytes += static_cast<std::int64_t>(chunk->size());
    protocol::BatchReader reader(*chunk);
    for (;;) {
      auto batch = reader.next();
      if (!batch.ok()) return batch.error();
      if (!batch->has_value()) break;
      auto fits = map_batch(**batch, transactions);
      if (!fits.ok() || !*fits) return fits;
    }
  }
}

base::Status Compaction::map_keys() {
  std::vector<Source> dirty = sources(range_.first_dirty_offset, range_.first_uncleanable_offset);
  std::int64_t dirty_bytes = 0;
  for (const Source& source : dirty) dirty_bytes += source.segment->size_bytes();
  if (!offsets_->begin(dirty_bytes / kBytesPerKey + kLeastKeys, fresh_hash_key())) {
    return base::Error(ErrorCode::kKafkaStorageError, "no memory is left for its keys");
  }
  auto transactions = aborted(range_.first_dirty_offset, range_.first_uncleanable_offset);
  if (!transactions.ok()) return transactions.error();
  TransactionWalk walk(std::move(*transactions));
  offsets_->set_latest_offset(range_.first_dirty_offset - 1);
  for (const Source& source : dirty) {
    auto whole = map_segment(*source.segment, walk);
    if (!whole.ok()) return whole.error();
    if (!*whole) return {};
    // Offsets at its end may be gaps.
    offsets_->set_latest_offset(source.end_offset - 1);
  }
  return {};
}

base::Status Compaction::append(Segment& cleaned) {
  if (output_.empty()) return {};
  base::Status done = pace(static_cast<std::int64_t>(output_.size()));
  base::ByteView batches(output_);
  if (done.ok()) done = cleaned.append(std::span(&batches, 1), headers_, *options_);
  report_.written_bytes += static_cast<std::int64_t>(output_.size());
  output_.clear();
  headers_.clear();
  return done;
}

base::Status Compaction::copy(Segment& source, Segment& cleaned, BatchFilter& filter) {
  BatchSource batches(source, 0, input_);
  for (;;) {
    base::Status done = pace(batches.next_read_bytes());
    if (!done.ok()) return done;
    auto chunk = batches.next();
    if (!chunk.ok()) return chunk.error();
    if (chunk->empty()) return {};
    report_.read_bytes += static_cast<std::int64_t>(chunk->size());
    protocol::BatchReader reader(*chunk);
    for (;;) {
      auto batch = reader.next();
      if (!batch.ok()) return batch.error();
      if (!batch->has_value()) break;
      if ((*batch)->last_offset() - cleaned.base_offset() > std::numeric_limits<int>::max()) {
        return base::Error(ErrorCode::kCorruptMessage, source.log_file().path() + " holds offset " +
                                                           std::to_string((*batch)->last_offset()) +
                                                           ", too far for an index");
      }
      std::size_t before = output_.size();
      done = filter.filter(**batch, output_);
      if (!done.ok()) return done;
      if (filter.aborted()) done = cleaned.transaction_index().append(*filter.aborted());
      if (!done.ok()) return done;
      if (output_.size() == before) continue;
      headers_.push_back(*BatchHeader::parse(base::ByteView(output_).subspan(before)));
    }
    done = append(cleaned);
    if (!done.ok()) return done;
  }
}

base::Status Compaction::fill(const std::vector<SegmentPtr>& group, Segment& cleaned,
                              BatchFilter& filter) {
  base::Status done = cleaned.create();
  std::int64_t modified_ms = 0;
  for (const SegmentPtr& source : group) {
    if (!done.ok()) return done;
    auto modified = source->modified_ms();
    if (!modified.ok()) return modified.error();
    modified_ms = *modified;
    filter.set_rules({.now_ms = now_ms_,
                      .delete_retention_ms = options_->delete_retention_ms,
                      .keeps_old_tombstones = modified_ms > old_tombstones_until_ms_,
                      .round_end = range_.first_uncleanable_offset});
    done = copy(*source, cleaned, filter);
  }
  if (done.ok()) done = cleaned.become_inactive();
  if (done.ok()) done = cleaned.flush();
  // Retention by time goes by it where records have none.
  if (done.ok()) done = cleaned.set_modified_ms(modified_ms);
  return done;
}

base::Status Compaction::clean_group(const std::vector<SegmentPtr>& group, BatchFilter& filter) {
  std::string directory = log_.directory();
  protocol::Offset base_offset = group.front()->base_offset();
  auto make = [&] {
    return std::make_shared<Segment>(context_.files, directory, base_offset, 0,
                                     group.front()->created_ms(), kCleanedSuffix);
  };
  base::Status done = make()->remove();  // what an interrupted compaction may have left
  if (!done.ok()) return done;
  SegmentPtr cleaned = make();
  output_.clear();
  headers_.clear();
  filter.set_last_batches(last_batches(log_.producers()));
  done = fill(group, *cleaned, filter);
  if (done.ok()) {
    auto replaced = log_.replace_segments(group, cleaned, cuts_);
    if (!replaced.ok()) return replaced.error();
    if (*replaced) return {};
    stopped_ = true;
    done = base::Error(ErrorCode::kKafkaStorageError, "the log changed meanwhile");
  }
  base::Status removed = cleaned->remove();
  if (!removed.ok()) LOG(WARNING) << removed.error().message;
  return done;
}

base::Status Compaction::clean() {
  std::vector<Source> all = sources(0, report_.cleaned_to);
  if (all.empty()) return {};
  std::vector<GroupingSegment> sizes;
  for (const Source& source : all) {
    auto offsets = source.segment->offset_index().file().entries();
    if (!offsets.ok()) return offsets.error();
    auto times = source.segment->time_index().file().entries();
    if (!times.ok()) return times.error();
    sizes.push_back({source.segment->base_offset(), source.segment->size_bytes(),
                     static_cast<std::int64_t>(*offsets * OffsetIndex::kEntrySize),
                     static_cast<std::int64_t>(*times * TimeIndex::kEntrySize)});
    if (source.segment->base_offset() >= range_.first_dirty_offset) continue;
    auto modified = source.segment->modified_ms();
    if (!modified.ok()) return modified.error();
    old_tombstones_until_ms_ = *modified - options_->delete_retention_ms;
  }
  auto transactions = aborted(sizes.front().base_offset, all.back().end_offset);
  if (!transactions.ok()) return transactions.error();
  TransactionWalk walk(std::move(*transactions));
  BatchFilter filter(*offsets_, walk);
  auto next = all.begin();
  base::Status done;
  for (std::size_t count : group_segments(sizes, all.back().end_offset, *options_)) {
    std::vector<SegmentPtr> group;
    for (; group.size() < count; ++next) group.push_back(next->segment);
    done = clean_group(group, filter);
    if (!done.ok()) break;
  }
  report_.records = filter.counts();
  return done;
}

void Compaction::conclude(const base::Status& status) {
  if (status.ok()) return;
  report_.reason = status.error().message;
  bool cut = stopped_ || log_.compaction().cuts() != cuts_;
  bool passes = protocol::code_of(status.error()) == ErrorCode::kKafkaStorageError ||
                base::out_of_descriptors(status.error());
  if (cut || passes) {
    report_.end = CompactionEnd::kAborted;
  } else {
    report_.end = status.error().code == -1 ? CompactionEnd::kFailed : CompactionEnd::kBroken;
  }
}

CompactionReport Compaction::run(const CompactionMemory& memory) {
  std::int64_t began_ms = context_.clock.monotonic_ms();
  offsets_ = &memory.offsets;
  input_.resize(memory.io_buffer_bytes);
  base::Status done = map_keys();
  if (done.ok()) {
    report_.cleaned_to = offsets_->latest_offset() + 1;
    report_.map_utilization = offsets_->utilization();
    done = clean();
  }
  offsets_->end();
  if (done.ok() && !log_.compaction().advance_to(report_.cleaned_to, cuts_)) {
    stopped_ = true;
    done = base::Error(ErrorCode::kKafkaStorageError, "the log changed meanwhile");
  }
  conclude(done);
  report_.elapsed_ms = context_.clock.monotonic_ms() - began_ms;
  return report_;
}

}  // namespace odradek::log
