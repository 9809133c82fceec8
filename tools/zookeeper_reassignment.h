// ZookeeperReassignment: what kafka-reassign-partitions --zookeeper does without asking any broker,
// as up to 2.8.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "tools/reassignment_plan.h"
#include "tools/reassignment_report.h"
#include "zk/client/session.h"

namespace odradek::tools {

// Each prints to stdout what there is to print.
class ZookeeperReassignment {
 public:
  explicit ZookeeperReassignment(zk::Session& session) : session_(session) {}

  base::Status verify(const ReassignmentPlan& plan, bool preserve_throttles);
  base::Status generate(const std::vector<std::string>& topics,
                        const std::vector<BrokerId>& brokers, bool rack_aware);
  base::Status execute(const ReassignmentPlan& plan, std::int64_t throttle);

 private:
  using Changes = std::map<std::string, std::optional<std::string>>;  // none: delete

  base::Result<ReplicasByPartition> replicas_of(const std::set<std::string>& topics);
  // What the node of the controller still asks for; none: there is no node.
  base::Result<std::optional<ReplicasByPartition>> in_progress();
  base::Status check(const ReplicasByPartition& targets, const ReplicasByPartition& current);
  base::Status throttle(const ReplicasByPartition& targets, const ReplicasByPartition& current,
                        std::int64_t bytes_per_s);
  base::Status clear_throttles(const ReassignmentPlan& plan);
  // Writes the entity, "brokers/1", when something changes.
  base::Status change(const std::string& entity, const Changes& changes);

  zk::Session& session_;
};

}  // namespace odradek::tools
