#include "server/controller/context.h"

namespace odradek::controller {

ReplicaState Partition::replica_state(BrokerId broker) const {
  auto it = replica_states.find(broker);
  return it == replica_states.end() ? ReplicaState::kNonExistent : it->second;
}

void Context::reset() {
  epoch_ = 0;
  brokers_.clear();
  shutting_down_.clear();
  offline_dirs_.clear();
  topics_.clear();
  names_by_id_.clear();
  reassigning_.clear();
  leaders_write_states_ = false;
}

std::string Context::tag() const {
  return "[controller " + std::to_string(self_) + " epoch " + std::to_string(epoch_) + "] ";
}

void Context::put_broker(zk::RegisteredBroker broker) {
  BrokerId id = broker.registration.broker_id;
  brokers_[id] = std::move(broker);
}

void Context::remove_broker(BrokerId id) { brokers_.erase(id); }

std::vector<BrokerId> Context::live_or_shutting_down() const {
  std::vector<BrokerId> ids;
  for (const auto& [id, broker] : brokers_) ids.push_back(id);
  return ids;
}

std::vector<BrokerId> Context::live() const {
  std::vector<BrokerId> ids = live_or_shutting_down();
  std::erase_if(ids, [this](BrokerId id) { return shutting_down_.contains(id); });
  return ids;
}

std::optional<std::int64_t> Context::broker_epoch(BrokerId id) const {
  auto it = brokers_.find(id);
  if (it == brokers_.end()) return std::nullopt;
  return it->second.epoch;
}

bool Context::is_in_offline_dir(BrokerId broker, const TopicPartition& partition) const {
  auto it = offline_dirs_.find(broker);
  return it != offline_dirs_.end() && it->second.contains(partition);
}

bool Context::is_replica_online(BrokerId broker, const TopicPartition& partition) const {
  return is_live(broker) && !is_in_offline_dir(broker, partition);
}

bool Context::is_replica_online_or_shutting_down(BrokerId broker,
                                                 const TopicPartition& partition) const {
  return is_live_or_shutting_down(broker) && !is_in_offline_dir(broker, partition);
}

Topic* Context::topic(const std::string& name) {
  auto it = topics_.find(name);
  return it == topics_.end() ? nullptr : &it->second;
}

const Topic* Context::topic(const std::string& name) const {
  auto it = topics_.find(name);
  return it == topics_.end() ? nullptr : &it->second;
}

Topic& Context::add_topic(const std::string& name) { return topics_[name]; }

void Context::remove_topic(const std::string& name) {
  auto it = topics_.find(name);
  if (it == topics_.end()) return;
  for (const auto& [index, partition] : it->second.partitions) {
    TopicPartition gone{name, index};
    reassigning_.erase(gone);
    for (auto& [broker, partitions] : offline_dirs_) partitions.erase(gone);
  }
  names_by_id_.erase(it->second.id);
  topics_.erase(it);
}

void Context::set_topic_id(const std::string& name, const base::Uuid& id) {
  Topic& topic = add_topic(name);
  names_by_id_.erase(topic.id);
  topic.id = id;
  if (!id.is_zero()) names_by_id_[id] = name;
}

const std::string* Context::topic_name(const base::Uuid& id) const {
  auto it = names_by_id_.find(id);
  return it == names_by_id_.end() ? nullptr : &it->second;
}

Partition* Context::partition(const TopicPartition& partition) {
  Topic* found = topic(partition.topic);
  if (found == nullptr) return nullptr;
  auto it = found->partitions.find(partition.partition);
  return it == found->partitions.end() ? nullptr : &it->second;
}

const Partition* Context::partition(const TopicPartition& partition) const {
  const Topic* found = topic(partition.topic);
  if (found == nullptr) return nullptr;
  auto it = found->partitions.find(partition.partition);
  return it == found->partitions.end() ? nullptr : &it->second;
}

const Leadership* Context::leadership(const TopicPartition& partition) const {
  const Partition* found = this->partition(partition);
  return found != nullptr && found->leadership ? &*found->leadership : nullptr;
}

bool Context::is_queued_for_deletion(const std::string& topic) const {
  const Topic* found = this->topic(topic);
  return found != nullptr && found->queued_for_deletion;
}

std::vector<std::string> Context::topics_queued_for_deletion() const {
  std::vector<std::string> names;
  for (const auto& [name, topic] : topics_) {
    if (topic.queued_for_deletion) names.push_back(name);
  }
  return names;
}

std::vector<TopicPartition> Context::all_partitions() const {
  return partitions_if([](const TopicPartition&, const Partition&) { return true; });
}

std::vector<TopicPartition> Context::partitions_of(const std::string& topic) const {
  std::vector<TopicPartition> partitions;
  const Topic* found = this->topic(topic);
  if (found == nullptr) return partitions;
  for (const auto& [index, partition] : found->partitions) partitions.push_back({topic, index});
  return partitions;
}

std::vector<TopicPartition> Context::partitions_if(
    const std::function<bool(const TopicPartition&, const Partition&)>& wanted) const {
  std::vector<TopicPartition> partitions;
  for (const auto& [name, topic] : topics_) {
    for (const auto& [index, partition] : topic.partitions) {
      TopicPartition id{name, index};
      if (wanted(id, partition)) partitions.push_back(std::move(id));
    }
  }
  return partitions;
}

std::vector<TopicPartition> Context::partitions_on(BrokerId broker) const {
  return partitions_if([broker](const TopicPartition&, const Partition& partition) {
    return contains(partition.assignment.replicas, broker);
  });
}

std::vector<PartitionReplica> Context::replicas_of(const std::string& topic) const {
  return replicas_of(partitions_of(topic));
}

std::vector<PartitionReplica> Context::replicas_of(
    const std::vector<TopicPartition>& partitions) const {
  std::vector<PartitionReplica> replicas;
  for (const TopicPartition& id : partitions) {
    const Partition* found = partition(id);
    if (found == nullptr) continue;
    for (BrokerId broker : found->assignment.replicas) replicas.push_back({id, broker});
  }
  return replicas;
}

std::vector<PartitionReplica> Context::replicas_on(const std::set<BrokerId>& brokers) const {
  std::vector<PartitionReplica> replicas;
  for (const auto& [name, topic] : topics_) {
    for (const auto& [index, partition] : topic.partitions) {
      for (BrokerId broker : partition.assignment.replicas) {
        if (brokers.contains(broker)) replicas.push_back({{name, index}, broker});
      }
    }
  }
  return replicas;
}

std::vector<PartitionReplica> Context::replicas_in_state(const std::string& topic,
                                                         ReplicaState state) const {
  std::vector<PartitionReplica> replicas;
  const Topic* found = this->topic(topic);
  if (found == nullptr) return replicas;
  for (const auto& [index, partition] : found->partitions) {
    for (BrokerId broker : partition.assignment.replicas) {
      if (partition.replica_state(broker) == state) replicas.push_back({{topic, index}, broker});
    }
  }
  return replicas;
}

bool Context::has_replica_in_state(const std::string& topic, ReplicaState state) const {
  return !replicas_in_state(topic, state).empty();
}

Replicas Context::offline_replicas(const TopicPartition& id, const Partition& state) const {
  Replicas offline;
  for (BrokerId broker : state.assignment.replicas) {
    if (!is_replica_online(broker, id)) offline.push_back(broker);
  }
  return offline;
}

}  // namespace odradek::controller
