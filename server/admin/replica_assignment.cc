#include "server/admin/replica_assignment.h"

#include <algorithm>
#include <set>

#include "protocol/errors.h"

namespace odradek::admin {
namespace {

using protocol::BrokerId;
using protocol::ErrorCode;

// Brokers in the order in which leaders are dealt out: by id, or one of each rack in turn.
std::vector<AssignableBroker> dealing_order(std::vector<AssignableBroker> brokers) {
  std::sort(brokers.begin(), brokers.end(),
            [](const auto& left, const auto& right) { return left.id < right.id; });
  bool has_racks = std::all_of(brokers.begin(), brokers.end(),
                               [](const auto& broker) { return broker.rack.has_value(); });
  if (!has_racks) {
    for (auto& broker : brokers) broker.rack.reset();
    return brokers;
  }
  std::map<std::string, std::vector<AssignableBroker>> by_rack;
  for (const auto& broker : brokers) by_rack[*broker.rack].push_back(broker);
  std::vector<AssignableBroker> order;
  for (std::size_t round = 0; order.size() < brokers.size(); ++round) {
    for (const auto& [rack, members] : by_rack) {
      if (round < members.size()) order.push_back(members[round]);
    }
  }
  return order;
}

std::size_t count_racks(const std::vector<AssignableBroker>& brokers) {
  std::set<std::string> racks;
  for (const auto& broker : brokers) {
    if (broker.rack) racks.insert(*broker.rack);
  }
  return racks.size();
}

// One partition's replicas: the leader at `first`, the others from a shifted place on, each in a
// rack that has none yet as long as there is such a rack.
std::vector<BrokerId> replicas_from(const std::vector<AssignableBroker>& order, std::size_t first,
                                    std::size_t shift, std::size_t count, std::size_t racks) {
  std::vector<BrokerId> replicas{order[first].id};
  std::set<std::string> used_racks;
  if (order[first].rack) used_racks.insert(*order[first].rack);
  std::size_t size = order.size();
  for (std::size_t step = 0; replicas.size() < count; ++step) {
    const AssignableBroker& candidate = order[(first + 1 + (shift + step) % (size - 1)) % size];
    bool is_taken = std::find(replicas.begin(), replicas.end(), candidate.id) != replicas.end();
    bool wants_new_rack = candidate.rack && used_racks.size() < racks;
    if (is_taken || (wants_new_rack && used_racks.contains(*candidate.rack))) continue;
    replicas.push_back(candidate.id);
    if (candidate.rack) used_racks.insert(*candidate.rack);
  }
  return replicas;
}

}  // namespace

base::Result<Assignment> assign_replicas(std::vector<AssignableBroker> brokers,
                                         std::int32_t partitions, std::int32_t replication_factor,
                                         base::Random& random) {
  if (partitions <= 0) {
    return base::Error(
        ErrorCode::kInvalidPartitions,
        "Number of partitions must be larger than 0, not " + std::to_string(partitions));
  }
  if (replication_factor <= 0) {
    return base::Error(
        ErrorCode::kInvalidReplicationFactor,
        "Replication factor must be larger than 0, not " + std::to_string(replication_factor));
  }
  if (static_cast<std::size_t>(replication_factor) > brokers.size()) {
    return base::Error(ErrorCode::kInvalidReplicationFactor,
                       "Replication factor: " + std::to_string(replication_factor) +
                           " larger than available brokers: " + std::to_string(brokers.size()));
  }
  std::vector<AssignableBroker> order = dealing_order(std::move(brokers));
  std::size_t racks = count_racks(order);
  std::size_t start = random() % order.size();
  std::size_t shift = random() % order.size();
  Assignment assignment;
  for (std::int32_t partition = 0; partition < partitions; ++partition) {
    std::size_t first = (start + static_cast<std::size_t>(partition)) % order.size();
    if (partition > 0 && first == start) ++shift;  // a full round: pair leaders with others now
    assignment[partition] =
        replicas_from(order, first, shift, static_cast<std::size_t>(replication_factor), racks);
  }
  return assignment;
}

base::Status check_assignment(const Assignment& assignment,
                              const std::vector<AssignableBroker>& brokers) {
  auto refuse = [](const std::string& why) {
    return base::Error(ErrorCode::kInvalidReplicaAssignment, why);
  };
  std::int32_t next = 0;
  for (const auto& [partition, replicas] : assignment) {
    if (partition != next++) {
      return refuse("Partitions should be a consecutive 0-based integer sequence");
    }
    if (replicas.empty() || replicas.size() != assignment.begin()->second.size()) {
      return refuse("All partitions should have the same number of replicas, and at least one");
    }
    std::set<BrokerId> distinct(replicas.begin(), replicas.end());
    if (distinct.size() != replicas.size()) {
      return refuse("Duplicate replica for partition " + std::to_string(partition));
    }
    for (BrokerId id : distinct) {
      bool is_known = std::any_of(brokers.begin(), brokers.end(),
                                  [id](const auto& broker) { return broker.id == id; });
      if (!is_known) {
        return refuse("Replica " + std::to_string(id) + " of partition " +
                      std::to_string(partition) + " is not a live broker");
      }
    }
  }
  return {};
}

}  // namespace odradek::admin
