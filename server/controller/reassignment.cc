#include "server/controller/reassignment.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/log.h"
#include "base/text.h"
#include "server/controller/known_leaderships.h"
#include "zk/data/paths.h"

namespace odradek::controller {
namespace {

using protocol::ErrorCode;

base::Error none() { return base::Error(ErrorCode::kNone, ""); }

std::vector<PartitionReplica> replicas_at(const TopicPartition& id, const Replicas& brokers) {
  std::vector<PartitionReplica> replicas;
  for (BrokerId broker : brokers) replicas.push_back({id, broker});
  return replicas;
}

bool has_duplicates(Replicas replicas) {
  std::sort(replicas.begin(), replicas.end());
  return std::adjacent_find(replicas.begin(), replicas.end()) != replicas.end();
}

// "Set(1, 2)", as messages of upstream show a collection.
std::string listed(std::string_view collection, const std::vector<BrokerId>& brokers) {
  std::vector<std::string> ids;
  for (BrokerId id : brokers) ids.push_back(std::to_string(id));
  return std::string(collection) + "(" + base::join(ids, ", ") + ")";
}

}  // namespace

Assignment reassign_to(const Assignment& current, const Replicas& target) {
  const Replicas original = without(current.replicas, current.adding_replicas);
  Assignment wanted;
  wanted.replicas = target;
  const Replicas leaving = without(original, target);
  wanted.replicas.insert(wanted.replicas.end(), leaving.begin(), leaving.end());
  wanted.adding_replicas = without(target, original);
  wanted.removing_replicas = leaving;
  return wanted;
}

bool Reassignments::write_topic(const std::string& name) {
  const Topic& topic = *parts_.context.topic(name);
  zk::TopicAssignment written;
  if (!topic.id.is_zero()) written.topic_id = topic.id;
  for (const auto& [index, partition] : topic.partitions) {
    written.partitions[index] = partition.assignment;
  }
  return parts_.store.write_assignment(name, written);
}

bool Reassignments::is_target_in_sync(const TopicPartition& id) {
  const Partition& partition = *parts_.context.partition(id);
  if (!partition.assignment.is_being_reassigned()) return true;
  std::optional<Leadership> stored = known_leaderships(parts_.context, parts_.store, {id}).front();
  return stored && is_subset(partition.target(), stored->isr);
}

base::Error Reassignments::begin(const TopicPartition& id, const Assignment& wanted) {
  parts_.deletion.make_ineligible({id.topic}, "a partition is being reassigned");
  Partition& partition = *parts_.context.partition(id);
  if (partition.assignment != wanted) {
    const Assignment before = partition.assignment;
    LOG(INFO) << parts_.context.tag() << "partition " << id.to_string()
              << ": reassignment, replicas " << to_string(before.replicas) << " -> "
              << to_string(wanted.replicas) << ", adding " << to_string(wanted.adding_replicas)
              << ", removing " << to_string(wanted.removing_replicas);
    partition.assignment = wanted;
    if (!write_topic(id.topic)) {
      partition.assignment = before;
      return base::Error(ErrorCode::kUnknownServerError, "the topic's node could not be written");
    }
    // What an earlier request was adding, and this one does not want.
    remove_replicas(id, without(before.replicas, wanted.replicas));
  }
  if (!config::has_alter_partition(options_.protocol_version)) {
    parts_.watches.data(zk::paths::partition_state(id.topic, id.partition),
                        ReassignmentIsrChange{id});
  }
  parts_.context.reassigning().insert(id);
  proceed(id);
  return none();
}

void Reassignments::proceed(const TopicPartition& id) {
  if (is_target_in_sync(id)) {
    complete(id);
    return;
  }
  if (!bump_leader_epoch(id)) return;
  notify_adding(id);
  std::vector<PartitionReplica> fresh =
      replicas_at(id, parts_.context.partition(id)->assignment.adding_replicas);
  std::erase_if(fresh, [this](const PartitionReplica& replica) {
    return parts_.context.partition(replica.partition)->replica_state(replica.broker) !=
           ReplicaState::kNonExistent;
  });
  parts_.replicas.move(fresh, ReplicaState::kNew);
}

void Reassignments::notify_adding(const TopicPartition& id) {
  const Partition& partition = *parts_.context.partition(id);
  parts_.batch.begin();
  parts_.batch.add_leader_and_isr(partition.original(), id, *partition.leadership, false);
  // New replicas may go into any directory; the others must not be made anew when theirs failed.
  parts_.batch.add_leader_and_isr(partition.assignment.adding_replicas, id, *partition.leadership,
                                  true);
  parts_.batch.send();
}

bool Reassignments::bump_leader_epoch(const TopicPartition& id) {
  std::optional<Leadership> stored = known_leaderships(parts_.context, parts_.store, {id}).front();
  for (; parts_.store.ok(); stored = parts_.store.leaderships({id}).front()) {
    if (!stored || stored->controller_epoch > parts_.context.epoch()) break;
    ++stored->leader_epoch;
    stored->controller_epoch = parts_.context.epoch();
    LeadershipWritten written =
        parts_.store.update_leaderships({{.partition = id, .leadership = *stored}}).front();
    if (written.outcome == WriteOutcome::kBadVersion) continue;
    if (written.outcome != WriteOutcome::kDone) break;
    stored->partition_epoch = written.partition_epoch;
    parts_.context.partition(id)->leadership = std::move(*stored);
    return true;
  }
  LOG(ERROR) << parts_.context.tag() << "partition " << id.to_string()
             << ": its leader epoch could not be raised; the reassignment waits";
  return false;
}

void Reassignments::complete(const TopicPartition& id) {
  Partition& partition = *parts_.context.partition(id);
  const Assignment moving = partition.assignment;
  std::vector<PartitionReplica> added = replicas_at(id, moving.adding_replicas);
  std::erase_if(added, [&](const PartitionReplica& replica) {
    return partition.replica_state(replica.broker) == ReplicaState::kNonExistent;
  });
  parts_.replicas.move(added, ReplicaState::kOnline);
  partition.assignment =
      Assignment{.replicas = partition.target(), .adding_replicas = {}, .removing_replicas = {}};
  settle_leader(id);
  remove_replicas(id, moving.removing_replicas);
  if (!parts_.store.ok()) return;
  LOG_IF(ERROR, !write_topic(id.topic)) << parts_.context.tag() << "partition " << id.to_string()
                                        << ": the end of its reassignment could not be written";
  if (!config::has_alter_partition(options_.protocol_version)) {
    parts_.watches.forget_node(zk::paths::partition_state(id.topic, id.partition));
  }
  drop_from_node({id}, {{id, partition.assignment.replicas}});
  parts_.context.reassigning().erase(id);
  parts_.batch.begin();
  parts_.batch.add_update_metadata(parts_.context.live_or_shutting_down(), {id});
  parts_.batch.send();
  LOG(INFO) << parts_.context.tag() << "partition " << id.to_string()
            << ": reassignment complete, replicas " << to_string(partition.assignment.replicas);
  parts_.deletion.resume_for({id.topic});
}

void Reassignments::settle_leader(const TopicPartition& id) {
  const Partition& partition = *parts_.context.partition(id);
  const BrokerId leader = partition.leadership ? partition.leadership->leader : protocol::kNoBroker;
  if (contains(partition.assignment.replicas, leader) &&
      parts_.context.is_replica_online(leader, id)) {
    // The leader stays and learns by a new epoch that the others have left.
    if (bump_leader_epoch(id)) notify_adding(id);
    return;
  }
  for (const auto& [elected, result] : parts_.partitions.to_online({id}, Strategy::kReassignment)) {
    LOG_IF(ERROR, !result.ok()) << parts_.context.tag() << result.error().message;
  }
}

void Reassignments::remove_replicas(const TopicPartition& id, const Replicas& replicas) {
  std::vector<PartitionReplica> gone = replicas_at(id, replicas);
  if (gone.empty()) return;
  parts_.replicas.move(gone, ReplicaState::kOffline);
  parts_.replicas.move(gone, ReplicaState::kDeletionStarted);
  // Nobody waits for the answers: a replica that stays behind is found as a stray when its broker
  // starts.
  parts_.replicas.move(gone, ReplicaState::kDeletionSuccessful);
  parts_.replicas.move(gone, ReplicaState::kNonExistent);
}

Reassignments::Started Reassignments::start_all(
    const std::map<TopicPartition, Assignment>& wanted) {
  Started results;
  for (const auto& [id, assignment] : wanted) {
    if (parts_.context.partition(id) == nullptr ||
        parts_.context.is_queued_for_deletion(id.topic)) {
      results.emplace(
          id, base::Error(ErrorCode::kUnknownTopicOrPartition, "The partition does not exist."));
    } else {
      results.emplace(id, begin(id, assignment));
    }
  }
  return results;
}

void Reassignments::on_node_changed() { (void)start_from_node(); }

std::set<TopicPartition> Reassignments::start_from_node() {
  std::set<TopicPartition> started;
  // The read has armed the watch, also of a missing node, which tells of the end of this one.
  const auto asked = parts_.store.reassignment();
  if (!asked || asked->czxid == served_czxid_) return started;
  served_czxid_ = asked->czxid;
  std::map<TopicPartition, Assignment> wanted;
  for (const auto& [id, target] : asked->content) {
    const Partition* partition = parts_.context.partition(id);
    wanted[id] = reassign_to(partition ? partition->assignment : Assignment{}, target);
  }
  std::set<TopicPartition> failed;
  for (const auto& [id, error] : start_all(wanted)) {
    if (protocol::code_of(error) == ErrorCode::kNone) {
      started.insert(id);
      continue;
    }
    LOG(WARNING) << parts_.context.tag() << "partition " << id.to_string()
                 << ": reassignment refused: " << error.message;
    failed.insert(id);
  }
  if (!failed.empty()) drop_from_node(failed, {});
  return started;
}

void Reassignments::resume_all() {
  served_czxid_ = 0;
  const std::set<TopicPartition> started = start_from_node();
  const std::set<TopicPartition> under_way = parts_.context.reassigning();
  for (const TopicPartition& id : under_way) {
    const Partition* partition = parts_.context.partition(id);
    if (partition == nullptr || started.contains(id)) continue;
    const Assignment assignment = partition->assignment;
    (void)begin(id, assignment);
  }
}

void Reassignments::drop_from_node(const std::set<TopicPartition>& partitions,
                                   const std::map<TopicPartition, Replicas>& only_if_equal) {
  auto node = parts_.store.reassignment();
  if (!node) return;
  zk::Reassignment& asked = node->content;
  bool changed = false;
  for (const TopicPartition& id : partitions) {
    auto it = asked.find(id);
    if (it == asked.end()) continue;
    auto expected = only_if_equal.find(id);
    if (expected != only_if_equal.end() && expected->second != it->second) continue;
    asked.erase(it);
    changed = true;
  }
  if (changed) parts_.store.set_reassignment(asked);
}

// In upstream's words: tools show them.
base::Error Reassignments::check_target(const Replicas& original, const Replicas& target) const {
  auto refuse = [](const std::string& why) {
    return base::Error(ErrorCode::kInvalidReplicaAssignment, why);
  };
  if (target.empty()) return refuse("Empty replica list specified in partition reassignment.");
  if (has_duplicates(target)) {
    return refuse("Duplicate replica ids in partition reassignment replica list: " +
                  listed("ArrayBuffer", target));
  }
  if (std::any_of(target.begin(), target.end(), [](BrokerId id) { return id < 0; })) {
    return refuse("Invalid broker id in replica list: " + listed("ArrayBuffer", target));
  }
  const Replicas adding = without(target, original);
  const std::vector<BrokerId> live = parts_.context.live();
  if (is_subset(adding, live)) return none();
  return refuse("Replica assignment has brokers that are not alive. Replica list: " +
                listed("ArrayBuffer", adding) + ", live broker list: " + listed("Set", live));
}

ReassignmentAnswer Reassignments::on_request(const ReassignmentTargets& targets) {
  ReassignmentAnswer answer;
  std::map<TopicPartition, Assignment> wanted;
  std::set<TopicPartition> replaced;
  for (const auto& [id, target] : targets) {
    const Partition* partition = parts_.context.partition(id);
    const Assignment current = partition ? partition->assignment : Assignment{};
    const Replicas original = without(current.replicas, current.adding_replicas);
    base::Error error = none();
    if (target) {
      error = check_target(original, *target);
    } else if (!current.is_being_reassigned()) {
      error = base::Error(ErrorCode::kNoReassignmentInProgress,
                          "No partition reassignment is in progress.");
    }
    if (protocol::code_of(error) != ErrorCode::kNone) {
      answer.partitions.emplace(id, std::move(error));
      continue;
    }
    wanted[id] = reassign_to(current, target ? *target : original);
    replaced.insert(id);
  }
  if (!replaced.empty()) drop_from_node(replaced, {});
  for (auto& [id, error] : start_all(wanted)) answer.partitions.emplace(id, error);
  if (!parts_.store.ok()) return {.error = ErrorCode::kNotController, .partitions = {}};
  return answer;
}

ListReassignmentsAnswer Reassignments::list(const ListReassignmentsRequest& request) const {
  ListReassignmentsAnswer answer;
  for (const TopicPartition& id : parts_.context.reassigning()) {
    if (request.partitions && !request.partitions->contains(id)) continue;
    const Partition* partition = parts_.context.partition(id);
    if (partition == nullptr || !partition->assignment.is_being_reassigned()) continue;
    answer.partitions[id] = {.replicas = partition->assignment.replicas,
                             .adding = partition->assignment.adding_replicas,
                             .removing = partition->assignment.removing_replicas};
  }
  return answer;
}

void Reassignments::try_to_complete(const std::set<TopicPartition>& partitions) {
  for (const TopicPartition& id : partitions) {
    if (!parts_.context.reassigning().contains(id)) continue;
    if (is_target_in_sync(id) && parts_.store.ok()) complete(id);
  }
}

void Reassignments::on_brokers_started(const std::set<BrokerId>& brokers) {
  const std::set<TopicPartition> under_way = parts_.context.reassigning();
  for (const TopicPartition& id : under_way) {
    const Partition* partition = parts_.context.partition(id);
    if (partition == nullptr) continue;
    const Replicas target = partition->target();
    bool waits = std::any_of(target.begin(), target.end(),
                             [&](BrokerId broker) { return brokers.contains(broker); });
    if (waits) proceed(id);
  }
}

}  // namespace odradek::controller
