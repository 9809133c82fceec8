// Truncation: where a follower cuts its log, by what it and the leader know of leader epochs
// (KIP-101, KIP-279).
#pragma once

#include <optional>

#include "protocol/types.h"
#include "server/log/epoch_cache.h"

namespace odradek::replica {

struct Truncation {
  protocol::Offset offset = 0;
  // False: the leader is to be asked again, about the epoch that is the last one then.
  bool is_complete = true;
  bool operator==(const Truncation&) const = default;
};

// What the follower's log says of itself.
struct FollowerLog {
  protocol::Offset fetch_offset = 0;  // where it would fetch: its high watermark, or its end
  protocol::Offset end_offset = 0;
  // Of the epoch that the leader answered with; (-1, -1) when it is unknown here.
  log::EpochEndOffset of_leader_epoch;
};

// Where a log that has records of `last_epoch` up to `offset` parts from the leader's, whose end of
// that epoch is `leader_end`; nothing when it does not.
std::optional<log::EpochEndOffset> divergence(protocol::LeaderEpoch last_epoch,
                                              protocol::Offset offset,
                                              const log::EpochEndOffset& leader_end);

// `leader` is its answer about the follower's last epoch: the largest one it knows up to that, and
// where it ends. Offset -1: it knows none; epoch -1 with an offset: it is too old to tell.
Truncation truncation_point(const log::EpochEndOffset& leader, const FollowerLog& follower);

}  // namespace odradek::replica
