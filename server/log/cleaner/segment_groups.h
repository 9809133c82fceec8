// Segment groups: which neighbouring segments of a log compaction makes into one; pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "protocol/types.h"
#include "server/log/log_options.h"

namespace odradek::log {

struct GroupingSegment {
  protocol::Offset base_offset = 0;
  std::int64_t size_bytes = 0;
  std::int64_t offset_index_bytes = 0;
  std::int64_t time_index_bytes = 0;
};

// How many of `segments` each group takes, in order. Before anything is dropped a group keeps
// within segment.bytes and segment.index.bytes, and its offsets within 2^31 - 1 of its first;
// `end_offset` is that of the last segment.
std::vector<std::size_t> group_segments(std::span<const GroupingSegment> segments,
                                        protocol::Offset end_offset, const LogOptions& options);

}  // namespace odradek::log
