// log_offsets: the offsets of logs at a time, asked of the leaders.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "base/result.h"
#include "protocol/errors.h"
#include "protocol/types.h"
#include "server/client/cluster_client.h"

namespace odradek::tools {

// ListOffsets' special times.
namespace offset_time {
inline constexpr std::int64_t kLatest = -1;
inline constexpr std::int64_t kEarliest = -2;
inline constexpr std::int64_t kMaxTimestamp = -3;
inline constexpr std::int64_t kEarliestLocal = -4;
inline constexpr std::int64_t kLatestTiered = -5;
}  // namespace offset_time

struct LogOffset {
  protocol::ErrorCode error = protocol::ErrorCode::kNone;
  protocol::Offset offset = -1;  // -1: there is none at that time
};

using LogOffsets = std::map<protocol::TopicPartition, LogOffset>;

// At a time in milliseconds, or a special one. A partition that is not led, or whose leader does
// not know of that special time, has an error.
base::Result<LogOffsets> log_offsets(client::ClusterClient& client,
                                     const std::vector<protocol::TopicPartition>& partitions,
                                     std::int64_t time_ms);

}  // namespace odradek::tools
