#include "server/admin/replica_assignment.h"

#include <algorithm>
#include <set>

#include "base/text.h"
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

// A topic's node in ZooKeeper is too small by far for more, and so is the time to wait for them.
constexpr std::int64_t kMostReplicas = 1'000'000;

base::Error refuse(const std::string& why) {
  return base::Error(ErrorCode::kInvalidReplicaAssignment, why);
}

bool has_twice(const std::vector<BrokerId>& replicas) {
  return std::set<BrokerId>(replicas.begin(), replicas.end()).size() != replicas.size();
}

std::vector<BrokerId> unknown_brokers(const Assignment& assignment,
                                      const std::vector<AssignableBroker>& brokers) {
  std::set<BrokerId> unknown;
  for (const auto& [partition, replicas] : assignment) {
    unknown.insert(replicas.begin(), replicas.end());
  }
  for (const AssignableBroker& broker : brokers) unknown.erase(broker.id);
  return {unknown.begin(), unknown.end()};
}

std::string listed(const std::vector<BrokerId>& brokers) {
  std::vector<std::string> ids;
  for (BrokerId id : brokers) ids.push_back(std::to_string(id));
  return base::join(ids, ", ");
}

}  // namespace

base::Result<Assignment> assign_replicas(std::vector<AssignableBroker> brokers,
                                         std::int32_t partitions, std::int32_t replication_factor,
                                         Placement placement) {
  if (partitions <= 0) {
    return base::Error(ErrorCode::kInvalidPartitions,
                       "Number of partitions must be larger than 0.");
  }
  if (replication_factor <= 0) {
    return base::Error(ErrorCode::kInvalidReplicationFactor,
                       "Replication factor must be larger than 0.");
  }
  if (static_cast<std::size_t>(replication_factor) > brokers.size()) {
    return base::Error(ErrorCode::kInvalidReplicationFactor,
                       "Replication factor: " + std::to_string(replication_factor) +
                           " larger than available brokers: " + std::to_string(brokers.size()) +
                           ".");
  }
  if (std::int64_t{partitions} * replication_factor > kMostReplicas) {
    return base::Error(ErrorCode::kInvalidPartitions,
                       "Number of partitions: " + std::to_string(partitions) + " of " +
                           std::to_string(replication_factor) + " replicas each, more than the " +
                           std::to_string(kMostReplicas) + " replicas that a topic may have.");
  }
  std::vector<AssignableBroker> order = dealing_order(std::move(brokers));
  std::size_t racks = count_racks(order);
  std::size_t shift = placement.shift;
  Assignment assignment;
  for (std::int32_t i = 0; i < partitions; ++i) {
    const std::int32_t partition = placement.first_partition + i;
    const auto turn = static_cast<std::size_t>(partition);
    if (turn > 0 && turn % order.size() == 0)
      ++shift;  // a full round: pair leaders with others now
    assignment[partition] = replicas_from(order, (placement.start + turn) % order.size(),
                                          shift * std::max<std::size_t>(racks, 1),
                                          static_cast<std::size_t>(replication_factor), racks);
  }
  return assignment;
}

base::Result<Assignment> assign_replicas(std::vector<AssignableBroker> brokers,
                                         std::int32_t partitions, std::int32_t replication_factor,
                                         base::Random& random) {
  const std::size_t count = std::max<std::size_t>(brokers.size(), 1);
  const Placement anywhere{.start = random() % count, .shift = random() % count};
  return assign_replicas(std::move(brokers), partitions, replication_factor, anywhere);
}

Placement placement_after(const std::vector<AssignableBroker>& brokers,
                          protocol::BrokerId first_leader, std::int32_t existing_partitions) {
  std::vector<BrokerId> ids;
  for (const AssignableBroker& broker : brokers) ids.push_back(broker.id);
  std::sort(ids.begin(), ids.end());
  const auto at = std::lower_bound(ids.begin(), ids.end(), first_leader);
  const auto start = at == ids.end() ? 0 : static_cast<std::size_t>(at - ids.begin());
  return {.start = start, .shift = start, .first_partition = existing_partitions};
}

base::Result<Assignment> assign_more(std::int32_t existing, std::int32_t added,
                                     const std::vector<BrokerId>& first, const ByHand& by_hand,
                                     const std::vector<AssignableBroker>& brokers) {
  if (!by_hand) {
    return assign_replicas(brokers, added, static_cast<std::int32_t>(first.size()),
                           placement_after(brokers, first.front(), existing));
  }
  Assignment assignment;
  for (const auto& replicas : *by_hand) {
    assignment[existing + static_cast<std::int32_t>(assignment.size())] = replicas;
  }
  base::Status checked =
      check_added_assignment(assignment, static_cast<std::size_t>(added), first.size(), brokers);
  if (!checked) return checked.error();
  return assignment;
}

base::Status check_assignment(const Assignment& assignment) {
  std::int32_t next = 0;
  for (const auto& [partition, replicas] : assignment) {
    if (replicas.empty() || replicas.size() != assignment.begin()->second.size()) {
      return refuse("All partitions should have the same number of replicas");
    }
    if (has_twice(replicas)) {
      return refuse("Duplicate replica assignment found: partition " + std::to_string(partition) +
                    " -> " + listed(replicas));
    }
    if (partition != next++) {
      return refuse("partitions should be a consecutive 0-based integer sequence");
    }
  }
  return {};
}

base::Status check_added_assignment(const Assignment& added, std::size_t count,
                                    std::size_t replication_factor,
                                    const std::vector<AssignableBroker>& brokers) {
  std::vector<BrokerId> unknown = unknown_brokers(added, brokers);
  if (!unknown.empty()) {
    return refuse("Unknown broker(s) in replica assignment: " + listed(unknown) + ".");
  }
  if (added.size() != count) {
    return refuse("Increasing the number of partitions by " + std::to_string(count) + " but " +
                  std::to_string(added.size()) + " assignments provided.");
  }
  std::vector<std::string> odd_partitions;
  std::vector<std::string> odd_factors;
  for (const auto& [partition, replicas] : added) {
    const std::string index = std::to_string(partition);
    if (replicas.empty()) {
      return refuse("Cannot have replication factor of 0 for partition id " + index + ".");
    }
    if (has_twice(replicas)) {
      return refuse("Duplicate brokers not allowed in replica assignment: " + listed(replicas) +
                    " for partition id " + index + ".");
    }
    if (replicas.size() == replication_factor) continue;
    odd_partitions.push_back(index);
    odd_factors.push_back(std::to_string(replicas.size()));
  }
  if (odd_partitions.empty()) return {};
  return refuse("Inconsistent replication factor between partitions, partition 0 has " +
                std::to_string(replication_factor) + " while partitions [" +
                base::join(odd_partitions, ", ") + "] have replication factors [" +
                base::join(odd_factors, ", ") + "], respectively.");
}

}  // namespace odradek::admin
