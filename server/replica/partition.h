// Partition: this broker's replica of one partition, its role, and what the role allows.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/mutex.h"
#include "base/result.h"
#include "protocol/errors.h"
#include "protocol/types.h"
#include "server/log/log_manager.h"
#include "server/replica/in_sync_replicas.h"
#include "server/replica/topic_settings.h"

namespace odradek::replica {

// As the new log start: whatever is committed by now.
inline constexpr Offset kToHighWatermark = -1;

// What the leader answered to a follower that asked at `offset`.
struct FetchedRecords {
  LeaderEpoch leader_epoch = protocol::kNoLeaderEpoch;  // when it asked
  Offset offset = 0;
  base::ByteView records;
  Offset high_watermark = kUnknownOffset;
  Offset log_start_offset = kUnknownOffset;
};

struct AppendedRecords {
  Offset end_offset = 0;                              // to ask from now on
  LeaderEpoch last_epoch = protocol::kNoLeaderEpoch;  // of the records; none: nothing came
  std::int64_t size_bytes = 0;
  bool high_watermark_moved = false;
  bool flush_due = false;  // before the leader is told of them by the next fetch
};

// Safe from any thread. Appends hold the leadership lock shared, so that a change of leader never
// falls between the check of the role and the write.
class Partition : public std::enable_shared_from_this<Partition> {
 public:
  Partition(TopicPartition partition, const PartitionContext& context);

  const TopicPartition& name() const { return name_; }
  log::LogPtr log() const EXCLUDES(mutex_);
  PartitionState state() const EXCLUDES(mutex_);
  LeaderEpoch leader_epoch() const EXCLUDES(mutex_);
  bool is_leader() const EXCLUDES(mutex_);
  // But for the log's, which the log has itself.
  void set_topic_settings(const TopicSettings& settings);

  // Takes a role. `log` is taken where there is none yet. Leading a new epoch records where it
  // starts; KAFKA_STORAGE_ERROR when records are missing that must not be led away.
  base::Status lead(const PartitionState& state, log::LogPtr log) EXCLUDES(mutex_);
  void follow(const PartitionState& state, log::LogPtr log) EXCLUDES(mutex_);
  // The log alone, for a follower whose leader is not known yet.
  void open(log::LogPtr log) EXCLUDES(mutex_);
  // The log has to reach this offset, which was recorded as committed before the broker started,
  // before it may be led from (adr/0014).
  void require_end(Offset recorded) { required_end_ = recorded; }
  // 0: whatever was recorded is there, or another leader has told what counts.
  Offset required_end() const { return required_end_; }
  bool refuses_to_lead() const EXCLUDES(mutex_);
  // The controller took the role away; the log stays, for the high watermark's checkpoint too.
  void resign() EXCLUDES(mutex_);
  // The controller took the replica away: there is no log any more.
  void remove() EXCLUDES(mutex_);
  // Puts the log that `exchange` gives in the place of the present one, while nobody appends.
  base::Status exchange_log(
      const std::function<base::Result<log::LogPtr>(const log::Log& present)>& exchange)
      EXCLUDES(mutex_);
  // The log is in a directory that failed: no role and no log until the broker starts again.
  void fail() EXCLUDES(mutex_);
  bool is_offline() const EXCLUDES(mutex_);

  // kNone when the client's view of the epoch (-1: none) is ours, and this broker leads or does not
  // have to; else NOT_LEADER_OR_FOLLOWER, FENCED_LEADER_EPOCH or UNKNOWN_LEADER_EPOCH.
  ErrorCode check_role(LeaderEpoch current_leader_epoch, bool must_lead) const EXCLUDES(mutex_);

  // --- as leader ---
  // NOT_LEADER_OR_FOLLOWER, NOT_ENOUGH_REPLICAS (acks -1 with a small ISR), or what the log
  // refuses.
  // `spec` without its epoch, which is the partition's own.
  base::Result<log::AppendInfo> append(base::MutableBytes records, std::int16_t acks,
                                       log::AppendSpec spec, log::AppendRefusal* refusal)
      EXCLUDES(mutex_);
  // Whether what followers get from here counts against the leader's throttle. One that is in sync
  // is never kept waiting by it.
  bool throttles_leader() const { return throttles_leader_; }
  bool is_in_sync(BrokerId follower) const { return in_sync_.is_in_sync(follower); }
  // Calls `tell` as Log::when_durable() does, after the high watermark has gone as far as it may.
  void when_flushed(Offset offset, log::DurableCallback tell) EXCLUDES(mutex_);
  // Commits what may be; where that is only what is on disk, sees to it that all is. `committed` is
  // called whenever the high watermark moved: here and now, and after the flush.
  void flush_when_alone(std::function<void()> committed) EXCLUDES(mutex_);
  // Whether `follower` may fetch here, and in this life of its broker (epoch -1: not told).
  bool accepts_follower(BrokerId follower, std::int64_t broker_epoch) const EXCLUDES(mutex_);
  // Nothing comes of a fetch that this log cannot answer: from elsewhere or from another history.
  IsrProgress follower_fetched(BrokerId follower, const FollowerFetch& fetch,
                               LeaderEpoch leader_epoch, LeaderEpoch last_fetched_epoch)
      EXCLUDES(mutex_);
  // To get rid of followers that are behind for too long.
  std::optional<IsrProposal> propose_shrink() EXCLUDES(mutex_);
  bool awaits(const IsrProposal& proposal) const EXCLUDES(mutex_);
  IsrProgress settle(const IsrProposal& proposal, const IsrAnswer& answer) EXCLUDES(mutex_);
  // The followers that a consumer at this offset may read from instead; none unless it leads.
  std::vector<ReadableReplica> followers_at(Offset offset) const EXCLUDES(mutex_);
  // Where its lead began; nothing when it does not lead.
  std::optional<Offset> epoch_start() const EXCLUDES(mutex_);

  // The log starts at `offset` from now on ; the start. NOT_LEADER_OR_FOLLOWER, POLICY_VIOLATION
  // where cleanup.policy does not delete, OFFSET_OUT_OF_RANGE.
  base::Result<Offset> delete_records_below(Offset offset) EXCLUDES(mutex_);
  // The smallest log start of all replicas that `is_alive`; NOT_LEADER_OR_FOLLOWER.
  base::Result<Offset> low_watermark(const std::function<bool(BrokerId)>& is_alive) const
      EXCLUDES(mutex_);
  // NOT_ENOUGH_REPLICAS_AFTER_APPEND when the ISR is too small by now; nothing while replication is
  // behind.
  std::optional<ErrorCode> acknowledged(Offset required_offset) const EXCLUDES(mutex_);

  // --- as follower: NOT_LEADER_OR_FOLLOWER when it does not follow in this epoch (any more) ---
  // Whether what this replica takes counts against the follower's throttle.
  bool throttles_follower() const { return throttles_follower_; }
  base::Result<AppendedRecords> append_fetched(const FetchedRecords& fetched) EXCLUDES(mutex_);
  // Drops what the leader does not have; where the log ends then.
  base::Result<Offset> truncate(LeaderEpoch leader_epoch, Offset offset) EXCLUDES(mutex_);
  // Drops everything: the leader's log begins at `offset`, beyond this one's end.
  base::Status restart(LeaderEpoch leader_epoch, Offset offset) EXCLUDES(mutex_);

 private:
  void advance_high_watermark(const log::Log& log) EXCLUDES(mutex_);
  bool lacks_records() const REQUIRES_SHARED(mutex_);
  base::Status check_leads() const REQUIRES_SHARED(mutex_);
  base::Status check_follows(LeaderEpoch leader_epoch) const REQUIRES_SHARED(mutex_);
  base::Result<log::AppendInfo> write_fetched(base::ByteView records) REQUIRES_SHARED(mutex_);

  const TopicPartition name_;
  const BrokerId local_broker_;
  const bool refuses_lost_records_;
  mutable base::SharedMutex mutex_;
  PartitionState state_ GUARDED_BY(mutex_);
  bool leads_ GUARDED_BY(mutex_) = false;
  bool offline_ GUARDED_BY(mutex_) = false;
  log::LogPtr log_ GUARDED_BY(mutex_);
  InSyncReplicas in_sync_;
  std::atomic<Offset> required_end_{0};
  std::atomic<bool> allows_unclean_election_{false};
  std::atomic<bool> throttles_leader_{false};
  std::atomic<bool> throttles_follower_{false};
};

using PartitionPtr = std::shared_ptr<Partition>;

}  // namespace odradek::replica
