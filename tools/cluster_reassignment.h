// ClusterReassignment: what kafka-reassign-partitions does by asking brokers.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "server/client/cluster_client.h"
#include "tools/log_dir_moves.h"
#include "tools/reassignment_plan.h"
#include "tools/reassignment_report.h"
#include "tools/throttle_configs.h"

namespace odradek::tools {

struct ExecuteOptions {
  bool additional = false;
  std::int64_t throttle = -1;  // bytes/s; below 0: none
  std::int64_t log_dirs_throttle = -1;
  std::int64_t timeout_ms = 10'000;
};

// Each prints to stdout what there is to print. An error of the code kNone is told without
// "Error:", as upstream tells it.
class ClusterReassignment {
 public:
  explicit ClusterReassignment(client::ClusterClient& client)
      : client_(client), log_dir_moves_(client), throttles_(client) {}

  base::Status verify(const ReassignmentPlan& plan, bool preserve_throttles);
  base::Status generate(const std::vector<std::string>& topics,
                        const std::vector<BrokerId>& brokers, bool rack_aware);
  base::Status execute(const ReassignmentPlan& plan, const ExecuteOptions& options);
  base::Status cancel(const ReassignmentPlan& plan, bool preserve_throttles,
                      std::int64_t timeout_ms);
  base::Status list();

 private:
  using Moves = std::map<TopicPartition, OngoingMove>;
  base::Result<Moves> ongoing(const std::optional<std::set<TopicPartition>>& partitions);
  // Of topics that exist.
  base::Result<ReplicasByPartition> replicas_of(const std::set<std::string>& topics,
                                                bool all_must_exist);
  base::Result<ReplicasByPartition> require_replicas(const ReplicasByPartition& wanted);
  base::Result<std::set<BrokerId>> brokers();
  // The partitions' targets, or none to cancel.
  base::Status alter(const std::map<TopicPartition, std::optional<Replicas>>& targets,
                     const std::string& what_failed);

  base::Status clear_throttles(const ReassignmentPlan& plan);

  client::ClusterClient& client_;
  LogDirMoves log_dir_moves_;
  ThrottleConfigs throttles_;
};

}  // namespace odradek::tools
