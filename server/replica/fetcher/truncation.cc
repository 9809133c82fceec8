#include "server/replica/fetcher/truncation.h"

#include <algorithm>

namespace odradek::replica {

std::optional<log::EpochEndOffset> divergence(protocol::LeaderEpoch last_epoch,
                                              protocol::Offset offset,
                                              const log::EpochEndOffset& leader_end) {
  bool diverges = leader_end.epoch < last_epoch || leader_end.end_offset < offset;
  return diverges ? std::optional(leader_end) : std::nullopt;
}

Truncation truncation_point(const log::EpochEndOffset& leader, const FollowerLog& follower) {
  if (leader.end_offset < 0) return {.offset = follower.fetch_offset};
  bool has_own = leader.epoch >= 0 && follower.of_leader_epoch.epoch >= 0;
  if (!has_own) return {.offset = std::min(leader.end_offset, follower.end_offset)};
  protocol::Offset own = std::min(follower.of_leader_epoch.end_offset, follower.end_offset);
  if (follower.of_leader_epoch.epoch != leader.epoch) return {.offset = own, .is_complete = false};
  return {.offset = std::min(own, leader.end_offset)};
}

}  // namespace odradek::replica
