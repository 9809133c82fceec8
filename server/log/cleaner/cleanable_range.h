// CleanableRange: which part of a log may be compacted now, and whether that is worth it; pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "protocol/types.h"
#include "server/log/log_options.h"

namespace odradek::log {

// Timestamps count for the segments that end at or above the first dirty offset.
struct CompactionSegment {
  protocol::Offset base_offset = 0;
  std::int64_t size_bytes = 0;
  std::int64_t largest_timestamp_ms = protocol::kNoTimestamp;
  std::int64_t first_timestamp_ms = protocol::kNoTimestamp;
};

struct CompactionFacts {
  std::vector<CompactionSegment> segments;  // in order; the last is the active one
  protocol::Offset log_start_offset = 0;
  protocol::Offset log_end_offset = 0;
  protocol::Offset last_stable_offset = 0;  // the high watermark at most
  std::optional<protocol::Offset> checkpoint;
  std::int64_t now_ms = 0;
};

struct CleanableRange {
  protocol::Offset first_dirty_offset = 0;
  // Never below the first dirty one; where they are equal, nothing may be cleaned.
  protocol::Offset first_uncleanable_offset = 0;
  // The checkpoint lay outside of the log: all of it counts as dirty.
  bool checkpoint_refused = false;
  std::int64_t clean_bytes = 0;
  std::int64_t cleanable_bytes = 0;
  // How long the oldest dirty record has been waiting beyond max.compaction.lag.ms.
  std::int64_t delay_ms = 0;

  double dirty_ratio() const;
};

// Where cleaning begins: the checkpoint, unless it lies outside of the log.
protocol::Offset first_dirty_offset(const CompactionFacts& facts);
// The range ends at the active segment, at the last stable offset, and before the first segment
// with a record younger than min.compaction.lag.ms.
CleanableRange cleanable_range(const CompactionFacts& facts, const LogOptions& options);

// More dirty than min.cleanable.dirty.ratio, or overdue.
bool worth_cleaning(const CleanableRange& range, const LogOptions& options);

}  // namespace odradek::log
