// InSyncReplicas: how far a leader's followers have come, who of them is in sync, and the high
// watermark that follows from it.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "base/mutex.h"
#include "server/log/log.h"
#include "server/replica/isr.h"
#include "server/replica/nearest_replica.h"
#include "server/replica/partition_context.h"

namespace odradek::replica {

// What the controller decided for a partition (LeaderAndIsr).
struct PartitionState {
  std::int32_t controller_epoch = -1;
  BrokerId leader = protocol::kNoBroker;
  LeaderEpoch leader_epoch = protocol::kNoLeaderEpoch;
  std::vector<BrokerId> isr;
  std::vector<BrokerId> replicas;
  std::int32_t partition_epoch = -1;
};

// What came of a follower's fetch or of an answer of the controller.
struct IsrProgress {
  bool moved = false;   // the high watermark or a follower's log start: waits may be over
  bool repeat = false;  // the proposal is to be sent again
  std::optional<IsrProposal> proposal;
};

// What came of looking at what is committed.
struct CommitProgress {
  bool moved = false;         // the high watermark: waits may be over
  bool awaits_flush = false;  // more would be committed if it were flushed
};

// Safe from any thread; but lead(), follow() and the others exclude each other by the partition's
// leadership lock, which also says that the log given is the partition's own.
class InSyncReplicas {
 public:
  explicit InSyncReplicas(const PartitionContext& context) : context_(context) {}

  // An epoch of this broker's lead begins where the log ends now.
  void lead(const PartitionState& state, bool is_new_leader, const log::Log& log) EXCLUDES(mutex_);
  // Followers of others are none of its business.
  void follow(const PartitionState& state) EXCLUDES(mutex_);

  // A fetch of an earlier life of the follower's broker is refused, and so is one of a stranger.
  bool accepts(BrokerId follower, std::int64_t broker_epoch) const EXCLUDES(mutex_);
  IsrProgress fetched(BrokerId follower, const FollowerFetch& fetch, log::Log& log)
      EXCLUDES(mutex_);
  std::optional<IsrProposal> propose_shrink(const log::Log& log) EXCLUDES(mutex_);
  // Whether this proposal still is what an answer is waited for.
  bool is_open(const IsrProposal& proposal) const EXCLUDES(mutex_);
  IsrProgress settle(const IsrProposal& proposal, const IsrAnswer& answer, log::Log& log)
      EXCLUDES(mutex_);

  // True when the high watermark moved: never with fewer than min.insync.replicas.
  bool advance_high_watermark(log::Log& log) EXCLUDES(mutex_);
  // After an append, or where the in-sync replicas changed: advances it, but while this broker is
  // the only one in sync of several, only up to what is on its disk.
  CommitProgress commit_appended(log::Log& log) EXCLUDES(mutex_);
  void set_min_insync_replicas(std::int32_t count) { min_insync_replicas_ = count; }
  // The committed ones against min.insync.replicas, of which a partition with fewer replicas needs
  // no more than it has.
  bool are_too_few() const EXCLUDES(mutex_);
  // Likewise with those that may have joined by now.
  bool may_be_too_few() const EXCLUDES(mutex_);
  bool is_in_sync(BrokerId replica) const EXCLUDES(mutex_);
  std::vector<BrokerId> committed() const EXCLUDES(mutex_);
  std::int32_t partition_epoch() const EXCLUDES(mutex_);
  std::size_t required() const EXCLUDES(mutex_);
  Offset epoch_start() const EXCLUDES(mutex_);
  // The followers in sync whose logs hold this offset; without their racks.
  std::vector<ReadableReplica> readable_at(Offset offset) const EXCLUDES(mutex_);
  // The smallest log start of the followers that `is_alive`; `highest` when there is none lower.
  Offset low_watermark(Offset highest, const std::function<bool(BrokerId)>& is_alive) const
      EXCLUDES(mutex_);

 private:
  LeaderView view(const log::Log& log) const REQUIRES(mutex_);
  IsrProposal propose(std::vector<BrokerId> isr, const log::Log& log) REQUIRES(mutex_);
  bool advance(log::Log& log) REQUIRES(mutex_);
  bool commits_what_is_flushed() const REQUIRES(mutex_);
  std::size_t required_locked() const REQUIRES(mutex_);

  const PartitionContext& context_;
  std::atomic<std::int32_t> min_insync_replicas_{1};
  mutable base::Mutex mutex_;
  PartitionState state_ GUARDED_BY(mutex_);
  IsrState isr_ GUARDED_BY(mutex_);
  Followers followers_ GUARDED_BY(mutex_);
  Offset epoch_start_ GUARDED_BY(mutex_) = 0;
};

}  // namespace odradek::replica
