// ReassignmentPlan: the JSON documents that kafka-reassign-partitions and its like read and print.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "protocol/types.h"

namespace odradek::tools {

using protocol::BrokerId;
using protocol::TopicPartition;
using Replicas = std::vector<BrokerId>;

// One replica, in the order in which upstream lists replicas.
struct ReplicaId {
  BrokerId broker = protocol::kNoBroker;
  std::string topic;
  std::int32_t partition = 0;

  std::string to_string() const;  // "topic-partition-broker"
  auto operator<=>(const ReplicaId&) const = default;
};

struct ReassignmentPlan {
  std::vector<std::pair<TopicPartition, Replicas>> partitions;  // as written, also twice
  std::map<ReplicaId, std::string> log_dirs;                    // where not "any"

  std::map<TopicPartition, Replicas> targets() const;
};

base::Result<ReassignmentPlan> parse_reassignment_plan(std::string_view text);
// What --execute refuses: nothing at all, no replicas, something twice.
base::Status check_reassignment_plan(const ReassignmentPlan& plan);
// With "any" for every directory.
std::string format_reassignment(const std::map<TopicPartition, Replicas>& assignment);

// {"topics":[{"topic":"orders"}],"version":1}
base::Result<std::vector<std::string>> parse_topics_to_move(std::string_view text);

// {"partitions":[{"topic":"orders","partition":0}]}; an error for a partition that stands twice.
base::Result<std::vector<TopicPartition>> parse_partition_list(std::string_view text);

// {"partitions":[{"topic":"orders","partition":0,"offset":-1}],"version":1}
base::Result<std::map<TopicPartition, std::int64_t>> parse_offsets(std::string_view text);

// "1,2,3"
std::string to_string(const Replicas& replicas);

// The whole file; the error is upstream's.
base::Result<std::string> read_text_file(const std::string& path);

}  // namespace odradek::tools
