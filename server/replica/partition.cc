#include "server/replica/partition.h"

#include <algorithm>
#include <utility>

#include "base/log.h"

namespace odradek::replica {

Partition::Partition(TopicPartition partition, BrokerId local_broker)
    : name_(std::move(partition)), local_broker_(local_broker) {}

log::LogPtr Partition::log() const {
  base::ReadLock lock(mutex_);
  return log_;
}

PartitionState Partition::state() const {
  base::ReadLock lock(mutex_);
  return state_;
}

LeaderEpoch Partition::leader_epoch() const {
  base::ReadLock lock(mutex_);
  return state_.leader_epoch;
}

bool Partition::is_leader() const {
  base::ReadLock lock(mutex_);
  return leads_;
}

base::Status Partition::lead(const PartitionState& state, log::LogPtr log) {
  base::WriteLock lock(mutex_);
  bool is_new_epoch = state.leader_epoch > state_.leader_epoch;
  if (log_ == nullptr) log_ = std::move(log);
  if (is_new_epoch) {
    base::Status assigned = log_->assign_epoch_start(state.leader_epoch, log_->log_end_offset());
    if (!assigned) return assigned;
  }
  state_ = state;
  leads_ = true;
  {
    base::MutexLock followers(followers_mutex_);
    followers_.clear();
  }
  advance_high_watermark();
  return {};
}

void Partition::follow(const PartitionState& state, log::LogPtr log) {
  base::WriteLock lock(mutex_);
  state_ = state;
  leads_ = false;
  if (log_ == nullptr) log_ = std::move(log);
}

void Partition::resign() {
  base::WriteLock lock(mutex_);
  leads_ = false;
  log_.reset();
}

base::Status Partition::exchange_log(
    const std::function<base::Result<log::LogPtr>(const log::Log& present)>& exchange) {
  base::WriteLock lock(mutex_);
  if (log_ == nullptr) {
    return base::Error(ErrorCode::kReplicaNotAvailable,
                       "partition " + name_.to_string() + " has no log here any more");
  }
  auto exchanged = exchange(*log_);
  if (!exchanged) return exchanged.error();
  log_ = std::move(*exchanged);
  return {};
}

void Partition::fail() {
  base::WriteLock lock(mutex_);
  leads_ = false;
  offline_ = true;
  log_.reset();
}

bool Partition::is_offline() const {
  base::ReadLock lock(mutex_);
  return offline_;
}

ErrorCode Partition::check_leader(LeaderEpoch current_leader_epoch) const {
  base::ReadLock lock(mutex_);
  if (current_leader_epoch >= 0 && current_leader_epoch < state_.leader_epoch) {
    return ErrorCode::kFencedLeaderEpoch;
  }
  if (current_leader_epoch > state_.leader_epoch) return ErrorCode::kUnknownLeaderEpoch;
  return leads_ ? ErrorCode::kNone : ErrorCode::kNotLeaderOrFollower;
}

base::Status Partition::check_leads() const {
  if (leads_) return {};
  return base::Error(ErrorCode::kNotLeaderOrFollower,
                     "partition " + name_.to_string() + " is not led by this broker");
}

base::Result<log::AppendInfo> Partition::append(base::MutableBytes records, std::int16_t acks,
                                                log::AppendSpec spec, log::AppendRefusal* refusal) {
  base::ReadLock lock(mutex_);
  base::Status leads = check_leads();
  if (!leads) return leads.error();
  auto isr_size = static_cast<std::int32_t>(state_.isr.size());
  if (acks == -1 && isr_size < min_insync_replicas_) {
    return base::Error(ErrorCode::kNotEnoughReplicas,
                       "partition " + name_.to_string() + " has " + std::to_string(isr_size) +
                           " in-sync replicas, min.insync.replicas asks for " +
                           std::to_string(min_insync_replicas_));
  }
  spec.leader_epoch = state_.leader_epoch;
  base::Result<log::AppendInfo> info = log_->append_as_leader(records, spec, refusal);
  if (info) advance_high_watermark();
  return info;
}

bool Partition::follower_reached(BrokerId follower, const FollowerPosition& position) {
  base::ReadLock lock(mutex_);
  if (!leads_) return false;
  bool start_moved = false;
  {
    base::MutexLock followers(followers_mutex_);
    FollowerPosition& known = followers_[follower];
    known.end_offset = std::max(known.end_offset, position.end_offset);
    start_moved = known.log_start_offset != position.log_start_offset;
    known.log_start_offset = position.log_start_offset;
  }
  return advance_high_watermark() || start_moved;
}

base::Result<Offset> Partition::delete_records_below(Offset offset) {
  base::ReadLock lock(mutex_);
  base::Status leads = check_leads();
  if (!leads) return leads.error();
  if (!log_->options()->cleanup_delete) {
    return base::Error(ErrorCode::kPolicyViolation,
                       "partition " + name_.to_string() +
                           ": its topic's cleanup.policy does not allow deletion of records");
  }
  Offset start = offset == kToHighWatermark ? log_->high_watermark() : offset;
  if (start < 0) {
    return base::Error(ErrorCode::kOffsetOutOfRange,
                       "partition " + name_.to_string() + ": no offset " + std::to_string(start));
  }
  base::Result<bool> moved = log_->advance_log_start_offset(start);
  if (!moved) return moved.error();
  return start;
}

base::Result<Offset> Partition::low_watermark(const std::function<bool(BrokerId)>& is_alive) const {
  base::ReadLock lock(mutex_);
  base::Status leads = check_leads();
  if (!leads) return leads.error();
  Offset lowest = log_->log_start_offset();
  base::MutexLock followers(followers_mutex_);
  for (BrokerId replica : state_.replicas) {
    if (replica == local_broker_ || !is_alive(replica)) continue;
    auto known = followers_.find(replica);
    lowest = std::min(lowest, known == followers_.end() ? -1 : known->second.log_start_offset);
  }
  return lowest;
}

bool Partition::advance_high_watermark() {
  Offset reached = log_->log_end_offset();
  if (state_.isr.size() > 1) {
    base::MutexLock followers(followers_mutex_);
    for (BrokerId member : state_.isr) {
      if (member == local_broker_) continue;
      auto known = followers_.find(member);
      reached = std::min(reached, known == followers_.end() ? 0 : known->second.end_offset);
    }
  }
  if (reached <= log_->high_watermark()) return false;
  log_->set_high_watermark(reached);
  return true;
}

std::optional<ErrorCode> Partition::acknowledged(Offset required_offset) const {
  base::ReadLock lock(mutex_);
  if (!leads_) return ErrorCode::kNotLeaderOrFollower;
  if (log_->high_watermark() < required_offset) return std::nullopt;
  return static_cast<std::int32_t>(state_.isr.size()) < min_insync_replicas_
             ? ErrorCode::kNotEnoughReplicasAfterAppend
             : ErrorCode::kNone;
}

}  // namespace odradek::replica
