// Rule: what the rules of replication say, each of which can be taken out; Limits: how much may
// happen.
#pragma once

#include <cstdint>

namespace odradek::model {

using Small = std::int8_t;

inline constexpr int kReplicas = 3;
inline constexpr int kMostRecords = 4;
inline constexpr int kMostEpochs = 4;
inline constexpr Small kNobody = -1;

enum class Rule : std::uint8_t {
  kControllerEpochInZooKeeper,
  kVersionInZooKeeper,
  kControllerEpochAtBroker,
  kBrokerEpochAtBroker,
  kLeaderEpochAtBroker,
  kLeaderEpochInFetch,
  kBrokerEpochInFetch,
  kLeaderEpochAtController,
  kBrokerEpochAtController,  // of the members that a leader proposes
  kSenderEpochAtController,
  kPartitionEpochOfIsrAnswer,
  kLeaderEpochOfIsrAnswer,
  kEpochOfFetchAnswer,
  kLogMatchesWhenCounted,
  kJoinAtEpochStart,
  kJoinAtHighWatermark,
  kMaximalIsr,
  kWholeIsrHasIt,
  kElectFromIsr,
  kLastInSyncStays,
  kTruncateByEpochs,
  kEpochInLeadersAnswer,  // KIP-279
  kOneProposalAtATime,
};

using Rules = std::uint32_t;
constexpr Rules rules() { return 0; }
template <class... Others>
constexpr Rules rules(Rule one, Others... others) {
  return Rules{1} << static_cast<unsigned>(one) | rules(others...);
}

struct Limits {
  Small brokers = kReplicas;  // the others never start
  Small records = 3;
  Small leader_epochs = 2;  // after the first
  Small faults = 2;         // kill, loss of a session
  Small controller_changes = 1;
  Small isr_changes = 2;  // written for leaders
  // Of a broker that is killed. The controller hears of it before the next fault, unless:
  bool may_fail_beside_loss = false;
  bool may_lose_tail = true;
  bool may_lose_session = true;
  bool may_shrink = true;
  bool may_prefer = false;         // a leader gives way to another one in sync, and stays in sync
  bool late_answers = false;       // else they come at once or never
  bool truncates_on_fetch = true;  // else by OffsetsForLeaderEpoch (KIP-101)
  Small first_isr = 0b111;
};

// What is explored: how much may happen, and by which rules.
struct Setting {
  Limits limits;
  Rules without = rules();

  bool has(Rule rule) const { return (without & rules(rule)) == 0; }
};

// The first invariant that a step broke.
struct Breach {
  const char* what = nullptr;

  void add_if(bool is_broken, const char* invariant) {
    if (is_broken && what == nullptr) what = invariant;
  }
};

}  // namespace odradek::model
