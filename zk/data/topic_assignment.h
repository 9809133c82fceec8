// The payload of /brokers/topics/<topic>: the replicas of its partitions (zookeeper.md §1.6).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/uuid.h"
#include "protocol/types.h"

namespace odradek::zk {

struct PartitionAssignment {
  std::vector<protocol::BrokerId> replicas;  // in order of preference
  std::vector<protocol::BrokerId> adding_replicas;
  std::vector<protocol::BrokerId> removing_replicas;

  bool is_being_reassigned() const {
    return !adding_replicas.empty() || !removing_replicas.empty();
  }
  bool operator==(const PartitionAssignment&) const = default;
};

struct TopicAssignment {
  std::optional<base::Uuid> topic_id;
  std::map<std::int32_t, PartitionAssignment> partitions;

  std::string encode() const;  // version 3
  static base::Result<TopicAssignment> decode(std::string_view text);
  bool operator==(const TopicAssignment&) const = default;
};

}  // namespace odradek::zk
