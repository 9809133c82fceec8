// What kafka-reassign-partitions prints, and proposes, whether it asks brokers or ZooKeeper.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "server/admin/replica_assignment.h"
#include "tools/reassignment_plan.h"

namespace odradek::tools {

using ReplicasByPartition = std::map<TopicPartition, Replicas>;

// An error that is told without "Error:" before it: it says all.
base::Error terse(const std::string& message);

const char* plural(std::size_t count);  // "" or "s"
std::set<std::string> topics_of(const ReplicasByPartition& partitions);
// "orders-0,orders-1"
template <class Keyed>
std::string names_of(const Keyed& partitions) {
  std::string names;
  for (const auto& [id, ignored] : partitions) names += (names.empty() ? "" : ",") + id.to_string();
  return names;
}

// The state of each target; partitions without entry in `current` have no replicas. `done` is the
// word for what has arrived: "complete" up to 2.8, "completed" since.
void print_states(const ReplicasByPartition& targets, const std::set<TopicPartition>& moving,
                  const ReplicasByPartition& current, const std::string& done);
// The assignment before --execute changes it.
void print_current(const ReplicasByPartition& current);
void print_started(const ReplicasByPartition& targets);
extern const char* const kMustVerify;
extern const char* const kInProgress;

// Of --generate: prints the present assignment and one over the brokers of `wanted` among `alive`.
base::Status print_proposal(const ReplicasByPartition& current,
                            const std::vector<admin::AssignableBroker>& alive,
                            const std::vector<BrokerId>& wanted, bool rack_aware);

}  // namespace odradek::tools
