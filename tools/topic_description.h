// TopicDescription: a topic as kafka-topics --describe shows it.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/uuid.h"
#include "protocol/types.h"
#include "tools/topics_command.h"

namespace odradek::tools {

struct PartitionDescription {
  struct Reassignment {
    std::vector<protocol::BrokerId> replicas;
    std::vector<protocol::BrokerId> adding;
    std::vector<protocol::BrokerId> removing;
  };

  std::int32_t index = 0;
  protocol::BrokerId leader = protocol::kNoBroker;
  std::vector<protocol::BrokerId> replicas;
  std::vector<protocol::BrokerId> isr;
  std::optional<Reassignment> reassignment;

  // Without those that a reassignment adds.
  std::size_t replication_factor() const;
};

struct TopicDescription {
  std::string name;
  base::Uuid id;
  std::vector<PartitionDescription> partitions;              // sorted
  std::vector<std::pair<std::string, std::string>> configs;  // those that are no defaults
  std::int32_t min_insync_replicas = 1;
  bool marked_for_deletion = false;
  bool shows_elr = true;  // not by way of ZooKeeper, which is of releases that had no such column
};

// The lines of the topic that the filter lets through, each ended; empty when there are none.
std::string format_topic(const TopicDescription& topic, const DescribeFilter& filter,
                         const std::set<protocol::BrokerId>& live_brokers);

// Sorts as a java.util.HashMap of these keys iterates, which is the order upstream prints; keys are
// given in the order in which they got into it. `least_capacity`: how large it was made.
void sort_as_hash_map(std::vector<std::string>& keys, std::uint32_t least_capacity = 1);

}  // namespace odradek::tools
