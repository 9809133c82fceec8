// Which replicas and brokers a reassignment throttles, from what moves where.
#pragma once

#include <map>
#include <set>
#include <string>

#include "tools/reassignment_plan.h"

namespace odradek::tools {

struct OngoingMove {
  Replicas replicas, adding, removing;
};

struct PartitionMove {
  std::set<BrokerId> sources;
  std::set<BrokerId> destinations;
};
using MoveMap =
    std::map<std::string, std::map<std::int32_t, PartitionMove>>;  // by topic, partition

// What is under way and what is proposed besides or instead; `current` has all proposed partitions.
MoveMap moves_of(const std::map<TopicPartition, OngoingMove>& ongoing,
                 const std::map<TopicPartition, Replicas>& proposed,
                 const std::map<TopicPartition, Replicas>& current);

// By topic, the values of leader. and follower.replication.throttled.replicas: "0:1,0:2,1:1".
std::map<std::string, std::string> leader_throttles(const MoveMap& moves);
std::map<std::string, std::string> follower_throttles(const MoveMap& moves);
std::set<BrokerId> moving_brokers(const MoveMap& moves);

}  // namespace odradek::tools
