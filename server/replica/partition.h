// Partition: this broker's replica of one partition, its role, and how far its in-sync replicas
// have come.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "base/mutex.h"
#include "base/result.h"
#include "protocol/errors.h"
#include "protocol/types.h"
#include "server/log/log_manager.h"

namespace odradek::replica {

using protocol::BrokerId;
using protocol::ErrorCode;
using protocol::LeaderEpoch;
using protocol::Offset;
using protocol::TopicPartition;

// As the new log start: whatever is committed by now.
inline constexpr Offset kToHighWatermark = -1;

// What the controller decided for a partition (LeaderAndIsr).
struct PartitionState {
  std::int32_t controller_epoch = -1;
  BrokerId leader = protocol::kNoBroker;
  LeaderEpoch leader_epoch = protocol::kNoLeaderEpoch;
  std::vector<BrokerId> isr;
  std::vector<BrokerId> replicas;
  std::int32_t partition_epoch = -1;
};

// What a follower says of its log: it asks from `end_offset` on, so it has everything below.
struct FollowerPosition {
  Offset end_offset = 0;
  Offset log_start_offset = -1;  // unknown before Fetch version 5
};

// Safe from any thread. Appends hold the leadership lock shared, so that a change of leader never
// falls between the check of the role and the write.
class Partition {
 public:
  Partition(TopicPartition partition, BrokerId local_broker);

  const TopicPartition& name() const { return name_; }
  log::LogPtr log() const EXCLUDES(mutex_);
  PartitionState state() const EXCLUDES(mutex_);
  LeaderEpoch leader_epoch() const EXCLUDES(mutex_);
  bool is_leader() const EXCLUDES(mutex_);
  void set_min_insync_replicas(std::int32_t count) { min_insync_replicas_ = count; }

  // Takes a role. `log` is taken where there is none yet. Leading a new epoch records where it
  // starts.
  base::Status lead(const PartitionState& state, log::LogPtr log) EXCLUDES(mutex_);
  void follow(const PartitionState& state, log::LogPtr log) EXCLUDES(mutex_);
  // The controller took the replica away: no role any more.
  void resign() EXCLUDES(mutex_);
  // Puts the log that `exchange` gives in the place of the present one, while nobody appends.
  base::Status exchange_log(
      const std::function<base::Result<log::LogPtr>(const log::Log& present)>& exchange)
      EXCLUDES(mutex_);
  // The log is in a directory that failed: no role and no log until the broker starts again.
  void fail() EXCLUDES(mutex_);
  bool is_offline() const EXCLUDES(mutex_);

  // kNone when this broker leads and the client's view of the epoch (-1: none) is ours; else
  // NOT_LEADER_OR_FOLLOWER, FENCED_LEADER_EPOCH or UNKNOWN_LEADER_EPOCH.
  ErrorCode check_leader(LeaderEpoch current_leader_epoch) const EXCLUDES(mutex_);

  // NOT_LEADER_OR_FOLLOWER, NOT_ENOUGH_REPLICAS (acks -1 with a small ISR), or what the log
  // refuses.
  // `spec` without its epoch, which is the partition's own.
  base::Result<log::AppendInfo> append(base::MutableBytes records, std::int16_t acks,
                                       log::AppendSpec spec, log::AppendRefusal* refusal)
      EXCLUDES(mutex_);

  // True when the high watermark moved, or where the follower begins.
  bool follower_reached(BrokerId follower, const FollowerPosition& position) EXCLUDES(mutex_);

  // The log starts at `offset` from now on ; the start. NOT_LEADER_OR_FOLLOWER, POLICY_VIOLATION
  // where cleanup.policy does not delete, OFFSET_OUT_OF_RANGE.
  base::Result<Offset> delete_records_below(Offset offset) EXCLUDES(mutex_);
  // The smallest log start of all replicas that `is_alive`; NOT_LEADER_OR_FOLLOWER.
  base::Result<Offset> low_watermark(const std::function<bool(BrokerId)>& is_alive) const
      EXCLUDES(mutex_);

  // NOT_ENOUGH_REPLICAS_AFTER_APPEND when the ISR is too small by now; nothing while replication is
  // behind.
  std::optional<ErrorCode> acknowledged(Offset required_offset) const EXCLUDES(mutex_);

 private:
  base::Status check_leads() const REQUIRES_SHARED(mutex_);
  bool advance_high_watermark() REQUIRES_SHARED(mutex_);

  const TopicPartition name_;
  const BrokerId local_broker_;
  std::atomic<std::int32_t> min_insync_replicas_{1};
  mutable base::SharedMutex mutex_;
  PartitionState state_ GUARDED_BY(mutex_);
  bool leads_ GUARDED_BY(mutex_) = false;
  bool offline_ GUARDED_BY(mutex_) = false;
  log::LogPtr log_ GUARDED_BY(mutex_);
  mutable base::Mutex followers_mutex_;
  std::map<BrokerId, FollowerPosition> followers_ GUARDED_BY(followers_mutex_);
};

using PartitionPtr = std::shared_ptr<Partition>;

}  // namespace odradek::replica
