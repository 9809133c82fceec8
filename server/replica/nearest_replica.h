// NearestReplica: which replica a consumer reads from, by racks (KIP-392).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "protocol/types.h"

namespace odradek::replica {

struct ReadableReplica {
  protocol::BrokerId id = protocol::kNoBroker;
  protocol::Offset end_offset = 0;
  std::int64_t last_caught_up_ms = 0;  // monotonic
  std::string rack;                    // empty: none
};

// The leader, unless it is in another rack than the consumer and followers are in the same: then
// the one of those that is ahead.
protocol::BrokerId nearest_replica(const std::string& rack, const ReadableReplica& leader,
                                   const std::vector<ReadableReplica>& followers);

}  // namespace odradek::replica
