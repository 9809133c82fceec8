#include "server/replica/in_sync_replicas.h"

#include <algorithm>
#include <sstream>
#include <utility>

#include "base/log.h"

namespace odradek::replica {
namespace {

std::string list_of(const std::vector<BrokerId>& brokers) {
  std::ostringstream text;
  for (std::size_t i = 0; i < brokers.size(); ++i) text << (i == 0 ? "" : ",") << brokers[i];
  return text.str();
}

}  // namespace

void InSyncReplicas::lead(const PartitionState& state, bool is_new_leader, const log::Log& log) {
  base::MutexLock lock(mutex_);
  epoch_start_ = log.log_end_offset();
  state_ = state;
  isr_ = {.committed = state.isr, .partition_epoch = state.partition_epoch, .proposed = {}};
  LeaderView now = view(log);
  Followers followers;
  for (BrokerId replica : state.replicas) {
    if (replica == context_.local_broker) continue;
    followers[replica] =
        at_new_epoch(followers_[replica], is_new_leader, contains(state.isr, replica), now);
  }
  followers_ = std::move(followers);
}

void InSyncReplicas::follow(const PartitionState& state) {
  base::MutexLock lock(mutex_);
  state_ = state;
  isr_ = {.committed = state.isr, .partition_epoch = state.partition_epoch, .proposed = {}};
  followers_.clear();
}

LeaderView InSyncReplicas::view(const log::Log& log) const {
  return {.end_offset = log.log_end_offset(),
          .high_watermark = log.high_watermark(),
          .epoch_start = epoch_start_,
          .now_ms = context_.clock.monotonic_ms(),
          .max_lag_ms = context_.replica_lag_time_max_ms};
}

bool InSyncReplicas::accepts(BrokerId follower, std::int64_t broker_epoch) const {
  base::MutexLock lock(mutex_);
  auto known = followers_.find(follower);
  return known != followers_.end() && !is_of_earlier_life(broker_epoch, known->second.broker_epoch);
}

IsrProposal InSyncReplicas::propose(std::vector<BrokerId> isr, const log::Log& log) {
  isr_.proposed = isr;
  std::vector<std::int64_t> epochs = broker_epochs_of(isr, followers_);
  return {.partition = log.partition(),
          .topic_id = log.topic_id().value_or(base::Uuid{}),
          .controller_epoch = state_.controller_epoch,
          .leader_epoch = state_.leader_epoch,
          .isr = std::move(isr),
          .partition_epoch = isr_.partition_epoch,
          .broker_epochs = std::move(epochs)};
}

IsrProgress InSyncReplicas::fetched(BrokerId follower, const FollowerFetch& fetch, log::Log& log) {
  base::MutexLock lock(mutex_);
  IsrProgress progress;
  auto known = followers_.find(follower);
  if (known == followers_.end()) return progress;
  FollowerState before = known->second;
  LeaderView now = view(log);
  known->second = after_fetch(before, fetch, now);
  if (may_join(isr_, follower, known->second, now) && context_.is_alive(follower)) {
    std::vector<BrokerId> larger = isr_.committed;
    larger.push_back(follower);
    LOG(INFO) << log.partition().to_string() << ": replica " << follower
              << " has caught up at offset " << fetch.offset << " and is to join the in-sync "
              << "replicas " << list_of(isr_.committed);
    progress.proposal = propose(std::move(larger), log);
  }
  progress.moved = before.log_start_offset != fetch.log_start_offset;
  if (before.end_offset != fetch.offset) progress.moved |= advance(log);
  return progress;
}

std::optional<IsrProposal> InSyncReplicas::propose_shrink(const log::Log& log) {
  base::MutexLock lock(mutex_);
  LeaderView now = view(log);
  std::vector<BrokerId> out = out_of_sync(isr_, context_.local_broker, followers_, now);
  if (out.empty()) return std::nullopt;
  std::vector<BrokerId> smaller = isr_.committed;
  std::erase_if(smaller, [&](BrokerId member) { return contains(out, member); });
  for (BrokerId member : out) {
    LOG(INFO) << log.partition().to_string() << ": replica " << member << " is at offset "
              << followers_[member].end_offset << ", the leader at " << now.end_offset
              << " (high watermark " << now.high_watermark
              << "); it has not caught up for replica.lag.time.max.ms and leaves the in-sync "
                 "replicas "
              << list_of(isr_.committed);
  }
  return propose(std::move(smaller), log);
}

bool InSyncReplicas::is_open(const IsrProposal& proposal) const {
  base::MutexLock lock(mutex_);
  return is_awaited(isr_, state_.leader_epoch, proposal);
}

IsrProgress InSyncReplicas::settle(const IsrProposal& proposal, const IsrAnswer& answer,
                                   log::Log& log) {
  base::MutexLock lock(mutex_);
  if (!is_awaited(isr_, state_.leader_epoch, proposal))
    return {};  // LeaderAndIsr said more meanwhile
  if (answer.error != ErrorCode::kNone) {
    IsrRefusal refusal = meaning_of(answer.error);
    if (refusal == IsrRefusal::kGoBack) isr_.proposed.reset();
    LOG(INFO) << log.partition().to_string() << ": in-sync replicas stay "
              << list_of(isr_.committed) << " instead of " << list_of(proposal.isr) << ": "
              << protocol::error_name(answer.error);
    return {.repeat = refusal == IsrRefusal::kRepeat};
  }
  std::optional<IsrState> next = settled(isr_, state_.leader_epoch, answer);
  if (!next) return {};
  isr_ = std::move(*next);
  LOG(INFO) << log.partition().to_string() << ": in-sync replicas are " << list_of(answer.isr)
            << " now, partition epoch " << answer.partition_epoch;
  return {.moved = advance(log)};
}

bool InSyncReplicas::advance_high_watermark(log::Log& log) {
  base::MutexLock lock(mutex_);
  return advance(log);
}

CommitProgress InSyncReplicas::commit_appended(log::Log& log) {
  base::MutexLock lock(mutex_);
  bool moved = advance(log);
  bool awaits_flush = commits_what_is_flushed() && isr_.committed.size() >= required_locked() &&
                      log.recovery_point() < log.log_end_offset();
  return {.moved = moved, .awaits_flush = awaits_flush};
}

bool InSyncReplicas::commits_what_is_flushed() const {
  return context_.durability.flushes_when_alone && isr_.committed.size() == 1 &&
         !followers_.empty();
}

bool InSyncReplicas::advance(log::Log& log) {
  if (isr_.committed.size() < required_locked()) return false;
  Offset common = common_offset(isr_, followers_, view(log), context_.is_alive);
  if (commits_what_is_flushed()) common = std::min(common, log.recovery_point());
  if (common <= log.high_watermark()) return false;
  log.set_high_watermark(common);
  return true;
}

std::size_t InSyncReplicas::required_locked() const {
  auto wanted = static_cast<std::size_t>(std::max(min_insync_replicas_.load(), 0));
  return std::min(wanted, followers_.size() + 1);
}

std::size_t InSyncReplicas::required() const {
  base::MutexLock lock(mutex_);
  return required_locked();
}

bool InSyncReplicas::are_too_few() const {
  base::MutexLock lock(mutex_);
  return isr_.committed.size() < required_locked();
}

bool InSyncReplicas::may_be_too_few() const {
  base::MutexLock lock(mutex_);
  return isr_.maximal_size() < required_locked();
}

bool InSyncReplicas::is_in_sync(BrokerId replica) const {
  base::MutexLock lock(mutex_);
  return contains(isr_.committed, replica);
}

std::vector<BrokerId> InSyncReplicas::committed() const {
  base::MutexLock lock(mutex_);
  return isr_.committed;
}

std::int32_t InSyncReplicas::partition_epoch() const {
  base::MutexLock lock(mutex_);
  return isr_.partition_epoch;
}

Offset InSyncReplicas::epoch_start() const {
  base::MutexLock lock(mutex_);
  return epoch_start_;
}

std::vector<ReadableReplica> InSyncReplicas::readable_at(Offset offset) const {
  base::MutexLock lock(mutex_);
  std::vector<ReadableReplica> readable;
  for (const auto& [id, state] : followers_) {
    bool holds = contains(isr_.committed, id) && state.end_offset >= offset &&
                 state.log_start_offset <= offset;
    if (holds) readable.push_back({id, state.end_offset, state.last_caught_up_ms, {}});
  }
  return readable;
}

Offset InSyncReplicas::low_watermark(Offset highest,
                                     const std::function<bool(BrokerId)>& is_alive) const {
  base::MutexLock lock(mutex_);
  for (const auto& [id, state] : followers_) {
    if (is_alive(id)) highest = std::min(highest, state.log_start_offset);
  }
  return highest;
}

}  // namespace odradek::replica
