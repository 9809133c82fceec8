// Isr: who counts as in sync with a leader, and up to where records are safe; decisions on values
// alone (reliability.md §3, KIP-497).
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <vector>

#include "base/uuid.h"
#include "protocol/errors.h"
#include "protocol/types.h"

namespace odradek::replica {

using protocol::BrokerId;
using protocol::ErrorCode;
using protocol::LeaderEpoch;
using protocol::Offset;
using protocol::TopicPartition;

inline constexpr Offset kUnknownOffset = -1;
// Long before any time of a monotonic clock.
inline constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::min() / 2;

bool contains(const std::vector<BrokerId>& brokers, BrokerId id);

// FENCED_LEADER_EPOCH or UNKNOWN_LEADER_EPOCH when the epoch that another one sees (-1: it does not
// say) is not ours.
ErrorCode compare_epochs(LeaderEpoch theirs, LeaderEpoch ours);
// Whether LeaderAndIsr says anything new to who knows of `known`; the same epoch twice does not.
inline bool is_newer(LeaderEpoch told, LeaderEpoch known) { return told > known; }
// A request of a controller that another one has followed.
inline bool is_deposed(std::int32_t controller_epoch, std::int32_t highest_seen) {
  return controller_epoch < highest_seen;
}

// A request of, or for, a life of a broker that has ended; `broker_epoch` -1: it does not say.
inline bool is_of_earlier_life(std::int64_t broker_epoch, std::int64_t present) {
  return broker_epoch >= 0 && broker_epoch < present;
}

// What a leader knows of one follower, by its fetches. Times are monotonic.
struct FollowerState {
  Offset end_offset = kUnknownOffset;  // it asks from here on, so it has everything below
  Offset log_start_offset = kUnknownOffset;
  Offset leader_end_offset = kUnknownOffset;  // where the leader's log ended at its last fetch
  std::int64_t last_fetch_ms = kNever;
  std::int64_t last_caught_up_ms = kNever;  // when it last had all that the leader had
  std::int64_t broker_epoch = -1;

  bool operator==(const FollowerState&) const = default;
};
using Followers = std::map<BrokerId, FollowerState>;

struct FollowerFetch {
  Offset offset = 0;
  Offset log_start_offset = kUnknownOffset;  // unknown before Fetch version 5
  std::int64_t broker_epoch = -1;            // unknown before Fetch version 15
};

// The leader's side at one moment.
struct LeaderView {
  Offset end_offset = 0;
  Offset high_watermark = 0;
  Offset epoch_start = 0;  // the log's end when this broker began to lead
  std::int64_t now_ms = 0;
  std::int64_t max_lag_ms = 0;  // replica.lag.time.max.ms
};

// A follower whose log ends where the leader's did when it asked last has caught up at that time,
// so that one that always asks a little too late is in sync too.
FollowerState after_fetch(const FollowerState& before, const FollowerFetch& fetch,
                          const LeaderView& leader);
// What remains of a follower's state when an epoch begins.
FollowerState at_new_epoch(const FollowerState& before, bool is_new_leader, bool is_in_sync,
                           const LeaderView& leader);
bool is_caught_up(const FollowerState& follower, const LeaderView& leader);

// The in-sync replicas as ZooKeeper has them, and what was proposed to the controller but not
// answered yet.
struct IsrState {
  std::vector<BrokerId> committed;
  std::int32_t partition_epoch = -1;  // zkVersion of the state node
  std::optional<std::vector<BrokerId>> proposed;

  // Of the larger set: what may be in force by now, so that the high watermark respects it.
  bool may_contain(BrokerId replica) const;
  std::size_t maximal_size() const;
};

// The members but the leader that have not caught up for too long; none while a proposal is open.
std::vector<BrokerId> out_of_sync(const IsrState& isr, BrokerId leader, const Followers& followers,
                                  const LeaderView& view);
// Whether the follower has everything committed and everything up to the epoch's start: what the
// leader had before is committed as soon as it leads, whatever the high watermark says
// (KAFKA-7128).
bool may_join(const IsrState& isr, BrokerId follower, const FollowerState& state,
              const LeaderView& view);
// Up to where every member has the records. A follower that has caught up and may join soon counts
// as a member already, as it would never catch up with a moving high watermark.
Offset common_offset(const IsrState& isr, const Followers& followers, const LeaderView& view,
                     const std::function<bool(BrokerId)>& is_eligible);

// A change of in-sync replicas that a leader asks for.
struct IsrProposal {
  TopicPartition partition;
  base::Uuid topic_id;
  std::int32_t controller_epoch = -1;  // of the controller that made this broker leader
  LeaderEpoch leader_epoch = protocol::kNoLeaderEpoch;
  std::vector<BrokerId> isr;
  std::int32_t partition_epoch = -1;  // that it is based on
  // Beside `isr`: with which epoch of its broker each one was heard last; -1 or none: not known.
  std::vector<std::int64_t> broker_epochs;

  bool operator==(const IsrProposal&) const = default;
};

struct IsrAnswer {
  ErrorCode error = ErrorCode::kNone;
  LeaderEpoch leader_epoch = protocol::kNoLeaderEpoch;
  std::vector<BrokerId> isr;
  std::int32_t partition_epoch = -1;
};

// The in-sync replicas after an answer without error; nothing when LeaderAndIsr has said more
// since.
std::optional<IsrState> settled(const IsrState& isr, LeaderEpoch leader_epoch,
                                const IsrAnswer& answer);
// What the leader says of its members, so that the controller lets nobody in who lost records since
// it was heard (KIP-903).
std::vector<std::int64_t> broker_epochs_of(const std::vector<BrokerId>& isr,
                                           const Followers& followers);
// Whether the proposal still is what an answer is waited for.
bool is_awaited(const IsrState& isr, LeaderEpoch leader_epoch, const IsrProposal& proposal);

// What a refusal asks of the leader.
enum class IsrRefusal : std::uint8_t {
  kGoBack,  // nothing was changed: what was committed still is
  kWait,    // this view is out of date: LeaderAndIsr is about to say more
  kRepeat,
};
IsrRefusal meaning_of(ErrorCode refusal);

}  // namespace odradek::replica
