#include "server/replica/replica_set.h"

namespace odradek::replica {

ReplicaSet::ReplicaSet(BrokerId local_broker, const metadata::MetadataCache& metadata,
                       const base::Clock& clock, std::int64_t replica_lag_time_max_ms,
                       std::int64_t session_timeout_ms, const Durability& durability)
    : metadata_(metadata),
      context_{.local_broker = local_broker,
               .clock = clock,
               .replica_lag_time_max_ms = replica_lag_time_max_ms,
               .is_alive = [this](BrokerId broker) { return is_alive(broker); },
               .durability = durability},
      stops_(clock, session_timeout_ms) {}

bool ReplicaSet::is_led_elsewhere(const TopicPartition& partition) const {
  auto image = metadata_.image();
  const metadata::PartitionInfo* known = image->partition(partition);
  return known != nullptr && known->leader != local_broker() && image->is_alive(known->leader);
}

PartitionPtr ReplicaSet::find(const TopicPartition& partition) const {
  base::ReadLock lock(mutex_);
  auto found = partitions_.find(partition);
  return found == partitions_.end() ? nullptr : found->second;
}

PartitionPtr ReplicaSet::find_or_create(const TopicPartition& partition) {
  base::WriteLock lock(mutex_);
  PartitionPtr& found = partitions_[partition];
  if (!found) found = std::make_shared<Partition>(partition, context_);
  return found;
}

void ReplicaSet::remove(const TopicPartition& partition) {
  base::WriteLock lock(mutex_);
  partitions_.erase(partition);
}

std::vector<PartitionPtr> ReplicaSet::all() const {
  base::ReadLock lock(mutex_);
  std::vector<PartitionPtr> all;
  all.reserve(partitions_.size());
  for (const auto& [name, partition] : partitions_) all.push_back(partition);
  return all;
}

base::Result<PartitionPtr> ReplicaSet::leader(const TopicPartition& partition,
                                              LeaderEpoch current_leader_epoch) const {
  return readable(partition, current_leader_epoch, true);
}

BrokerId ReplicaSet::preferred_follower(const Partition& partition, Offset offset,
                                        const std::string& rack) const {
  std::vector<ReadableReplica> followers = partition.followers_at(offset);
  if (followers.empty()) return protocol::kNoBroker;
  auto image = metadata_.image();
  auto rack_of = [&image](BrokerId broker) {
    auto known = image->brokers.find(broker);
    return known == image->brokers.end() ? std::string() : known->second.rack.value_or("");
  };
  for (ReadableReplica& follower : followers) follower.rack = rack_of(follower.id);
  ReadableReplica self{.id = local_broker(), .rack = rack_of(local_broker())};
  BrokerId nearest = nearest_replica(rack, self, followers);
  return nearest == self.id ? protocol::kNoBroker : nearest;
}

base::Result<PartitionPtr> ReplicaSet::readable(const TopicPartition& partition,
                                                LeaderEpoch current_leader_epoch,
                                                bool must_lead) const {
  PartitionPtr found = find(partition);
  if (!found) {
    bool exists = metadata_.image()->partition(partition) != nullptr;
    return base::Error(
        exists ? ErrorCode::kNotLeaderOrFollower : ErrorCode::kUnknownTopicOrPartition,
        "partition " + partition.to_string() +
            (exists ? " has no replica on this broker" : " is not known to this broker"));
  }
  ErrorCode error = found->check_role(current_leader_epoch, must_lead);
  if (stops_.in_doubt() && found->is_leader()) error = ErrorCode::kNotLeaderOrFollower;
  log::LogPtr log = found->log();
  bool dir_failed = log != nullptr && !log->dir().online();
  if (dir_failed || found->is_offline()) error = ErrorCode::kKafkaStorageError;
  // Known, but without a role yet or any more: the controller is about to say more.
  if (log == nullptr && error == ErrorCode::kNone) error = ErrorCode::kNotLeaderOrFollower;
  if (error == ErrorCode::kNone) return found;
  return base::Error(error, "partition " + partition.to_string() + ": " +
                                std::string(protocol::error_name(error)));
}

base::Result<Offset> ReplicaSet::low_watermark(const TopicPartition& partition) const {
  base::Result<PartitionPtr> led = leader(partition);
  if (!led) return led.error();
  auto image = metadata_.image();
  return (*led)->low_watermark([&image](BrokerId broker) { return image->is_alive(broker); });
}

}  // namespace odradek::replica
