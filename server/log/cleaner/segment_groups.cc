#include "server/log/cleaner/segment_groups.h"

#include <limits>

namespace odradek::log {

std::vector<std::size_t> group_segments(std::span<const GroupingSegment> segments,
                                        protocol::Offset end_offset, const LogOptions& options) {
  std::vector<std::size_t> counts;
  GroupingSegment sum;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const GroupingSegment& next = segments[i];
    protocol::Offset next_end = i + 1 < segments.size() ? segments[i + 1].base_offset : end_offset;
    std::int64_t span = next_end - 1 - sum.base_offset;
    bool joins = !counts.empty() && sum.size_bytes + next.size_bytes <= options.segment_bytes &&
                 sum.offset_index_bytes + next.offset_index_bytes <= options.segment_index_bytes &&
                 sum.time_index_bytes + next.time_index_bytes <= options.segment_index_bytes &&
                 // An empty one holds no offset that could be too far.
                 (next.size_bytes == 0 || span <= std::numeric_limits<std::int32_t>::max());
    if (!joins) {
      counts.push_back(0);
      sum = {.base_offset = next.base_offset};
    }
    ++counts.back();
    sum.size_bytes += next.size_bytes;
    sum.offset_index_bytes += next.offset_index_bytes;
    sum.time_index_bytes += next.time_index_bytes;
  }
  return counts;
}

}  // namespace odradek::log
