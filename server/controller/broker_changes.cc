#include "server/controller/broker_changes.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/log.h"
#include "zk/data/paths.h"

namespace odradek::controller {
namespace {

using protocol::ErrorCode;

std::string listed(const std::vector<zk::RegisteredBroker>& brokers) {
  Replicas ids;
  for (const auto& broker : brokers) ids.push_back(broker.registration.broker_id);
  return to_string(ids);
}

std::set<BrokerId> ids_of(const std::vector<zk::RegisteredBroker>& brokers) {
  std::set<BrokerId> ids;
  for (const auto& broker : brokers) ids.insert(broker.registration.broker_id);
  return ids;
}

}  // namespace

void BrokerChanges::announce(const std::vector<BrokerId>& to,
                             const std::vector<TopicPartition>& partitions) {
  parts_.batch.begin();
  parts_.batch.add_update_metadata(to, partitions);
  if (parts_.store.ok()) {
    parts_.batch.send();
  } else {
    parts_.batch.drop();
  }
}

void BrokerChanges::watch(const std::vector<BrokerId>& brokers) {
  for (BrokerId broker : brokers) {
    parts_.watches.data(zk::paths::broker(broker), BrokerModification{broker});
    parts_.store.watch_broker(broker);
  }
}

void BrokerChanges::on_change() {
  std::vector<zk::RegisteredBroker> now = parts_.store.brokers();
  if (!parts_.store.ok()) return;
  std::vector<zk::RegisteredBroker> started;
  std::vector<zk::RegisteredBroker> bounced;
  std::set<BrokerId> dead;
  for (const auto& [id, broker] : parts_.context.brokers()) dead.insert(id);
  for (zk::RegisteredBroker& broker : now) {
    const BrokerId id = broker.registration.broker_id;
    dead.erase(id);
    std::optional<std::int64_t> known = parts_.context.broker_epoch(id);
    if (!known) {
      started.push_back(std::move(broker));
    } else if (broker.epoch > *known) {
      bounced.push_back(std::move(broker));
    }
  }
  if (started.empty() && bounced.empty() && dead.empty()) return;
  LOG(INFO) << parts_.context.tag() << "brokers new " << listed(started) << ", gone "
            << to_string(Replicas(dead.begin(), dead.end())) << ", restarted " << listed(bounced);
  for (const auto& broker : started) parts_.channels.add(broker);
  for (const auto& broker : bounced) parts_.channels.add(broker);
  for (BrokerId id : dead) parts_.channels.remove(id);
  if (!started.empty()) {
    for (const auto& broker : started) parts_.context.put_broker(broker);
    on_started(started);
  }
  if (!bounced.empty()) {
    // Its old life ends before its new one begins: what it led must be led by somebody else.
    for (BrokerId id : ids_of(bounced)) parts_.context.remove_broker(id);
    on_failed(ids_of(bounced));
    for (const auto& broker : bounced) parts_.context.put_broker(broker);
    on_started(bounced);
  }
  if (!dead.empty()) {
    for (BrokerId id : dead) parts_.context.remove_broker(id);
    on_failed(dead);
  }
}

void BrokerChanges::on_started(const std::vector<zk::RegisteredBroker>& brokers) {
  const std::set<BrokerId> ids = ids_of(brokers);
  for (BrokerId id : ids) parts_.context.offline_dirs().erase(id);
  std::vector<BrokerId> others = parts_.context.live_or_shutting_down();
  std::erase_if(others, [&](BrokerId id) { return ids.contains(id); });
  const std::vector<BrokerId> fresh(ids.begin(), ids.end());
  announce(others, {});
  // All of it, before any LeaderAndIsr: a follower ignores a leader that it has not heard of.
  announce(fresh, parts_.context.all_partitions());
  const std::vector<PartitionReplica> replicas = parts_.context.replicas_on(ids);
  parts_.replicas.move(replicas, ReplicaState::kOnline);
  parts_.partitions.try_all_online();
  parts_.reassignments.on_brokers_started(ids);
  std::set<std::string> deleted;
  for (const PartitionReplica& replica : replicas) deleted.insert(replica.partition.topic);
  parts_.deletion.resume_for(deleted);
  watch(fresh);
}

void BrokerChanges::on_failed(const std::set<BrokerId>& brokers) {
  for (BrokerId id : brokers) {
    parts_.context.offline_dirs().erase(id);
    parts_.context.shutting_down().erase(id);
  }
  on_replicas_offline(parts_.context.replicas_on(brokers));
  for (BrokerId id : brokers) parts_.watches.forget_node(zk::paths::broker(id));
}

void BrokerChanges::on_replicas_offline(const std::vector<PartitionReplica>& replicas) {
  std::vector<PartitionReplica> kept;
  std::vector<PartitionReplica> deleted;
  for (const PartitionReplica& replica : replicas) {
    bool is_deleted = parts_.context.is_queued_for_deletion(replica.partition.topic);
    (is_deleted ? deleted : kept).push_back(replica);
  }
  parts_.partitions.to_offline(
      parts_.context.partitions_if([&](const TopicPartition& id, const Partition& partition) {
        return partition.leadership && !parts_.context.is_queued_for_deletion(id.topic) &&
               partition.state == PartitionState::kOnline &&
               !parts_.context.is_replica_online(partition.leadership->leader, id);
      }));
  const std::size_t elected = parts_.partitions.try_all_online();
  parts_.replicas.move(kept, ReplicaState::kOffline);
  if (!deleted.empty()) parts_.deletion.on_replicas_failed(deleted);
  if (kept.empty() && elected == 0) announce(parts_.context.live_or_shutting_down(), {});
}

void BrokerChanges::on_modification(BrokerId id) {
  std::optional<zk::RegisteredBroker> now = parts_.store.broker(id);
  auto known = parts_.context.brokers().find(id);
  if (!now || known == parts_.context.brokers().end()) return;
  if (now->registration.endpoints == known->second.registration.endpoints &&
      now->registration.features == known->second.registration.features) {
    return;
  }
  LOG(INFO) << parts_.context.tag() << "broker " << id << ": its listeners changed";
  now->epoch = known->second.epoch;
  parts_.context.put_broker(std::move(*now));
  announce(parts_.context.live_or_shutting_down(), {});
}

void BrokerChanges::on_log_dir_events() {
  zk::LogDirEvents events = parts_.store.log_dir_events();
  std::set<BrokerId> brokers(events.brokers.begin(), events.brokers.end());
  for (BrokerId id : brokers) {
    LOG(WARNING) << parts_.context.tag() << "broker " << id
                 << ": a log directory failed; asking which replicas it lost";
  }
  parts_.replicas.move(parts_.context.replicas_on(brokers), ReplicaState::kOnline);
  parts_.store.delete_log_dir_events(events.names);
}

void BrokerChanges::on_answer(const LeaderAndIsrAnswered& answered) {
  if (answered.response.error_code != ErrorCode::kNone) return;
  std::set<TopicPartition>& offline = parts_.context.offline_dirs()[answered.broker];
  std::vector<PartitionReplica> lost;
  auto note = [&](const TopicPartition& id, ErrorCode error) {
    if (error == ErrorCode::kNone) {
      offline.erase(id);
    } else if (error == ErrorCode::kKafkaStorageError) {
      if (offline.insert(id).second) lost.push_back({id, answered.broker});
    } else {
      // After a failover the same epochs are sent again, and refused: that is as it should be.
      VLOG(1) << parts_.context.tag() << "partition " << id.to_string() << ": broker "
              << answered.broker << " answered " << protocol::error_name(error);
    }
  };
  for (const auto& partition : answered.response.partition_errors) {
    note({partition.topic_name, partition.partition_index}, partition.error_code);
  }
  for (const auto& topic : answered.response.topics) {
    const std::string* name = parts_.context.topic_name(topic.topic_id);
    if (name == nullptr) continue;
    for (const auto& partition : topic.partition_errors) {
      note({*name, partition.partition_index}, partition.error_code);
    }
  }
  if (offline.empty()) parts_.context.offline_dirs().erase(answered.broker);
  std::erase_if(lost, [this](const PartitionReplica& replica) {
    return parts_.context.partition(replica.partition) == nullptr;
  });
  if (lost.empty()) return;
  LOG(WARNING) << parts_.context.tag() << "broker " << answered.broker << " cannot serve "
               << lost.size() << " replicas, the first of them of "
               << lost.front().partition.to_string()
               << ": its log says whether a directory failed or records are missing";
  on_replicas_offline(lost);
}

}  // namespace odradek::controller
