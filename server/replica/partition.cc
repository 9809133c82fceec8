#include "server/replica/partition.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "server/log/batch_header.h"
#include "server/replica/fetcher/truncation.h"

namespace odradek::replica {

namespace {

base::Status refusal_of(const TopicPartition& partition, Offset end, Offset recorded) {
  return base::Error(
      ErrorCode::kKafkaStorageError,
      "partition " + partition.to_string() + " is not led by this broker: its log ends at offset " +
          std::to_string(end) + ", but before the broker started everything below " +
          std::to_string(recorded) + " was committed, so that offsets " + std::to_string(end) +
          " to " + std::to_string(recorded - 1) +
          " are lost here. Start a replica that has them. Or give them up: elect another replica "
          "by kafka-leader-election.sh --election-type unclean; or, where this one has the most, "
          "set the topic's unclean.leader.election.enable=true, then elect in the same way");
}

}  // namespace

Partition::Partition(TopicPartition partition, const PartitionContext& context)
    : name_(std::move(partition)),
      local_broker_(context.local_broker),
      refuses_lost_records_(context.durability.refuses_lost_records),
      in_sync_(context) {}

void Partition::set_topic_settings(const TopicSettings& settings) {
  in_sync_.set_min_insync_replicas(settings.min_insync_replicas);
  allows_unclean_election_ = settings.allows_unclean_election;
  throttles_leader_ = settings.throttled_leaders.contains(name_.partition, local_broker_);
  throttles_follower_ = settings.throttled_followers.contains(name_.partition, local_broker_);
}

log::LogPtr Partition::log() const {
  base::ReadLock lock(mutex_);
  return log_;
}

PartitionState Partition::state() const {
  base::ReadLock lock(mutex_);
  PartitionState state = state_;
  state.isr = in_sync_.committed();
  state.partition_epoch = in_sync_.partition_epoch();
  return state;
}

LeaderEpoch Partition::leader_epoch() const {
  base::ReadLock lock(mutex_);
  return state_.leader_epoch;
}

bool Partition::is_leader() const {
  base::ReadLock lock(mutex_);
  return leads_;
}

bool Partition::lacks_records() const {
  return refuses_lost_records_ && !allows_unclean_election_ && log_ != nullptr &&
         log_->log_end_offset() < required_end_;
}

bool Partition::refuses_to_lead() const {
  base::ReadLock lock(mutex_);
  return lacks_records();
}

base::Status Partition::lead(const PartitionState& state, log::LogPtr log) {
  base::WriteLock lock(mutex_);
  bool is_new_epoch = state.leader_epoch > state_.leader_epoch;
  if (log_ == nullptr) log_ = std::move(log);
  if (lacks_records()) return refusal_of(name_, log_->log_end_offset(), required_end_);
  required_end_ = 0;
  if (is_new_epoch) {
    base::Status assigned = log_->assign_epoch_start(state.leader_epoch, log_->log_end_offset());
    if (!assigned) return assigned;
  }
  bool is_new_leader = !leads_;
  state_ = state;
  leads_ = true;
  in_sync_.lead(state, is_new_leader, *log_);
  in_sync_.advance_high_watermark(*log_);
  return {};
}

void Partition::follow(const PartitionState& state, log::LogPtr log) {
  base::WriteLock lock(mutex_);
  state_ = state;
  leads_ = false;
  if (log_ == nullptr) log_ = std::move(log);
  in_sync_.follow(state);
}

void Partition::open(log::LogPtr log) {
  base::WriteLock lock(mutex_);
  if (log_ == nullptr) log_ = std::move(log);
}

void Partition::resign() {
  base::WriteLock lock(mutex_);
  leads_ = false;
  state_.leader = protocol::kNoBroker;
}

void Partition::remove() {
  resign();
  base::WriteLock lock(mutex_);
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

ErrorCode Partition::check_role(LeaderEpoch current_leader_epoch, bool must_lead) const {
  base::ReadLock lock(mutex_);
  ErrorCode fenced = compare_epochs(current_leader_epoch, state_.leader_epoch);
  if (fenced != ErrorCode::kNone) return fenced;
  return leads_ || !must_lead ? ErrorCode::kNone : ErrorCode::kNotLeaderOrFollower;
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
  if (acks == -1 && in_sync_.are_too_few()) {
    return base::Error(ErrorCode::kNotEnoughReplicas,
                       "partition " + name_.to_string() + " has " +
                           std::to_string(in_sync_.committed().size()) +
                           " in-sync replicas, min.insync.replicas asks for " +
                           std::to_string(in_sync_.required()));
  }
  spec.leader_epoch = state_.leader_epoch;
  base::Result<log::AppendInfo> info = log_->append_as_leader(records, spec, refusal);
  if (!info || info->flush_due) return info;
  CommitProgress progress = in_sync_.commit_appended(*log_);
  info->high_watermark_moved = progress.moved;
  info->commit_awaits_flush = progress.awaits_flush;
  info->flush_due = info->commit_awaits_flush && acks == -1;
  return info;
}

void Partition::when_flushed(Offset offset, log::DurableCallback tell) {
  log::LogPtr log = this->log();
  if (log == nullptr) {
    return tell(base::Error(ErrorCode::kNotLeaderOrFollower,
                            "partition " + name_.to_string() + " has no log here any more"));
  }
  log->when_durable(offset, [self = shared_from_this(), log,
                             tell = std::move(tell)](const base::Status& durable) {
    if (durable.ok()) self->advance_high_watermark(*log);
    tell(durable);
  });
}

void Partition::flush_when_alone(std::function<void()> committed) {
  CommitProgress progress;
  Offset end = 0;
  {
    base::ReadLock lock(mutex_);
    if (!leads_) return;
    progress = in_sync_.commit_appended(*log_);
    end = log_->log_end_offset();
  }
  if (progress.moved) committed();
  if (!progress.awaits_flush) return;
  when_flushed(end, [committed = std::move(committed)](const base::Status& flushed) {
    if (flushed.ok()) committed();
  });
}

void Partition::advance_high_watermark(const log::Log& log) {
  base::ReadLock lock(mutex_);
  if (leads_ && log_.get() == &log) in_sync_.advance_high_watermark(*log_);
}

bool Partition::accepts_follower(BrokerId follower, std::int64_t broker_epoch) const {
  return in_sync_.accepts(follower, broker_epoch);
}

IsrProgress Partition::follower_fetched(BrokerId follower, const FollowerFetch& fetch,
                                        LeaderEpoch leader_epoch, LeaderEpoch last_fetched_epoch) {
  base::ReadLock lock(mutex_);
  bool is_ours = leads_ && (leader_epoch < 0 || leader_epoch == state_.leader_epoch) &&
                 in_sync_.accepts(follower, fetch.broker_epoch);
  if (!is_ours || fetch.offset < log_->log_start_offset() ||
      fetch.offset > log_->log_end_offset()) {
    return {};
  }
  if (last_fetched_epoch >= 0) {
    log::EpochEndOffset end = log_->end_offset_for_epoch(last_fetched_epoch);
    if (divergence(last_fetched_epoch, fetch.offset, end)) return {};
  }
  return in_sync_.fetched(follower, fetch, *log_);
}

std::optional<IsrProposal> Partition::propose_shrink() {
  base::ReadLock lock(mutex_);
  if (!leads_) return std::nullopt;
  return in_sync_.propose_shrink(*log_);
}

bool Partition::awaits(const IsrProposal& proposal) const {
  base::ReadLock lock(mutex_);
  return leads_ && in_sync_.is_open(proposal);
}

IsrProgress Partition::settle(const IsrProposal& proposal, const IsrAnswer& answer) {
  base::ReadLock lock(mutex_);
  if (!leads_) return {};
  return in_sync_.settle(proposal, answer, *log_);
}

std::vector<ReadableReplica> Partition::followers_at(Offset offset) const {
  base::ReadLock lock(mutex_);
  if (!leads_) return {};
  return in_sync_.readable_at(offset);
}

std::optional<Offset> Partition::epoch_start() const {
  base::ReadLock lock(mutex_);
  return leads_ ? std::optional(in_sync_.epoch_start()) : std::nullopt;
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
  return in_sync_.low_watermark(log_->log_start_offset(), is_alive);
}

std::optional<ErrorCode> Partition::acknowledged(Offset required_offset) const {
  base::ReadLock lock(mutex_);
  if (!leads_) return ErrorCode::kNotLeaderOrFollower;
  if (log_->high_watermark() < required_offset) return std::nullopt;
  return in_sync_.may_be_too_few() ? ErrorCode::kNotEnoughReplicasAfterAppend : ErrorCode::kNone;
}

base::Status Partition::check_follows(LeaderEpoch leader_epoch) const {
  bool follows = !leads_ && log_ != nullptr && state_.leader != protocol::kNoBroker;
  if (follows && leader_epoch == state_.leader_epoch) return {};
  return base::Error(ErrorCode::kNotLeaderOrFollower,
                     "partition " + name_.to_string() + " does not follow in leader epoch " +
                         std::to_string(leader_epoch) + " any more");
}

base::Result<log::AppendInfo> Partition::write_fetched(base::ByteView records) {
  auto first = log::BatchHeader::parse(records);
  Offset end = log_->log_end_offset();
  // The leader's log begins within its first batch, since records were deleted; so does this one
  // then.
  bool begins_within = first && log_->log_start_offset() == end && first->magic >= 2 &&
                       first->base_offset < end && first->last_offset >= end;
  if (begins_within) {
    base::Status restarted = log_->truncate_fully_and_start_at(first->base_offset);
    if (!restarted) return restarted.error();
  }
  return log_->append_as_follower(records);
}

base::Result<AppendedRecords> Partition::append_fetched(const FetchedRecords& fetched) {
  base::ReadLock lock(mutex_);
  base::Status follows = check_follows(fetched.leader_epoch);
  if (!follows) return follows.error();
  if (fetched.offset != log_->log_end_offset()) {
    return base::Error(ErrorCode::kUnknownServerError,
                       "records from offset " + std::to_string(fetched.offset) +
                           " on were fetched, but the log ends at " +
                           std::to_string(log_->log_end_offset()));
  }
  AppendedRecords appended;
  if (!fetched.records.empty()) {
    auto info = write_fetched(fetched.records);
    if (!info) return info.error();
    appended.last_epoch = info->leader_epoch;
    appended.size_bytes = info->size_bytes;
    appended.flush_due = info->flush_due;
  }
  appended.end_offset = log_->log_end_offset();
  Offset before = log_->high_watermark();
  appended.high_watermark_moved = log_->set_high_watermark(fetched.high_watermark) != before;
  Offset start = std::min(fetched.log_start_offset, log_->high_watermark());
  if (start > log_->log_start_offset()) {
    auto advanced = log_->advance_log_start_offset(start);
    if (!advanced) return advanced.error();
  }
  bool has_what_counts =
      appended.end_offset >= std::min(required_end_.load(), fetched.high_watermark);
  if (has_what_counts) required_end_ = 0;
  return appended;
}

base::Result<Offset> Partition::truncate(LeaderEpoch leader_epoch, Offset offset) {
  base::ReadLock lock(mutex_);
  base::Status follows = check_follows(leader_epoch);
  if (!follows) return follows.error();
  Offset committed = log_->high_watermark();
  LOG_IF(WARNING, offset < committed)
      << name_.to_string() << ": truncating to offset " << offset << ", below the high watermark "
      << committed << ": the leader lost records that were committed";
  auto cut = log_->truncate_to(offset);
  if (!cut) return cut.error();
  return log_->log_end_offset();
}

base::Status Partition::restart(LeaderEpoch leader_epoch, Offset offset) {
  base::ReadLock lock(mutex_);
  base::Status follows = check_follows(leader_epoch);
  if (!follows) return follows;
  return log_->truncate_fully_and_start_at(offset);
}

}  // namespace odradek::replica
