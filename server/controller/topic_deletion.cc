#include "server/controller/topic_deletion.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "zk/data/paths.h"

namespace odradek::controller {

std::vector<std::string> TopicDeletion::keep_known(const std::vector<std::string>& marked) {
  if (!options_.delete_topic_enable) {
    LOG_IF(WARNING, !marked.empty())
        << parts_.context.tag() << marked.size()
        << " topics are marked for deletion, which delete.topic.enable forbids; marks removed";
    parts_.store.unmark_deletions(marked);
    return {};
  }
  std::vector<std::string> known;
  std::vector<std::string> unknown;
  for (const std::string& topic : marked) {
    (parts_.context.topic(topic) != nullptr ? known : unknown).push_back(topic);
  }
  for (const std::string& topic : unknown) {
    LOG(WARNING) << parts_.context.tag() << "topic " << topic
                 << " is marked for deletion but does not exist; mark removed";
  }
  parts_.store.unmark_deletions(unknown);
  return known;
}

std::set<std::string> TopicDeletion::topics_that_must_wait(
    const std::vector<std::string>& topics) const {
  std::set<std::string> waiting;
  for (const std::string& name : topics) {
    for (const PartitionReplica& replica : parts_.context.replicas_of(name)) {
      if (!parts_.context.is_replica_online(replica.broker, replica.partition)) {
        waiting.insert(name);
      }
    }
  }
  for (const TopicPartition& partition : parts_.context.reassigning()) {
    if (std::find(topics.begin(), topics.end(), partition.topic) != topics.end()) {
      waiting.insert(partition.topic);
    }
  }
  return waiting;
}

void TopicDeletion::load(const std::vector<std::string>& marked) {
  const std::vector<std::string> known = keep_known(marked);
  for (const std::string& name : known) parts_.context.topic(name)->queued_for_deletion = true;
  make_ineligible(topics_that_must_wait(known),
                  "a replica cannot be reached or is being reassigned");
}

void TopicDeletion::on_marked(const std::vector<std::string>& marked) {
  std::vector<std::string> fresh = keep_known(marked);
  std::erase_if(fresh, [this](const std::string& name) {
    return parts_.context.topic(name)->queued_for_deletion;
  });
  if (fresh.empty()) return;
  std::set<std::string> moving;
  for (const TopicPartition& partition : parts_.context.reassigning()) {
    if (std::find(fresh.begin(), fresh.end(), partition.topic) != fresh.end()) {
      moving.insert(partition.topic);
    }
  }
  for (const std::string& name : fresh) {
    LOG(INFO) << parts_.context.tag() << "topic " << name << ": deletion begins";
    parts_.context.topic(name)->queued_for_deletion = true;
  }
  make_ineligible(moving, "it is being reassigned");
  resume();
}

void TopicDeletion::resume_for(const std::set<std::string>& topics) {
  if (!options_.delete_topic_enable) return;
  bool any = false;
  for (const std::string& name : topics) {
    Topic* topic = parts_.context.topic(name);
    if (topic == nullptr || !topic->queued_for_deletion) continue;
    topic->deletion_ineligible = false;
    any = true;
  }
  if (any) resume();
}

void TopicDeletion::make_ineligible(const std::set<std::string>& topics, const std::string& why) {
  for (const std::string& name : topics) {
    Topic* topic = parts_.context.topic(name);
    // One that is not to be deleted must not be marked: nobody would take that back.
    if (topic == nullptr || !topic->queued_for_deletion) continue;
    LOG_IF(INFO, !topic->deletion_ineligible)
        << parts_.context.tag() << "topic " << name << ": deletion waits, " << why;
    topic->deletion_ineligible = true;
  }
}

bool TopicDeletion::is_eligible(const Topic& topic, const std::string& name) const {
  return topic.queued_for_deletion && !topic.deletion_ineligible &&
         !parts_.context.has_replica_in_state(name, ReplicaState::kDeletionStarted);
}

void TopicDeletion::resume() {
  std::vector<std::string> again;
  std::vector<std::string> eligible;
  for (const std::string& name : parts_.context.topics_queued_for_deletion()) {
    std::vector<PartitionReplica> replicas = parts_.context.replicas_of(name);
    bool all_gone = std::all_of(replicas.begin(), replicas.end(), [&](const auto& replica) {
      return parts_.context.partition(replica.partition)->replica_state(replica.broker) ==
             ReplicaState::kDeletionSuccessful;
    });
    if (all_gone) {
      complete(name);
      continue;
    }
    if (!parts_.context.has_replica_in_state(name, ReplicaState::kDeletionStarted) &&
        parts_.context.has_replica_in_state(name, ReplicaState::kDeletionIneligible)) {
      again.push_back(name);
    }
    if (is_eligible(*parts_.context.topic(name), name)) eligible.push_back(name);
  }
  if (!again.empty()) retry(again);
  if (!eligible.empty()) start(eligible);
}

void TopicDeletion::retry(const std::vector<std::string>& topics) {
  std::vector<PartitionReplica> replicas;
  for (const std::string& name : topics) {
    auto more = parts_.context.replicas_in_state(name, ReplicaState::kDeletionIneligible);
    replicas.insert(replicas.end(), more.begin(), more.end());
  }
  parts_.replicas.move(replicas, ReplicaState::kOffline);
}

void TopicDeletion::start(const std::vector<std::string>& topics) {
  std::vector<TopicPartition> unseen;
  std::vector<TopicPartition> all;
  for (const std::string& name : topics) {
    std::vector<TopicPartition> partitions = parts_.context.partitions_of(name);
    all.insert(all.end(), partitions.begin(), partitions.end());
    Topic& topic = *parts_.context.topic(name);
    if (topic.deletion_started) continue;
    unseen.insert(unseen.end(), partitions.begin(), partitions.end());
    topic.deletion_started = true;
  }
  if (!unseen.empty()) {
    parts_.partitions.to_offline(unseen);
    parts_.partitions.to_non_existent(unseen);
  }
  // From here clients do not see the topics any more.
  parts_.batch.begin();
  parts_.batch.add_update_metadata(parts_.context.live_or_shutting_down(), all);
  parts_.batch.send();
  delete_replicas(topics);
}

void TopicDeletion::delete_replicas(const std::vector<std::string>& topics) {
  std::vector<PartitionReplica> dead;
  std::vector<PartitionReplica> alive;
  std::set<std::string> waiting;
  for (const std::string& name : topics) {
    for (const PartitionReplica& replica : parts_.context.replicas_of(name)) {
      const Partition& partition = *parts_.context.partition(replica.partition);
      if (partition.replica_state(replica.broker) == ReplicaState::kDeletionSuccessful) continue;
      if (parts_.context.is_replica_online(replica.broker, replica.partition)) {
        alive.push_back(replica);
      } else {
        dead.push_back(replica);
        waiting.insert(name);
      }
    }
  }
  parts_.replicas.move(dead, ReplicaState::kDeletionIneligible);
  parts_.replicas.move(alive, ReplicaState::kOffline);
  parts_.replicas.move(alive, ReplicaState::kDeletionStarted);
  make_ineligible(waiting, "a replica is on a dead broker or in a failed directory");
}

void TopicDeletion::on_replicas_failed(const std::vector<PartitionReplica>& replicas) {
  std::vector<PartitionReplica> ours;
  std::set<std::string> topics;
  for (const PartitionReplica& replica : replicas) {
    if (!parts_.context.is_queued_for_deletion(replica.partition.topic)) continue;
    ours.push_back(replica);
    topics.insert(replica.partition.topic);
  }
  if (ours.empty()) return;
  parts_.replicas.move(ours, ReplicaState::kDeletionIneligible);
  make_ineligible(topics, "a replica could not be deleted");
  resume();
}

void TopicDeletion::on_answer(const StopReplicaAnswered& answered) {
  std::vector<PartitionReplica> failed;
  std::vector<PartitionReplica> gone;
  for (const TopicPartition& id : answered.deleted) {
    const Topic* topic = parts_.context.topic(id.topic);
    if (topic == nullptr || !topic->deletion_started) continue;
    bool is_failed =
        std::find(answered.failed.begin(), answered.failed.end(), id) != answered.failed.end();
    (is_failed ? failed : gone).push_back({id, answered.broker});
  }
  if (failed.empty() && gone.empty()) return;
  if (!failed.empty()) on_replicas_failed(failed);
  // The topic may have been completed or retried meanwhile; only what still waits for this answer
  // counts.
  std::erase_if(gone, [this](const PartitionReplica& replica) {
    const Partition* partition = parts_.context.partition(replica.partition);
    return partition == nullptr ||
           partition->replica_state(replica.broker) != ReplicaState::kDeletionStarted;
  });
  parts_.replicas.move(gone, ReplicaState::kDeletionSuccessful);
  resume();
}

void TopicDeletion::complete(const std::string& topic) {
  // Without this, the deletion of the node would come back as an event.
  parts_.watches.forget_node(zk::paths::topic(topic));
  parts_.replicas.move(parts_.context.replicas_in_state(topic, ReplicaState::kDeletionSuccessful),
                       ReplicaState::kNonExistent);
  if (!parts_.store.delete_topic(topic)) return;
  parts_.context.remove_topic(topic);
  LOG(INFO) << parts_.context.tag() << "topic " << topic << ": deleted";
}

}  // namespace odradek::controller
