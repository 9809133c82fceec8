// ReplicaSet: every partition that has a replica on this broker.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/result.h"
#include "server/metadata/metadata_cache.h"
#include "server/replica/partition.h"
#include "server/replica/stop_detector.h"

namespace odradek::replica {

// Safe from any thread.
class ReplicaSet {
 public:
  // Metadata tells a partition that exists elsewhere from one that exists nowhere.
  ReplicaSet(BrokerId local_broker, const metadata::MetadataCache& metadata,
             const base::Clock& clock, std::int64_t replica_lag_time_max_ms,
             std::int64_t session_timeout_ms = StopDetector::kNoSession,
             const Durability& durability = {});

  BrokerId local_broker() const { return context_.local_broker; }
  // While it is in doubt, nothing is led here.
  StopDetector& stops() { return stops_; }
  bool is_alive(BrokerId broker) const { return metadata_.image()->is_alive(broker); }
  // Whether a live broker other than this one leads it, as far as is known here.
  bool is_led_elsewhere(const TopicPartition& partition) const;
  PartitionPtr find(const TopicPartition& partition) const EXCLUDES(mutex_);
  PartitionPtr find_or_create(const TopicPartition& partition) EXCLUDES(mutex_);
  void remove(const TopicPartition& partition) EXCLUDES(mutex_);
  std::vector<PartitionPtr> all() const EXCLUDES(mutex_);

  // The partition when this broker leads it; else UNKNOWN_TOPIC_OR_PARTITION,
  // NOT_LEADER_OR_FOLLOWER, KAFKA_STORAGE_ERROR, or an epoch error for a client with another view
  // (`current_leader_epoch` -1: none).
  base::Result<PartitionPtr> leader(const TopicPartition& partition,
                                    LeaderEpoch current_leader_epoch = -1) const EXCLUDES(mutex_);
  // Likewise for who may read from a follower too.
  base::Result<PartitionPtr> readable(const TopicPartition& partition,
                                      LeaderEpoch current_leader_epoch, bool must_lead) const
      EXCLUDES(mutex_);
  // The follower that a consumer in this rack shall read from; kNoBroker: this broker, or it does
  // not lead.
  BrokerId preferred_follower(const Partition& partition, Offset offset,
                              const std::string& rack) const;
  // The smallest log start of the replicas on live brokers; errors as leader().
  base::Result<Offset> low_watermark(const TopicPartition& partition) const EXCLUDES(mutex_);

 private:
  const metadata::MetadataCache& metadata_;
  const PartitionContext context_;
  StopDetector stops_;
  mutable base::SharedMutex mutex_;
  std::unordered_map<TopicPartition, PartitionPtr> partitions_ GUARDED_BY(mutex_);
};

}  // namespace odradek::replica
