// Cluster: one partition on three brokers, their ZooKeeper and their controllers, as a value small
// enough to be visited in all its states.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string>

namespace odradek::model {

using Small = std::int8_t;

inline constexpr int kReplicas = 3;
inline constexpr int kMostRecords = 3;
inline constexpr int kMostLetters = 10;
inline constexpr Small kNobody = -1;

// What the rules of replication say, each of which can be taken out.
enum class Rule : std::uint8_t {
  kControllerEpochInZooKeeper,
  kVersionInZooKeeper,
  kBrokerEpochAtBroker,
  kLeaderEpochInFetch,
  kLeaderEpochAtController,
  kBrokerEpochAtController,
  kLogMatchesWhenCounted,
  kJoinAtEpochStart,
  kJoinAtHighWatermark,
  kMaximalIsr,
  kWholeIsrHasIt,
  kElectFromIsr,
  kLastInSyncStays,
  kTruncateByEpochs,
};

using Rules = std::uint32_t;
constexpr Rules rules() { return 0; }
template <class... Others>
constexpr Rules rules(Rule one, Others... others) {
  return Rules{1} << static_cast<unsigned>(one) | rules(others...);
}

enum class Act : std::uint8_t {
  kAppend,
  kSendFetch,
  kServeFetch,
  kTakeFetch,
  kShrink,
  kServeProposal,
  kTakeProposal,
  kObey,
  kNotice,
  kKill,
  kExpire,
  kRegister,
  kElectController,
};

struct Limits {
  Small brokers = kReplicas;  // the others never start
  Small records = kMostRecords;
  Small leader_epochs = 2;  // after the first
  Small faults = 2;         // kill, loss of a session
  Small controller_changes = 1;
  Small isr_changes = 2;  // written for leaders
  // Of a broker that is killed. The controller hears of it before the next fault, unless:
  bool may_fail_beside_loss = false;
  bool may_lose_tail = true;
  bool may_lose_session = true;
  bool may_shrink = true;
  bool late_answers = false;       // to followers; else their requests may be late
  bool truncates_on_fetch = true;  // else by OffsetsForLeaderEpoch (KIP-101)
  Small first_isr = 0b111;
};

struct Log {
  Small size = 0;
  std::array<Small, kMostRecords> records{};  // ids, in the order of their appends
  std::array<Small, kMostRecords> epochs{};
  Small starts = 0;  // of leader epochs
  std::array<Small, 4> start_epochs{};
  std::array<Small, 4> start_offsets{};
};

// The state znode, or somebody's copy.
struct State {
  Small leader = kNobody;
  Small leader_epoch = 0;
  Small isr = 0;  // bits
  Small version = 0;
};

enum class Letter : std::uint8_t { kNone, kRequest, kAnswer };

struct Fetch {
  Letter letter = Letter::kNone;
  Small asks_epoch = 0;  // OffsetsForLeaderEpoch
  Small to = 0;
  Small life = 0;
  Small offset = 0;
  Small epoch = 0;
  Small last_epoch = 0;
  Small diverging_epoch = kNobody;
  Small diverging_end = kNobody;
  Small high_watermark = 0;
  Small count = 0;
  std::array<Small, kMostRecords> records{};
  std::array<Small, kMostRecords> epochs{};
};

struct Proposal {
  Letter letter = Letter::kNone;
  Small isr = 0;
  Small leader_epoch = 0;
  Small version = 0;
  std::array<Small, kReplicas> lives{};  // of the members
  Small error = 0;                       // 1: repeat, 2: wait, 3: go back
  State answer;
};

struct Broker {
  Small life = 1;
  Small is_up = 1;
  Small leads = 0;
  Small epoch = kNobody;  // none known in this life
  Small leader = kNobody;
  Small controller_epoch = 0;
  Small isr = 0;
  Small proposed = 0;  // 0: nothing
  Small version = kNobody;
  Small epoch_start = 0;
  Small truncates = 0;
  Small high_watermark = 0;
  Small has_lost = 0;  // its tail, of which the controller has not heard
  std::array<Small, kReplicas> ends{kNobody, kNobody, kNobody};
  std::array<Small, kReplicas> lives{};
  Log log;
  Fetch fetch;
  Proposal proposal;
};

struct Controller {
  Small is_active = 0;
  Small epoch = 0;
  Small is_online = 1;                   // the partition
  std::array<Small, kReplicas> lives{};  // 0: not registered
  State state;
};

// LeaderAndIsr for one broker; may come late, twice and in any order.
struct Command {
  Small to = 0;
  Small life = 0;
  Small controller_epoch = 0;
  State state;
};

struct Cluster {
  std::array<Broker, kReplicas> brokers;
  std::array<Small, kReplicas> registered{1, 1, 1};
  std::array<Controller, 2> controllers;
  Small controller_epoch = 1;  // in ZooKeeper
  State state;                 // likewise
  Small commands = 0;
  std::array<Command, kMostLetters> command{};
  Small appended = 0;
  Small faults = 0;
  Small controller_changes = 0;
  Small isr_changes = 0;
  // What was ever committed: in a log of this many records.
  Small committed = 0;
  std::array<Small, kMostRecords> committed_records{};
  Small overflow = 0;  // more commands than fit: not gone on with
};
static_assert(std::has_unique_object_representations_v<Cluster>);

struct Action {
  Act act = Act::kAppend;
  Small subject = 0;
  Small object = 0;
};
std::string to_string(const Action& action);

class Steps {
 public:
  Steps(const Limits& limits, Rules without) : limits_(limits), without_(without) {}

  Cluster initial() const;
  // False when it cannot be done. What it breaks, when it breaks anything, is in broken().
  bool take(Cluster& cluster, const Action& action);
  const char* broken() const { return broken_; }

 private:
  bool has(Rule rule) const { return (without_ & rules(rule)) == 0; }
  void break_if(bool is_broken, const char* what) {
    if (is_broken) broken_ = what;
  }

  bool append(Cluster& cluster, int id);
  bool send_fetch(Cluster& cluster, int id);
  bool serve_fetch(Cluster& cluster, int id);
  bool take_fetch(Cluster& cluster, int id);
  bool shrink(Cluster& cluster, int id, int follower);
  bool serve_proposal(Cluster& cluster, int id, int controller);
  bool take_proposal(Cluster& cluster, int id);
  bool obey(Cluster& cluster, int which);
  bool notice(Cluster& cluster, int controller);
  bool kill(Cluster& cluster, int id, int keeps);
  bool expire(Cluster& cluster, int id);
  bool register_again(Cluster& cluster, int id);
  bool elect_controller(Cluster& cluster);

  void note_follower(Cluster& cluster, int leader, int follower, const Fetch& fetch);
  void propose(Broker& broker, Small isr);
  void advance(Cluster& cluster, int id);
  void lead(Cluster& cluster, int id, const State& state);
  void follow(Broker& broker, const State& state);
  void cut(Cluster& cluster, int id, Small offset);
  bool write(Cluster& cluster, Controller& controller, State state);
  void elect(Cluster& cluster, Controller& controller);
  void retire(Cluster& cluster, Controller& controller, int id);
  void start(Cluster& cluster, Controller& controller, int id);
  void tell(Cluster& cluster, const Controller& controller, int id);
  bool may_fail(const Cluster& cluster) const;
  void forget_refused(Cluster& cluster) const;
  void check(const Cluster& cluster);

  const Limits limits_;
  const Rules without_;
  const char* broken_ = nullptr;
};

}  // namespace odradek::model
