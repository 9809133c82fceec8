#include "server/log/retention.h"

#include <algorithm>

namespace odradek::log {

namespace {

std::size_t count_expired(std::span<const SegmentFacts> segments, const LogOptions& options,
                          const RetentionBounds& bounds) {
  std::size_t count = 0;
  while (count < segments.size() &&
         is_expired(segments[count].largest_timestamp_ms, options, bounds.now_ms)) {
    ++count;
  }
  return count;
}

std::size_t count_beyond_size(std::span<const SegmentFacts> segments, const LogOptions& options) {
  if (options.retention_bytes < 0) return 0;
  std::int64_t surplus = -options.retention_bytes;
  for (const SegmentFacts& segment : segments) surplus += segment.size_bytes;
  std::size_t count = 0;
  while (count < segments.size() && surplus - segments[count].size_bytes >= 0) {
    surplus -= segments[count].size_bytes;
    ++count;
  }
  return count;
}

std::size_t count_below_start(std::span<const SegmentFacts> segments,
                              const RetentionBounds& bounds) {
  std::size_t count = 0;
  // The last one has no segment behind it whose base offset could say that it is all below.
  while (count + 1 < segments.size() && segments[count].end_offset <= bounds.log_start_offset) {
    ++count;
  }
  return count;
}

}  // namespace

bool is_expired(std::int64_t largest_timestamp_ms, const LogOptions& options, std::int64_t now_ms) {
  return options.retention_ms >= 0 && now_ms - largest_timestamp_ms > options.retention_ms;
}

std::size_t deletable_segments(std::span<const SegmentFacts> segments, const LogOptions& options,
                               const RetentionBounds& bounds) {
  std::size_t allowed = 0;
  while (allowed < segments.size() && segments[allowed].end_offset <= bounds.high_watermark) {
    bool last = allowed + 1 == segments.size();
    if (last && segments[allowed].size_bytes == 0) break;
    ++allowed;
  }
  std::size_t wanted = count_below_start(segments, bounds);
  if (options.cleanup_delete) {
    wanted = std::max(wanted, count_expired(segments, options, bounds));
    wanted = std::max(wanted, count_beyond_size(segments, options));
  }
  return std::min(wanted, allowed);
}

bool should_roll(const RollFacts& facts, const LogOptions& options) {
  if (facts.size_bytes == 0) return facts.last_relative_offset > INT32_MAX;
  if (facts.size_bytes > options.segment_bytes - facts.append_bytes) return true;
  if (facts.waited_ms > options.segment_ms - facts.jitter_ms) return true;
  return facts.index_full || facts.last_relative_offset > INT32_MAX;
}

}  // namespace odradek::log
