// TopicSettings: what a topic's configuration says to its replicas.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "protocol/types.h"
#include "server/log/log_options.h"

namespace odradek::replica {

// Replicas of one topic whose copying is throttled (KIP-73).
struct ThrottledReplicas {
  bool all = false;
  std::vector<std::pair<std::int32_t, protocol::BrokerId>> some;  // partitions and brokers

  bool contains(std::int32_t partition, protocol::BrokerId broker) const {
    return all || std::find(some.begin(), some.end(), std::pair(partition, broker)) != some.end();
  }
};

struct TopicSettings {
  log::LogOptions log;
  std::int32_t min_insync_replicas = 1;
  bool allows_unclean_election = false;   // unclean.leader.election.enable
  ThrottledReplicas throttled_leaders;    // leader.replication.throttled.replicas
  ThrottledReplicas throttled_followers;  // follower.replication.throttled.replicas
};

}  // namespace odradek::replica
