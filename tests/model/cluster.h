// Cluster: one partition on three brokers, their ZooKeeper and their controllers, as a value small
// enough to be visited in all its states.
#pragma once

#include <array>
#include <cstdint>
#include <type_traits>

#include "tests/model/rules.h"

namespace odradek::model {

inline constexpr int kControllers = 2;
inline constexpr int kMostCommands = 16;
inline constexpr int kMostLate = 5;

constexpr bool has_bit(Small bits, int id) { return (bits >> id & 1) != 0; }

struct Log {
  Small size = 0;
  std::array<Small, kMostRecords> records{};  // ids, in the order of their appends
  std::array<Small, kMostRecords> epochs{};
  std::array<Small, kMostEpochs> starts{kNobody, kNobody, kNobody, kNobody};  // of leader epochs
};

// The state znode, or somebody's copy.
struct State {
  Small leader = kNobody;
  Small leader_epoch = 0;
  Small isr = 0;  // bits
  Small version = 0;
};

// A fetch that was under way when its sender changed. What is under way of one that has not is
// what it would send now, so that it needs no place here.
struct LateFetch {
  Small to = 0;
  Small life = 0;  // of the sender; 0: there is none
  Small offset = 0;
  Small epoch = 0;
  Small last_epoch = 0;
};

struct FetchAnswer {
  Small is_there = 0;    // to which life
  Small asks_epoch = 0;  // OffsetsForLeaderEpoch
  Small offset = 0;
  Small epoch = 0;
  Small diverges = 0;
  Small diverging_epoch = kNobody;
  Small diverging_end = kNobody;
  Small high_watermark = 0;
  Small count = 0;
  std::array<Small, kMostRecords> records{};
  std::array<Small, kMostRecords> epochs{};
};

enum class Letter : std::uint8_t { kNone, kRequest, kAnswer };

// AlterPartition; of one broker, one is under way.
struct Proposal {
  Letter letter = Letter::kNone;
  Small life = 0;  // of the sender
  // By its epoch: who knows of a later controller hears of no earlier one any more.
  Small controller_asked = 0;
  Small isr = 0;
  Small leader_epoch = 0;
  Small version = 0;
  std::array<Small, kReplicas> lives{};  // of the members
  Small error = 0;                       // what replica::IsrRefusal asks for, plus one
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
  std::array<LateFetch, kMostLate> late{};
  FetchAnswer answer;
  Proposal proposal;
  Proposal late_answer;  // of one more, when nothing keeps a broker from it

  bool fetches() const { return is_up && !leads && leader != kNobody; }
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

// Why a state is not gone on with.
enum class End : std::uint8_t { kNone, kBeyondLimits, kNoRoom };

struct Cluster {
  std::array<Broker, kReplicas> brokers;
  std::array<Small, kReplicas> registered{1, 1, 1};  // which life
  std::array<Controller, kControllers> controllers;
  Small controller_epoch = 1;  // in ZooKeeper
  State state;                 // likewise
  Small commands = 0;
  std::array<Command, kMostCommands> command{};
  Small appended = 0;
  Small faults = 0;
  Small controller_changes = 0;
  Small isr_changes = 0;
  // What was ever committed: in a log of this many records.
  Small committed = 0;
  std::array<Small, kMostRecords> committed_records{};
  End end = End::kNone;
};
static_assert(std::has_unique_object_representations_v<Cluster>);

bool has_committed(const Cluster& cluster, const Log& log);

// What will be refused for ever might as well be lost: fewer states.
void forget_refused(Cluster& cluster, const Setting& setting);
// One value for all that cannot be told apart by anything that follows.
void make_canonical(Cluster& cluster);
void check(const Cluster& cluster, Breach& breach);

}  // namespace odradek::model
