// Who leads a partition and who is in sync, as the state znode says it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "protocol/types.h"

namespace odradek::controller {

using protocol::BrokerId;
using protocol::LeaderEpoch;
using protocol::TopicPartition;

using Replicas = std::vector<BrokerId>;

constexpr BrokerId kLeaderDuringDelete = -2;      // UpdateMetadata only, never stored
constexpr LeaderEpoch kEpochDuringDelete = -2;    // StopReplica only, never stored
constexpr std::int64_t kUnknownBrokerEpoch = -1;  // skips the check of the broker epoch

struct Leadership {
  BrokerId leader = protocol::kNoBroker;
  LeaderEpoch leader_epoch = 0;
  Replicas isr;
  bool recovering = false;            // elected uncleanly and not yet recovered (IBP >= 3.2)
  std::int32_t controller_epoch = 0;  // of the controller that decided this
  std::int32_t partition_epoch = 0;   // data version of the state znode

  bool in_isr(BrokerId id) const { return std::find(isr.begin(), isr.end(), id) != isr.end(); }
  bool operator==(const Leadership&) const = default;
};

// "[1,2,3]", for log lines.
std::string to_string(const Replicas& replicas);

inline bool contains(const Replicas& replicas, BrokerId id) {
  return std::find(replicas.begin(), replicas.end(), id) != replicas.end();
}
// The members of `from` that are not in `removed`, in order.
Replicas without(const Replicas& from, const Replicas& removed);
bool is_subset(const Replicas& part, const Replicas& whole);

}  // namespace odradek::controller
