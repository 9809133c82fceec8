// Retention and rolling as pure decisions: which old segments go, when a new one begins.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "protocol/types.h"
#include "server/log/log_options.h"

namespace odradek::log {

struct SegmentFacts {
  protocol::Offset base_offset = 0;
  protocol::Offset end_offset = 0;  // base offset of the next segment, or the log end offset
  std::int64_t size_bytes = 0;
  std::int64_t largest_timestamp_ms = protocol::kNoTimestamp;
};

struct RetentionBounds {
  std::int64_t now_ms = 0;
  protocol::Offset high_watermark = 0;
  protocol::Offset log_start_offset = 0;
};

// Whether retention.ms lets a segment go, when there is nothing older that stays.
bool is_expired(std::int64_t largest_timestamp_ms, const LogOptions& options, std::int64_t now_ms);

// How many of `segments`, from the oldest on, may be deleted: those past retention.ms, beyond
// retention.bytes, or wholly below the log start offset; never one that reaches above the high
// watermark, and never an empty last one. Time and size count only with cleanup.policy=delete.
std::size_t deletable_segments(std::span<const SegmentFacts> segments, const LogOptions& options,
                               const RetentionBounds& bounds);

struct RollFacts {
  std::int64_t size_bytes = 0;            // of the active segment
  std::int64_t append_bytes = 0;          // about to be appended
  std::int64_t waited_ms = 0;             // since its first record, or since it was made
  std::int64_t jitter_ms = 0;             // of this segment, taken from segment_ms
  std::int64_t last_relative_offset = 0;  // of the batches, to the segment's base offset
  bool index_full = false;
};

bool should_roll(const RollFacts& facts, const LogOptions& options);

}  // namespace odradek::log
