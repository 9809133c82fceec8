// Leadership: carries out what the controller decides about this broker's replicas (LeaderAndIsr,
// StopReplica).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "protocol/messages/leader_and_isr.h"
#include "protocol/messages/stop_replica.h"
#include "server/log/log_manager.h"
#include "server/replica/high_watermarks.h"
#include "server/replica/partition_waits.h"
#include "server/replica/topic_settings.h"

namespace odradek::replica {

struct RoleChange {
  TopicPartition partition;
  LeaderEpoch leader_epoch = protocol::kNoLeaderEpoch;
};

// What the request changed, for those who coordinate by it.
struct LeadershipChanges {
  std::vector<RoleChange> led;
  std::vector<RoleChange> followed;
};

// Safe from any thread; one request at a time.
class Leadership {
 public:
  // Settings of many topics at once: reading them one by one would make a start with many
  // partitions slow.
  using SettingsByTopic = std::map<std::string, TopicSettings>;
  using Settings = std::function<SettingsByTopic(const std::vector<std::string>& topics)>;

  Leadership(ReplicaSet& replicas, log::LogManager& logs, HighWatermarks& high_watermarks,
             PartitionWaits& waits, Settings settings);

  // STALE_CONTROLLER_EPOCH for an epoch below the highest seen, which this remembers (zookeeper.md
  // §2.13).
  ErrorCode accept_controller(std::int32_t controller_epoch) EXCLUDES(mutex_);

  protocol::LeaderAndIsrResponse apply(const protocol::LeaderAndIsrRequest& request,
                                       LeadershipChanges& changes) EXCLUDES(mutex_);
  protocol::StopReplicaResponse stop(const protocol::StopReplicaRequest& request,
                                     std::vector<TopicPartition>& stopped) EXCLUDES(mutex_);
  // Some partitions may be refused to lead, as records are missing (Partition::refuses_to_lead):
  // then `ask_again` has the controller say once more what it wants. Before the first request.
  void attach_controller(std::function<void()> ask_again) { ask_again_ = std::move(ask_again); }
  // Metadata or settings changed, so that what was refused may be answered otherwise now.
  void reconsider_refusals() EXCLUDES(mutex_);
  // A log directory failed: its partitions, which are returned, lose their role.
  std::vector<TopicPartition> log_dir_failed(const log::LogDir& dir) EXCLUDES(mutex_);

 private:
  ErrorCode apply_one(const TopicPartition& partition, const base::Uuid& topic_id,
                      const protocol::LeaderAndIsrRequest::PartitionState& wanted,
                      const SettingsByTopic& settings, LeadershipChanges& changes) REQUIRES(mutex_);
  ErrorCode take_role(const PartitionPtr& target, const PartitionState& state,
                      const log::LogPtr& log, LeadershipChanges& changes) REQUIRES(mutex_);
  SettingsByTopic settings_for(const protocol::LeaderAndIsrRequest& request) const;
  base::Result<log::LogPtr> open_log(Partition& target, const base::Uuid& topic_id, bool is_new,
                                     const TopicSettings& settings) REQUIRES(mutex_);
  ErrorCode stop_one(const TopicPartition& partition, LeaderEpoch leader_epoch, bool remove)
      REQUIRES(mutex_);

  ReplicaSet& replicas_;
  log::LogManager& logs_;
  HighWatermarks& high_watermarks_;
  PartitionWaits& waits_;
  const Settings settings_;
  std::function<void()> ask_again_ = [] {};
  base::Mutex mutex_;
  std::int32_t controller_epoch_ GUARDED_BY(mutex_) = 0;
  std::set<TopicPartition> refused_ GUARDED_BY(mutex_);
};

}  // namespace odradek::replica
