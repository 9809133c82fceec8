// ElectLeaders as a tool asks for it, with what became of each partition.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "server/client/cluster_client.h"
#include "tools/reassignment_plan.h"

namespace odradek::tools {

enum class ElectionKind : std::int8_t { kPreferred = 0, kUnclean = 1 };

struct ElectionOutcome {
  std::vector<TopicPartition> elected;
  std::vector<TopicPartition> needless;          // led already as wanted
  std::map<TopicPartition, std::string> failed;  // as upstream shows the exception
};

// No partitions: all. The error of the whole is upstream's text.
base::Result<ElectionOutcome> elect_leaders(
    client::ClusterClient& client, ElectionKind kind,
    const std::optional<std::vector<TopicPartition>>& partitions);

// "orders-0, orders-1"
std::string listed(const std::vector<TopicPartition>& partitions);

}  // namespace odradek::tools
