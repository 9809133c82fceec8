#include "server/log/log_reader.h"

#include <algorithm>
#include <array>
#include <utility>

#include "protocol/record/batch.h"
#include "protocol/record/record_iterator.h"
#include "server/log/batch_walker.h"

namespace odradek::log {

namespace {

// The first record of one batch that is late enough and within [from, to).
base::Result<std::optional<TimestampOffset>> search_batch(Segment& segment, std::int64_t position,
                                                          const BatchHeader& header,
                                                          std::int64_t timestamp_ms,
                                                          protocol::Offset from,
                                                          protocol::Offset to) {
  base::Bytes bytes(static_cast<std::size_t>(header.size_bytes));
  auto read = segment.log_file().read_at(position, bytes);
  if (!read.ok()) return read.error();
  if (*read != bytes.size()) return std::optional<TimestampOffset>();
  protocol::RecordIterator records{protocol::BatchView(bytes)};
  while (const protocol::Record* record = records.next()) {
    if (record->timestamp < timestamp_ms || record->offset < from) continue;
    if (record->offset >= to) break;
    return std::optional<TimestampOffset>(TimestampOffset{record->timestamp, record->offset});
  }
  if (!records.status().ok()) return records.status().error();
  return std::optional<TimestampOffset>();
}

}  // namespace

base::Status LogReader::read(const ReadSpec& spec, ReadInfo& info) const {
  OffsetMetadata end = store_.end();
  protocol::Offset bound = std::min(spec.upper_bound, end.offset);
  info.first = {spec.start_offset, -1, -1};
  if (spec.start_offset == end.offset) info.first = end;
  if (spec.start_offset >= bound) return {};
  SegmentPtr segment = store_.segments().floor(spec.start_offset);
  while (segment && segment->base_offset() < bound) {
    auto end_position = store_.position_below(*segment, bound, end);
    if (!end_position.ok()) return end_position.error();
    auto first = store_.extent(*segment, spec.start_offset, *end_position);
    if (!first.ok()) return first.error();
    if (first->has_value()) {
      base::Status filled = fill(spec, *segment, **first, *end_position, info);
      if (!filled.ok() || !spec.collect_aborted || info.slice.size_bytes == 0) return filled;
      return collect_aborted(spec, std::move(segment), info);
    }
    // Compaction may have emptied the end of a segment.
    segment = store_.segments().higher(segment->base_offset());
  }
  return {};
}

base::Status LogReader::fill(const ReadSpec& spec, Segment& segment, const Segment::Extent& first,
                             std::int64_t end_position, ReadInfo& info) const {
  std::int64_t position = first.position;
  info.first = {spec.start_offset, segment.base_offset(), position};
  std::int64_t size = end_position - position;
  std::int64_t limit = std::max(spec.max_bytes, 0);
  if (size > limit) {
    std::int64_t whole = std::min<std::int64_t>(first.size_bytes, size);
    info.first_batch_incomplete = whole > limit && !spec.min_one_message;
    size = spec.min_one_message ? std::max(limit, whole) : limit;
  }
  if (size == 0) return {};
  auto file = segment.log_file().open();
  if (!file.ok()) return file.error();
  info.slice = {std::move(*file), position, size};
  return {};
}

base::Status LogReader::collect_aborted(const ReadSpec& spec, SegmentPtr segment,
                                        ReadInfo& info) const {
  // By the index, as upstream: a few transactions too many do no harm, reading the slice would.
  auto behind = segment->offset_index().at_or_behind(info.slice.position + info.slice.size_bytes);
  if (!behind.ok()) return behind.error();
  SegmentPtr next = store_.segments().higher(segment->base_offset());
  protocol::Offset to = next ? next->base_offset() : spec.upper_bound;
  if (behind->has_value()) to = (*behind)->offset;
  for (; segment; segment = store_.segments().higher(segment->base_offset())) {
    auto complete = segment->transaction_index().collect(spec.start_offset, to, info.aborted);
    if (!complete.ok()) return complete.error();
    if (*complete) break;
  }
  return {};
}

base::Result<std::optional<TimestampOffset>> LogReader::first_at_or_after(
    std::int64_t timestamp_ms, protocol::Offset log_start, protocol::Offset upper_bound) const {
  for (const SegmentPtr& segment : store_.segments().from(log_start)) {
    if (segment->base_offset() >= upper_bound) break;
    auto newest = segment->max_timestamp();
    if (!newest.ok()) return newest.error();
    if (newest->timestamp_ms < timestamp_ms) continue;
    auto found = search_segment(*segment, timestamp_ms, log_start, upper_bound);
    if (!found.ok() || found->has_value()) return found;
  }
  return std::optional<TimestampOffset>();
}

base::Result<std::optional<TimestampOffset>> LogReader::search_segment(
    Segment& segment, std::int64_t timestamp_ms, protocol::Offset log_start,
    protocol::Offset upper_bound) const {
  auto earlier = segment.time_index().lookup(timestamp_ms);
  if (!earlier.ok()) return earlier.error();
  auto start = segment.offset_index().lookup(std::max(earlier->offset, log_start));
  if (!start.ok()) return start.error();
  BatchWalker walker(segment.log_file(), start->position, segment.size_bytes());
  for (;;) {
    auto header = walker.next();
    if (!header.ok()) return header.error();
    if (!header->has_value()) return std::optional<TimestampOffset>();
    const BatchHeader& batch = **header;
    // The offset field of an old wrapper is that of its last message.
    if (batch.magic >= 2 && batch.base_offset >= upper_bound) {
      return std::optional<TimestampOffset>();
    }
    if (batch.max_timestamp_ms < timestamp_ms || batch.last_offset < log_start) continue;
    auto found =
        search_batch(segment, walker.batch_position(), batch, timestamp_ms, log_start, upper_bound);
    if (!found.ok() || found->has_value()) return found;
  }
}

base::Result<std::optional<TimestampOffset>> LogReader::latest_timestamp(
    protocol::Offset log_start, protocol::Offset upper_bound) const {
  std::int64_t latest = protocol::kNoTimestamp;
  for (const SegmentPtr& segment : store_.segments().from(log_start)) {
    auto newest = segment->max_timestamp();
    if (!newest.ok()) return newest.error();
    latest = std::max(latest, newest->timestamp_ms);
  }
  if (latest < 0) return std::optional<TimestampOffset>();
  return first_at_or_after(latest, log_start, upper_bound);
}

}  // namespace odradek::log
