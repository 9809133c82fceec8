// The payload of …/partitions/<p>/state: leader and in-sync replicas (zookeeper.md §1.7).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "protocol/types.h"

namespace odradek::zk {

enum class LeaderRecoveryState : std::int8_t { kRecovered = 0, kRecovering = 1 };

// The node's data version is the partition epoch; it is not part of the payload.
struct PartitionState {
  protocol::BrokerId leader = protocol::kNoBroker;
  protocol::LeaderEpoch leader_epoch = 0;
  std::int32_t controller_epoch = 0;  // of the controller that chose the leader
  std::vector<protocol::BrokerId> isr;
  LeaderRecoveryState recovery_state = LeaderRecoveryState::kRecovered;

  std::string encode() const;
  static base::Result<PartitionState> decode(std::string_view text);
  bool operator==(const PartitionState&) const = default;
};

}  // namespace odradek::zk
