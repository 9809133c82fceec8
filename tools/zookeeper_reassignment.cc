#include "tools/zookeeper_reassignment.h"

#include <cstdio>
#include <utility>

#include "base/text.h"
#include "tools/replication_throttles.h"
#include "zk/data/paths.h"
#include "zk/data/reassignment.h"
#include "zk/store/brokers.h"
#include "zk/store/configs.h"
#include "zk/store/nodes.h"
#include "zk/store/topics.h"

namespace odradek::tools {
namespace {

const char* const kNeedsBrokers =
    "bootstrap-server needs to be provided when replica reassignments are present.";

constexpr const char* kBrokerThrottles[] = {"leader.replication.throttled.rate",
                                            "follower.replication.throttled.rate",
                                            "replica.alter.log.dirs.io.max.bytes.per.second"};
constexpr const char* kTopicThrottles[] = {"leader.replication.throttled.replicas",
                                           "follower.replication.throttled.replicas"};

}  // namespace

base::Result<ReplicasByPartition> ZookeeperReassignment::replicas_of(
    const std::set<std::string>& topics) {
  auto read = zk::Topics(session_).read({topics.begin(), topics.end()});
  if (!read) return read.error();
  ReplicasByPartition replicas;
  for (const auto& [topic, assignment] : *read) {
    for (const auto& [index, partition] : assignment.partitions) {
      replicas[{topic, index}] = partition.replicas;
    }
  }
  return replicas;
}

base::Result<std::optional<ReplicasByPartition>> ZookeeperReassignment::in_progress() {
  const std::string path(zk::paths::kReassignPartitions);
  zk::Response response = session_.call(zk::GetData{path});
  if (response.code == zk::Code::kNoNode) return std::optional<ReplicasByPartition>();
  if (!response.ok()) return zk::error_of(response.code, "reading", path);
  auto decoded = zk::decode_reassignment(response.data.value_or(""));
  return std::optional(decoded ? std::move(*decoded) : ReplicasByPartition{});
}

base::Status ZookeeperReassignment::verify(const ReassignmentPlan& plan, bool preserve_throttles) {
  if (!plan.log_dirs.empty()) return base::Error(kNeedsBrokers);
  std::puts(
      "Warning: because you are using the deprecated --zookeeper option, the results may be "
      "incomplete.  Use --bootstrap-server instead for more accurate results.");
  const ReplicasByPartition targets = plan.targets();
  auto moves = in_progress();
  if (!moves) return moves.error();
  auto current = replicas_of(topics_of(targets));
  if (!current) return current.error();
  std::set<TopicPartition> moving;
  for (const auto& [id, target] : moves->value_or(ReplicasByPartition{})) moving.insert(id);
  print_states(targets, moving, *current, "complete");
  if (!moving.empty() || preserve_throttles) return {};
  return clear_throttles(plan);
}

base::Status ZookeeperReassignment::generate(const std::vector<std::string>& topics,
                                             const std::vector<BrokerId>& brokers,
                                             bool rack_aware) {
  auto current = replicas_of({topics.begin(), topics.end()});
  if (!current) return current.error();
  auto registered = zk::Brokers(session_).list(false);
  if (!registered) return registered.error();
  std::vector<admin::AssignableBroker> alive;
  for (const zk::RegisteredBroker& broker : *registered) {
    alive.push_back({broker.registration.broker_id, broker.registration.rack});
  }
  return print_proposal(*current, alive, brokers, rack_aware);
}

base::Status ZookeeperReassignment::check(const ReplicasByPartition& targets,
                                          const ReplicasByPartition& current) {
  std::vector<std::string> missing;
  std::set<BrokerId> unknown;
  for (const auto& [id, target] : targets) {
    if (!current.contains(id)) missing.push_back(id.to_string());
    unknown.insert(target.begin(), target.end());
  }
  if (!missing.empty()) {
    return base::Error("The proposed assignment contains non-existent partitions: List(" +
                       base::join(missing, ", ") + ")");
  }
  auto alive = zk::Brokers(session_).ids(false);
  if (!alive) return alive.error();
  for (BrokerId id : *alive) unknown.erase(id);
  if (unknown.empty()) return {};
  return base::Error("The proposed assignment contains non-existent brokerIDs: " +
                     to_string(Replicas(unknown.begin(), unknown.end())));
}

base::Status ZookeeperReassignment::execute(const ReassignmentPlan& plan,
                                            std::int64_t bytes_per_s) {
  if (base::Status sane = check_reassignment_plan(plan); !sane) return sane;
  if (!plan.log_dirs.empty()) return base::Error(kNeedsBrokers);
  const ReplicasByPartition targets = plan.targets();
  auto current = replicas_of(topics_of(targets));
  if (!current) return current.error();
  if (base::Status checked = check(targets, *current); !checked) return checked;
  auto moves = in_progress();
  if (!moves) return moves.error();
  if (*moves) return terse(kInProgress);
  print_current([&] {
    ReplicasByPartition named;
    for (const auto& [id, target] : targets) named[id] = current->at(id);
    return named;
  }());
  if (bytes_per_s >= 0) {
    std::puts(kMustVerify);
    base::Status set = throttle(targets, *current, bytes_per_s);
    if (!set) return set;
  }
  const std::string path(zk::paths::kReassignPartitions);
  zk::Response created = zk::create_recursive(
      session_, {path, zk::encode_reassignment(targets), zk::CreateMode::kPersistent, {}});
  if (created.code == zk::Code::kNodeExists) return terse(kInProgress);
  if (!created.ok()) return zk::error_of(created.code, "creating", path);
  print_started(targets);
  return {};
}

base::Status ZookeeperReassignment::change(const std::string& entity, const Changes& changes) {
  zk::Configs configs(session_);
  auto read = configs.read(entity);
  if (!read) return read.error();
  zk::ConfigMap now = *read;
  for (const auto& [key, value] : changes) {
    if (value) {
      now[key] = *value;
    } else {
      now.erase(key);
    }
  }
  return now == *read ? base::Status() : configs.write(entity, now);
}

base::Status ZookeeperReassignment::throttle(const ReplicasByPartition& targets,
                                             const ReplicasByPartition& current,
                                             std::int64_t bytes_per_s) {
  const MoveMap moves = moves_of({}, targets, current);
  const auto followers = follower_throttles(moves);
  for (const auto& [topic, leaders] : leader_throttles(moves)) {
    base::Status changed = change("topics/" + topic, {{kTopicThrottles[0], leaders},
                                                      {kTopicThrottles[1], followers.at(topic)}});
    if (!changed) return changed;
  }
  const std::string rate = std::to_string(bytes_per_s);
  for (BrokerId broker : moving_brokers(moves)) {
    base::Status changed = change("brokers/" + std::to_string(broker),
                                  {{kBrokerThrottles[0], rate}, {kBrokerThrottles[1], rate}});
    if (!changed) return changed;
  }
  std::printf("The inter-broker throttle limit was set to %s B/s\n", rate.c_str());
  return {};
}

base::Status ZookeeperReassignment::clear_throttles(const ReassignmentPlan& plan) {
  auto alive = zk::Brokers(session_).ids(false);
  if (!alive) return alive.error();
  std::set<BrokerId> brokers(alive->begin(), alive->end());
  std::set<std::string> topics;
  for (const auto& [id, target] : plan.partitions) {
    brokers.insert(target.begin(), target.end());
    topics.insert(id.topic);
  }
  std::printf("Clearing broker-level throttles on broker%s %s\n", plural(brokers.size()),
              to_string(Replicas(brokers.begin(), brokers.end())).c_str());
  Changes none;
  for (const char* key : kBrokerThrottles) none[key] = std::nullopt;
  for (BrokerId broker : brokers) {
    base::Status changed = change("brokers/" + std::to_string(broker), none);
    if (!changed) return changed;
  }
  std::printf("Clearing topic-level throttles on topic%s %s\n", plural(topics.size()),
              base::join(std::vector<std::string>(topics.begin(), topics.end()), ",").c_str());
  none.clear();
  for (const char* key : kTopicThrottles) none[key] = std::nullopt;
  for (const std::string& topic : topics) {
    base::Status changed = change("topics/" + topic, none);
    if (!changed) return changed;
  }
  return {};
}

}  // namespace odradek::tools
