#include "server/controller/replica_states.h"

#include <map>
#include <utility>

#include "base/log.h"
#include "server/controller/known_leaderships.h"

namespace odradek::controller {

void ReplicaStates::set_state(const PartitionReplica& replica, ReplicaState to) {
  Partition* partition = context_.partition(replica.partition);
  if (partition == nullptr) return;
  if (to == ReplicaState::kNonExistent) {
    partition->replica_states.erase(replica.broker);
  } else {
    partition->replica_states[replica.broker] = to;
  }
}

std::vector<PartitionReplica> ReplicaStates::permitted(
    const std::vector<PartitionReplica>& replicas, ReplicaState to) {
  std::vector<PartitionReplica> good;
  for (const PartitionReplica& replica : replicas) {
    const Partition* partition = context_.partition(replica.partition);
    if (partition == nullptr) continue;
    const ReplicaState from = partition->replica_state(replica.broker);
    if (may_follow(from, to)) {
      good.push_back(replica);
    } else {
      LOG(ERROR) << context_.tag() << "replica " << replica.broker << " of "
                 << replica.partition.to_string() << ": " << to_string(from) << " cannot become "
                 << to_string(to) << "; left as it is";
    }
  }
  return good;
}

void ReplicaStates::move(const std::vector<PartitionReplica>& replicas, ReplicaState to) {
  if (replicas.empty()) return;
  (void)move_with_batch(replicas, to);
}

bool ReplicaStates::move_with_batch(const std::vector<PartitionReplica>& replicas,
                                    ReplicaState to) {
  batch_.begin();
  dispatch(permitted(replicas, to), to);
  if (!store_.ok()) {
    batch_.drop();
    return false;
  }
  batch_.send();
  return batch_.has_sent();
}

void ReplicaStates::dispatch(const std::vector<PartitionReplica>& replicas, ReplicaState to) {
  if (to == ReplicaState::kOffline) {
    to_offline(replicas);
    return;
  }
  for (const PartitionReplica& replica : replicas) {
    switch (to) {
      case ReplicaState::kNew:
        to_new(replica);
        break;
      case ReplicaState::kOnline:
        to_online(replica);
        break;
      case ReplicaState::kDeletionStarted:
        set_state(replica, to);
        batch_.add_stop_replica(replica.broker, replica.partition, true);
        break;
      case ReplicaState::kNonExistent:
        to_non_existent(replica);
        break;
      case ReplicaState::kOffline:
      case ReplicaState::kDeletionSuccessful:
      case ReplicaState::kDeletionIneligible:
        set_state(replica, to);
        break;
    }
  }
}

void ReplicaStates::to_new(const PartitionReplica& replica) {
  const Leadership* leadership = context_.leadership(replica.partition);
  if (leadership != nullptr && leadership->leader == replica.broker) {
    LOG(ERROR) << context_.tag() << "replica " << replica.broker << " of "
               << replica.partition.to_string() << " leads it and cannot be new; left as it is";
    return;
  }
  if (leadership != nullptr) {
    batch_.add_leader_and_isr({replica.broker}, replica.partition, *leadership, true);
  }
  set_state(replica, ReplicaState::kNew);
}

void ReplicaStates::to_online(const PartitionReplica& replica) {
  Partition& partition = *context_.partition(replica.partition);
  if (partition.replica_state(replica.broker) == ReplicaState::kNew) {
    if (!contains(partition.assignment.replicas, replica.broker)) {
      partition.assignment.replicas.push_back(replica.broker);
    }
  } else if (partition.leadership) {
    batch_.add_leader_and_isr({replica.broker}, replica.partition, *partition.leadership, false);
  }
  set_state(replica, ReplicaState::kOnline);
}

void ReplicaStates::to_non_existent(const PartitionReplica& replica) {
  Assignment& assignment = context_.partition(replica.partition)->assignment;
  std::erase(assignment.replicas, replica.broker);
  std::erase(assignment.adding_replicas, replica.broker);
  std::erase(assignment.removing_replicas, replica.broker);
  set_state(replica, ReplicaState::kNonExistent);
}

void ReplicaStates::to_offline(const std::vector<PartitionReplica>& replicas) {
  std::map<BrokerId, std::vector<TopicPartition>> led;
  for (const PartitionReplica& replica : replicas) {
    batch_.add_stop_replica(replica.broker, replica.partition, false);
    if (context_.leadership(replica.partition) != nullptr) {
      led[replica.broker].push_back(replica.partition);
    } else {
      set_state(replica, ReplicaState::kOffline);
      batch_.add_update_metadata(context_.live_or_shutting_down(), {replica.partition});
    }
  }
  // Broker after broker: two replicas of one partition change the same state.
  for (auto& [broker, partitions] : led) {
    for (const TopicPartition& id : leave_isr(broker, std::move(partitions))) {
      set_state({id, broker}, ReplicaState::kOffline);
      if (context_.is_queued_for_deletion(id.topic)) continue;
      const Partition& partition = *context_.partition(id);
      batch_.add_leader_and_isr(without(partition.assignment.replicas, {broker}), id,
                                *partition.leadership, false);
    }
  }
}

std::vector<TopicPartition> ReplicaStates::leave_isr(BrokerId broker,
                                                     std::vector<TopicPartition> partitions) {
  std::vector<TopicPartition> settled;
  std::vector<std::optional<Leadership>> states = known_leaderships(context_, store_, partitions);
  while (!partitions.empty() && store_.ok()) {
    partitions = leave_isr_once(broker, partitions, std::move(states), settled);
    states = store_.leaderships(partitions);
  }
  return settled;
}

std::vector<TopicPartition> ReplicaStates::leave_isr_once(
    BrokerId broker, const std::vector<TopicPartition>& partitions,
    std::vector<std::optional<Leadership>> states, std::vector<TopicPartition>& settled) {
  std::vector<LeadershipWrite> writes;
  std::vector<Leadership> before;
  for (std::size_t i = 0; i < partitions.size(); ++i) {
    const TopicPartition& id = partitions[i];
    if (!states[i]) {
      LOG_IF(ERROR, !context_.is_queued_for_deletion(id.topic))
          << context_.tag() << "partition " << id.to_string()
          << ": its state is missing in ZooKeeper; replica " << broker << " stays as it is";
      continue;
    }
    if (states[i]->controller_epoch > context_.epoch()) {
      LOG(ERROR) << context_.tag() << "partition " << id.to_string()
                 << ": its state is of controller epoch " << states[i]->controller_epoch
                 << ", which is later; replica " << broker << " stays as it is";
      continue;
    }
    if (auto changed = remove_from_isr(*states[i], broker)) {
      changed->controller_epoch = context_.epoch();
      writes.push_back({.partition = id, .leadership = std::move(*changed)});
      before.push_back(std::move(*states[i]));
    } else {
      context_.partition(id)->leadership = std::move(*states[i]);
      settled.push_back(id);
    }
  }
  std::vector<TopicPartition> again;
  std::vector<LeadershipWritten> written = store_.update_leaderships(writes);
  const bool is_logged = writes.size() <= kLoggedOneByOne;
  LOG_IF(INFO, !is_logged) << context_.tag() << "replica " << broker << " left " << writes.size()
                           << " in-sync sets";
  for (std::size_t i = 0; i < writes.size(); ++i) {
    const TopicPartition& id = writes[i].partition;
    if (written[i].outcome == WriteOutcome::kBadVersion) {
      again.push_back(id);
    } else if (written[i].outcome == WriteOutcome::kDone) {
      Leadership& now = writes[i].leadership;
      now.partition_epoch = written[i].partition_epoch;
      LOG_IF(INFO, is_logged) << context_.tag() << "partition " << id.to_string() << ": replica "
                              << broker << " is offline, leader " << before[i].leader << " -> "
                              << now.leader << ", isr " << to_string(before[i].isr) << " -> "
                              << to_string(now.isr);
      context_.partition(id)->leadership = now;
      settled.push_back(id);
    }
  }
  return again;
}

}  // namespace odradek::controller
