#include "server/replica/isr.h"

#include <algorithm>

namespace odradek::replica {

bool contains(const std::vector<BrokerId>& brokers, BrokerId id) {
  return std::find(brokers.begin(), brokers.end(), id) != brokers.end();
}

ErrorCode compare_epochs(LeaderEpoch theirs, LeaderEpoch ours) {
  if (theirs >= 0 && theirs < ours) return ErrorCode::kFencedLeaderEpoch;
  return theirs > ours ? ErrorCode::kUnknownLeaderEpoch : ErrorCode::kNone;
}

FollowerState after_fetch(const FollowerState& before, const FollowerFetch& fetch,
                          const LeaderView& leader) {
  FollowerState after{.end_offset = fetch.offset,
                      .log_start_offset = fetch.log_start_offset,
                      .leader_end_offset = std::max(leader.end_offset, before.leader_end_offset),
                      .last_fetch_ms = leader.now_ms,
                      .last_caught_up_ms = before.last_caught_up_ms,
                      .broker_epoch = std::max(fetch.broker_epoch, before.broker_epoch)};
  if (fetch.offset >= leader.end_offset) {
    after.last_caught_up_ms = std::max(before.last_caught_up_ms, leader.now_ms);
  } else if (fetch.offset >= before.leader_end_offset) {
    after.last_caught_up_ms = std::max(before.last_caught_up_ms, before.last_fetch_ms);
  }
  return after;
}

FollowerState at_new_epoch(const FollowerState& before, bool is_new_leader, bool is_in_sync,
                           const LeaderView& leader) {
  FollowerState after;
  after.last_caught_up_ms = is_in_sync ? leader.now_ms : kNever;
  if (is_new_leader) return after;
  after.end_offset = before.end_offset;
  after.log_start_offset = before.log_start_offset;
  after.leader_end_offset = leader.end_offset;
  after.last_fetch_ms = is_in_sync ? leader.now_ms : kNever;
  after.broker_epoch = before.broker_epoch;
  return after;
}

bool is_caught_up(const FollowerState& follower, const LeaderView& leader) {
  return follower.end_offset == leader.end_offset ||
         leader.now_ms - follower.last_caught_up_ms <= leader.max_lag_ms;
}

bool IsrState::may_contain(BrokerId replica) const {
  return contains(committed, replica) || (proposed && contains(*proposed, replica));
}

std::size_t IsrState::maximal_size() const {
  return proposed ? std::max(proposed->size(), committed.size()) : committed.size();
}

std::vector<BrokerId> out_of_sync(const IsrState& isr, BrokerId leader, const Followers& followers,
                                  const LeaderView& view) {
  std::vector<BrokerId> out;
  if (isr.proposed) return out;
  for (BrokerId member : isr.committed) {
    if (member == leader) continue;
    auto known = followers.find(member);
    if (known == followers.end() || !is_caught_up(known->second, view)) out.push_back(member);
  }
  return out;
}

bool may_join(const IsrState& isr, BrokerId follower, const FollowerState& state,
              const LeaderView& view) {
  return !isr.proposed && !contains(isr.committed, follower) &&
         state.end_offset >= view.high_watermark && state.end_offset >= view.epoch_start;
}

Offset common_offset(const IsrState& isr, const Followers& followers, const LeaderView& view,
                     const std::function<bool(BrokerId)>& is_eligible) {
  Offset common = view.end_offset;
  for (const auto& [id, state] : followers) {
    if (state.end_offset >= common) continue;
    bool counts = isr.may_contain(id) || (is_caught_up(state, view) && is_eligible(id));
    if (counts) common = state.end_offset;
  }
  return common;
}

std::optional<IsrState> settled(const IsrState& isr, LeaderEpoch leader_epoch,
                                const IsrAnswer& answer) {
  bool is_outdated =
      answer.leader_epoch != leader_epoch || answer.partition_epoch < isr.partition_epoch;
  if (is_outdated) return std::nullopt;
  return IsrState{
      .committed = answer.isr, .partition_epoch = answer.partition_epoch, .proposed = {}};
}

std::vector<std::int64_t> broker_epochs_of(const std::vector<BrokerId>& isr,
                                           const Followers& followers) {
  std::vector<std::int64_t> epochs;
  for (BrokerId member : isr) {
    auto known = followers.find(member);
    epochs.push_back(known == followers.end() ? -1 : known->second.broker_epoch);
  }
  return epochs;
}

bool is_awaited(const IsrState& isr, LeaderEpoch leader_epoch, const IsrProposal& proposal) {
  return isr.proposed == proposal.isr && isr.partition_epoch == proposal.partition_epoch &&
         leader_epoch == proposal.leader_epoch;
}

IsrRefusal meaning_of(ErrorCode refusal) {
  switch (refusal) {
    case ErrorCode::kOperationNotAttempted:
    case ErrorCode::kIneligibleReplica:
      return IsrRefusal::kGoBack;
    case ErrorCode::kUnknownTopicOrPartition:
    case ErrorCode::kUnknownTopicId:
    case ErrorCode::kFencedLeaderEpoch:
    case ErrorCode::kInvalidUpdateVersion:
    case ErrorCode::kInvalidRequest:
    case ErrorCode::kNewLeaderElected:
      return IsrRefusal::kWait;
    default:
      return IsrRefusal::kRepeat;
  }
}

}  // namespace odradek::replica
