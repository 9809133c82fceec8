// The states of partitions and replicas as the controller sees them, and which may follow which
// (zookeeper.md §2.4).
#pragma once

#include <compare>
#include <cstdint>
#include <string_view>

#include "server/controller/leadership.h"

namespace odradek::controller {

enum class PartitionState : std::uint8_t { kNonExistent, kNew, kOnline, kOffline };

enum class ReplicaState : std::uint8_t {
  kNonExistent,
  kNew,
  kOnline,
  kOffline,
  kDeletionStarted,
  kDeletionSuccessful,
  kDeletionIneligible
};

std::string_view to_string(PartitionState state);
std::string_view to_string(ReplicaState state);

bool may_follow(PartitionState from, PartitionState to);
bool may_follow(ReplicaState from, ReplicaState to);

struct PartitionReplica {
  TopicPartition partition;
  BrokerId broker = protocol::kNoBroker;
  auto operator<=>(const PartitionReplica&) const = default;
};

}  // namespace odradek::controller
