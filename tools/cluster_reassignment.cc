#include "tools/cluster_reassignment.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "base/text.h"
#include "protocol/messages/alter_partition_reassignments.h"
#include "protocol/messages/list_partition_reassignments.h"
#include "protocol/messages/metadata.h"
#include "tools/client_settings.h"

namespace odradek::tools {
namespace {

using protocol::ErrorCode;

constexpr const char* kUnknown =
    "org.apache.kafka.common.errors.UnknownTopicOrPartitionException: ";

}  // namespace

base::Result<ClusterReassignment::Moves> ClusterReassignment::ongoing(
    const std::optional<std::set<TopicPartition>>& partitions) {
  using Request = protocol::ListPartitionReassignmentsRequest;
  using Response = protocol::ListPartitionReassignmentsResponse;
  Request request{.timeout_ms = kAdminTimeoutMs, .topics = std::nullopt};
  if (partitions) {
    request.topics.emplace();
    for (const TopicPartition& id : *partitions) {
      if (request.topics->empty() || request.topics->back().name != id.topic) {
        request.topics->push_back({.name = id.topic, .partition_indexes = {}});
      }
      request.topics->back().partition_indexes.push_back(id.partition);
    }
  }
  auto answer = client_.call_controller<Request, Response>(
      request, [](const Response& response) { return response.error_code; });
  if (!answer) return answer.error();
  if (answer->error_code != ErrorCode::kNone) {
    return base::Error(
        answer->error_code,
        answer->error_message.value_or(std::string(protocol::error_name(answer->error_code))));
  }
  Moves moves;
  for (auto& topic : answer->topics) {
    for (auto& partition : topic.partitions) {
      moves[{topic.name, partition.partition_index}] = {.replicas = partition.replicas,
                                                        .adding = partition.adding_replicas,
                                                        .removing = partition.removing_replicas};
    }
  }
  return moves;
}

base::Result<ReplicasByPartition> ClusterReassignment::replicas_of(
    const std::set<std::string>& topics, bool all_must_exist) {
  ReplicasByPartition replicas;
  if (topics.empty()) return replicas;
  protocol::MetadataRequest request{.topics = {{}}, .allow_auto_topic_creation = false};
  for (const std::string& topic : topics) request.topics->push_back({.name = topic});
  auto answer = client_.call_any<protocol::MetadataRequest, protocol::MetadataResponse>(request);
  if (!answer) return answer.error();
  for (const auto& topic : answer->topics) {
    const std::string name = topic.name.value_or("");
    if (topic.error_code == ErrorCode::kUnknownTopicOrPartition) {
      if (!all_must_exist) continue;
      return base::Error(std::string(kUnknown) + "Topic " + name + " not found.");
    }
    if (topic.error_code != ErrorCode::kNone &&
        topic.error_code != ErrorCode::kLeaderNotAvailable) {
      return base::Error(topic.error_code,
                         std::string(protocol::error_name(topic.error_code)) + ": " + name);
    }
    for (const auto& partition : topic.partitions) {
      replicas[{name, partition.partition_index}] = partition.replica_nodes;
    }
  }
  return replicas;
}

base::Result<ReplicasByPartition> ClusterReassignment::require_replicas(
    const ReplicasByPartition& wanted) {
  auto all = replicas_of(topics_of(wanted), true);
  if (!all) return all.error();
  ReplicasByPartition found;
  std::vector<std::string> missing;
  for (const auto& [id, target] : wanted) {
    auto known = all->find(id);
    if (known == all->end()) {
      missing.push_back(id.to_string());
    } else {
      found.insert(*known);
    }
  }
  if (missing.empty()) return found;
  return base::Error(std::string(kUnknown) +
                     "Unable to find partition: " + base::join(missing, ", "));
}

base::Result<std::set<BrokerId>> ClusterReassignment::brokers() {
  auto view = client_.refresh();
  if (!view) return view.error();
  std::set<BrokerId> ids;
  for (const auto& [id, broker] : view->brokers) ids.insert(id);
  return ids;
}

base::Status ClusterReassignment::verify(const ReassignmentPlan& plan, bool preserve_throttles) {
  auto moves = ongoing(std::nullopt);
  if (!moves) return moves.error();
  const ReplicasByPartition targets = plan.targets();
  auto current = replicas_of(topics_of(targets), false);
  if (!current) return current.error();
  std::set<TopicPartition> on_the_move;
  for (const auto& [id, move] : *moves) on_the_move.insert(id);
  print_states(targets, on_the_move, *current, "completed");
  auto moving = log_dir_moves_.print_states(plan.log_dirs);
  if (!moving) return moving.error();
  if (!moves->empty() || *moving || preserve_throttles) return {};
  return clear_throttles(plan);
}

base::Status ClusterReassignment::generate(const std::vector<std::string>& topics,
                                           const std::vector<BrokerId>& wanted, bool rack_aware) {
  auto current = replicas_of({topics.begin(), topics.end()}, true);
  if (!current) return current.error();
  auto view = client_.refresh();
  if (!view) return view.error();
  std::vector<admin::AssignableBroker> alive;
  for (const auto& [id, broker] : view->brokers) {
    alive.push_back({id, broker.rack.empty() ? std::nullopt : std::optional(broker.rack)});
  }
  return print_proposal(*current, alive, wanted, rack_aware);
}

base::Status ClusterReassignment::execute(const ReassignmentPlan& plan,
                                          const ExecuteOptions& options) {
  if (base::Status sane = check_reassignment_plan(plan); !sane) return sane;
  auto moves = ongoing(std::nullopt);
  if (!moves) return moves.error();
  if (!options.additional && !moves->empty()) {
    return terse(kInProgress);
  }
  const ReplicasByPartition targets = plan.targets();
  auto alive = brokers();
  if (!alive) return alive.error();
  for (const auto& [id, target] : targets) {
    for (BrokerId broker : target) {
      if (!alive->contains(broker)) {
        return base::Error("Unknown broker id " + std::to_string(broker));
      }
    }
  }
  auto current = require_replicas(targets);
  if (!current) return current.error();
  print_current(*current);
  if (options.throttle >= 0 || options.log_dirs_throttle >= 0) std::puts(kMustVerify);
  if (options.throttle >= 0) {
    base::Status set = throttles_.set(moves_of(*moves, targets, *current), options.throttle);
    if (!set) return set;
  }
  if (options.log_dirs_throttle >= 0) {
    std::set<BrokerId> moving;
    for (const auto& [id, dir] : plan.log_dirs) moving.insert(id.broker);
    base::Status set = throttles_.set_for_log_dirs(moving, options.log_dirs_throttle);
    if (!set) return set;
  }
  base::Status started = alter({targets.begin(), targets.end()}, "Error reassigning partition(s):");
  if (!started) return started;
  print_started(targets);
  return log_dir_moves_.start(plan.log_dirs, options.timeout_ms);
}

base::Status ClusterReassignment::alter(
    const std::map<TopicPartition, std::optional<Replicas>>& targets,
    const std::string& what_failed) {
  using Request = protocol::AlterPartitionReassignmentsRequest;
  using Response = protocol::AlterPartitionReassignmentsResponse;
  Request request{.timeout_ms = kAdminTimeoutMs, .topics = {}};
  for (const auto& [id, target] : targets) {
    if (request.topics.empty() || request.topics.back().name != id.topic) {
      request.topics.push_back({.name = id.topic, .partitions = {}});
    }
    request.topics.back().partitions.push_back(
        {.partition_index = id.partition, .replicas = target});
  }
  auto answer = client_.call_controller<Request, Response>(
      request, [](const Response& response) { return response.error_code; });
  if (!answer) return answer.error();
  std::map<TopicPartition, std::string> failures;
  for (const auto& topic : answer->responses) {
    for (const auto& partition : topic.partitions) {
      if (partition.error_code == ErrorCode::kNone) continue;
      failures[{topic.name, partition.partition_index}] =
          partition.error_message.value_or(std::string(protocol::error_name(partition.error_code)));
    }
  }
  if (answer->error_code != ErrorCode::kNone) {
    for (const auto& [id, target] : targets) {
      failures[id] =
          answer->error_message.value_or(std::string(protocol::error_name(answer->error_code)));
    }
  }
  if (failures.empty()) return {};
  std::string text = what_failed;
  for (const auto& [id, why] : failures) text += "\n" + id.to_string() + ": " + why;
  return terse(text);
}

base::Status ClusterReassignment::cancel(const ReassignmentPlan& plan, bool preserve_throttles,
                                         std::int64_t timeout_ms) {
  std::set<TopicPartition> named;
  for (const auto& [id, target] : plan.partitions) named.insert(id);
  auto moves = ongoing(named);
  if (!moves) return moves.error();
  std::map<TopicPartition, std::optional<Replicas>> cancelled;
  for (const auto& [id, move] : *moves) cancelled[id] = std::nullopt;
  if (cancelled.empty()) {
    std::puts("None of the specified partition reassignments are active.");
  } else {
    base::Status done = alter(cancelled, "Error cancelling partition reassignment" +
                                             std::string(plural(cancelled.size())) + " for:");
    if (!done) return done;
    std::printf("Successfully cancelled partition reassignment%s for: %s\n",
                plural(cancelled.size()), names_of(cancelled).c_str());
  }
  auto moving = log_dir_moves_.under_way(plan.log_dirs);
  if (!moving) return moving.error();
  if (moving->empty()) {
    std::fputs("None of the specified partition moves are active.", stdout);
  } else if (base::Status moved = log_dir_moves_.start(*moving, timeout_ms); !moved) {
    return moved;
  }
  return preserve_throttles ? base::Status() : clear_throttles(plan);
}

// All of them: nobody knows any more from where the partitions came.
base::Status ClusterReassignment::clear_throttles(const ReassignmentPlan& plan) {
  auto ids = brokers();
  if (!ids) return ids.error();
  std::set<std::string> topics;
  for (const auto& [id, target] : plan.partitions) {
    ids->insert(target.begin(), target.end());
    topics.insert(id.topic);
  }
  return throttles_.clear(*ids, topics);
}

base::Status ClusterReassignment::list() {
  auto moves = ongoing(std::nullopt);
  if (!moves) return moves.error();
  if (moves->empty()) {
    std::puts("No partition reassignments found.");
    return {};
  }
  std::puts("Current partition reassignments:");
  for (const auto& [id, move] : *moves) {
    std::string line = id.to_string() + ": replicas: " + to_string(move.replicas) + ".";
    if (!move.adding.empty()) line += " adding: " + to_string(move.adding) + ".";
    if (!move.removing.empty()) line += " removing: " + to_string(move.removing) + ".";
    std::puts(line.c_str());
  }
  return {};
}

}  // namespace odradek::tools
