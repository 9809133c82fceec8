#include "tools/reassignment_report.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "base/random.h"
#include "protocol/errors.h"

namespace odradek::tools {
namespace {

std::string state_of(const TopicPartition& id, const Replicas& current, const Replicas& target,
                     const std::string& done) {
  if (current == target) return "Reassignment of partition " + id.to_string() + " is " + done + ".";
  return "There is no active reassignment of partition " + id.to_string() +
         ", but replica set is " + to_string(current) + " rather than " + to_string(target) + ".";
}

// By topic, each as upstream's brokers would spread a new one.
base::Result<ReplicasByPartition> propose(const ReplicasByPartition& current,
                                          const std::vector<admin::AssignableBroker>& brokers) {
  base::Random random = base::Random::from_entropy();
  ReplicasByPartition proposed;
  for (auto first = current.begin(); first != current.end();) {
    const std::string& topic = first->first.topic;
    const auto end = std::find_if(first, current.end(),
                                  [&](const auto& entry) { return entry.first.topic != topic; });
    auto assigned =
        admin::assign_replicas(brokers, static_cast<std::int32_t>(std::distance(first, end)),
                               static_cast<std::int32_t>(first->second.size()), random);
    if (!assigned) return assigned.error();
    for (auto& [partition, replicas] : *assigned) proposed[{topic, partition}] = replicas;
    first = end;
  }
  return proposed;
}

}  // namespace

const char* const kMustVerify =
    "Warning: You must run --verify periodically, until the reassignment completes, to ensure the "
    "throttle is removed.";

const char* const kInProgress =
    "Cannot execute because there is an existing partition assignment.  Use --additional to "
    "override this and create a new partition assignment in addition to the existing one. The "
    "--additional flag can also be used to change the throttle by resubmitting the current "
    "reassignment.";

base::Error terse(const std::string& message) {
  return base::Error(protocol::ErrorCode::kNone, message);
}

const char* plural(std::size_t count) { return count == 1 ? "" : "s"; }

std::set<std::string> topics_of(const ReplicasByPartition& partitions) {
  std::set<std::string> topics;
  for (const auto& [id, replicas] : partitions) topics.insert(id.topic);
  return topics;
}

void print_states(const ReplicasByPartition& targets, const std::set<TopicPartition>& moving,
                  const ReplicasByPartition& current, const std::string& done) {
  std::puts("Status of partition reassignment:");
  for (const auto& [id, target] : targets) {
    if (moving.contains(id)) {
      std::printf("Reassignment of partition %s is still in progress.\n", id.to_string().c_str());
      continue;
    }
    auto known = current.find(id);
    const Replicas now = known == current.end() ? Replicas{} : known->second;
    std::puts(state_of(id, now, target, done).c_str());
  }
}

void print_current(const ReplicasByPartition& current) {
  std::printf(
      "Current partition replica assignment\n\n%s\n\nSave this to use as the "
      "--reassignment-json-file option during rollback\n",
      format_reassignment(current).c_str());
}

void print_started(const ReplicasByPartition& targets) {
  std::printf("Successfully started partition reassignment%s for %s\n", plural(targets.size()),
              names_of(targets).c_str());
}

base::Status print_proposal(const ReplicasByPartition& current,
                            const std::vector<admin::AssignableBroker>& alive,
                            const std::vector<BrokerId>& wanted, bool rack_aware) {
  std::vector<admin::AssignableBroker> brokers;
  std::size_t rackless = 0;
  for (admin::AssignableBroker broker : alive) {
    if (std::count(wanted.begin(), wanted.end(), broker.id) == 0) continue;
    if (!rack_aware) broker.rack.reset();
    rackless += broker.rack ? 0 : 1;
    brokers.push_back(std::move(broker));
  }
  if (rack_aware && rackless != 0 && rackless != brokers.size()) {
    return base::Error(
        "Not all brokers have rack information. Add --disable-rack-aware in command line to make "
        "replica assignment without rack information.");
  }
  auto proposed = propose(current, brokers);
  if (!proposed) return proposed.error();
  std::printf("Current partition replica assignment\n%s\n\n", format_reassignment(current).c_str());
  std::printf("Proposed partition reassignment configuration\n%s\n",
              format_reassignment(*proposed).c_str());
  return {};
}

}  // namespace odradek::tools
