#include "server/log/cleaner/cleanable_range.h"

#include <algorithm>
#include <limits>

namespace odradek::log {

namespace {

// The number of the segment that holds `offset`: the last one that begins at or below it.
std::size_t segment_at(std::span<const CompactionSegment> segments, protocol::Offset offset) {
  std::size_t number = 0;
  while (number + 1 < segments.size() && segments[number + 1].base_offset <= offset) ++number;
  return number;
}

protocol::Offset end_of_aged(std::span<const CompactionSegment> dirty, protocol::Offset none,
                             const CompactionFacts& facts, const LogOptions& options) {
  if (options.min_compaction_lag_ms <= 0) return none;
  for (const CompactionSegment& segment : dirty) {
    if (segment.largest_timestamp_ms > facts.now_ms - options.min_compaction_lag_ms) {
      return segment.base_offset;
    }
  }
  return none;
}

std::int64_t delay_of(std::span<const CompactionSegment> dirty, const CompactionFacts& facts,
                      const LogOptions& options) {
  std::int64_t clean_until =
      facts.now_ms - std::max<std::int64_t>(options.max_compaction_lag_ms, 0);
  std::int64_t earliest = std::numeric_limits<std::int64_t>::max();
  for (const CompactionSegment& segment : dirty) {
    if (segment.first_timestamp_ms > 0) earliest = std::min(earliest, segment.first_timestamp_ms);
  }
  return earliest < clean_until ? clean_until - earliest : 0;
}

bool outside(const CompactionFacts& facts) {
  return facts.checkpoint &&
         (*facts.checkpoint < facts.log_start_offset || *facts.checkpoint > facts.log_end_offset);
}

}  // namespace

double CleanableRange::dirty_ratio() const {
  std::int64_t total = clean_bytes + cleanable_bytes;
  return total == 0 ? 0 : static_cast<double>(cleanable_bytes) / static_cast<double>(total);
}

protocol::Offset first_dirty_offset(const CompactionFacts& facts) {
  return outside(facts) ? facts.log_start_offset
                        : facts.checkpoint.value_or(facts.log_start_offset);
}

CleanableRange cleanable_range(const CompactionFacts& facts, const LogOptions& options) {
  CleanableRange range;
  range.first_dirty_offset = first_dirty_offset(facts);
  range.checkpoint_refused = outside(facts);
  std::span<const CompactionSegment> segments(facts.segments);
  if (segments.empty()) return range;
  std::size_t active = segments.size() - 1;
  protocol::Offset active_base = segments[active].base_offset;
  std::size_t first_dirty = std::min(segment_at(segments, range.first_dirty_offset), active);
  std::span<const CompactionSegment> dirty = segments.subspan(first_dirty, active - first_dirty);

  protocol::Offset end = std::min(facts.last_stable_offset, active_base);
  end = std::min(end, end_of_aged(dirty, active_base, facts, options));
  range.first_uncleanable_offset = std::max(range.first_dirty_offset, end);
  range.delay_ms = delay_of(dirty, facts, options);

  // Only whole segments are cleaned: the one that holds the first uncleanable offset is not.
  std::size_t bound = segment_at(segments, range.first_uncleanable_offset);
  range.first_uncleanable_offset = std::max(range.first_dirty_offset, segments[bound].base_offset);
  for (std::size_t i = 0; i < bound; ++i) {
    (i < first_dirty ? range.clean_bytes : range.cleanable_bytes) += segments[i].size_bytes;
  }
  return range;
}

bool worth_cleaning(const CleanableRange& range, const LogOptions& options) {
  if (range.delay_ms > 0 && range.cleanable_bytes > 0) return true;
  return range.dirty_ratio() > options.min_cleanable_dirty_ratio;
}

}  // namespace odradek::log
