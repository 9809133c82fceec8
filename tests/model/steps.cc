#include "tests/model/steps.h"

#include <algorithm>
#include <array>

#include "tests/model/values.h"

namespace odradek::model {
namespace {

// What becomes of a fetch, in the bits of an action's object. Of a late one, the others say which.
constexpr int kTaken = 1;
constexpr int kProposes = 2;
constexpr int kStays = 4;
constexpr int kWhichLate = 4;

// Likewise of the answer to AlterPartition, beside the controller.
constexpr int kHeard = 2;
constexpr int kUnderWay = 4;

FetchOutcome outcome_of(int bits) {
  return {.is_taken = (bits & kTaken) != 0,
          .stays = (bits & kStays) != 0,
          .proposes = (bits & kProposes) != 0};
}

// Another one that is well, as the controller knows, is in sync, also when what is under way is
// granted.
bool others_have(const Cluster& cluster, int id) {
  Small isr = cluster.state.isr;
  for (const Broker& broker : cluster.brokers) {
    const Proposal& asked = broker.proposal;
    bool may_be_granted =
        asked.letter == Letter::kRequest && asked.version == cluster.state.version;
    if (may_be_granted) isr = static_cast<Small>(isr & asked.isr);
  }
  const Controller& controller = cluster.controllers[cluster.controller_epoch - 1];
  for (int other = 0; other < kReplicas; ++other) {
    Small life = cluster.registered[other];
    bool is_well = cluster.brokers[other].is_up && life != 0 && life == controller.lives[other];
    if (other != id && has_bit(isr, other) && is_well) return true;
  }
  return false;
}

}  // namespace

std::string to_string(const Action& action) {
  constexpr std::array kNames{"appends as leader",
                              "fetches: 1 takes the answer, 2 may join, 4 hears later",
                              "'s late fetch comes:",
                              "takes the answer",
                              "shrinks the ISR by",
                              "'s ISR proposal comes to controller (2 heard, 4 later)",
                              "hears of its ISR proposal",
                              "(LeaderAndIsr) comes",
                              "(controller) looks at the brokers",
                              "is killed and keeps up to",
                              "loses its session",
                              "registers",
                              "(controller) is elected",
                              "(controller) prefers as leader"};
  return std::to_string(action.subject) + " " + kNames[static_cast<std::size_t>(action.act)] + " " +
         std::to_string(action.object);
}

std::vector<Action> all_actions(const Limits& limits) {
  std::vector<Action> actions;
  auto add = [&](Act act, int subjects, std::initializer_list<int> objects) {
    for (int subject = 0; subject < subjects; ++subject) {
      for (int object : objects) {
        actions.push_back({act, static_cast<Small>(subject), static_cast<Small>(object)});
      }
    }
  };
  const int brokers = limits.brokers;
  for (Act act : {Act::kAppend, Act::kExpire, Act::kRegister}) add(act, brokers, {0});
  add(Act::kFetch, brokers, {kTaken, kTaken | kProposes, 0, kProposes});
  for (int which = 0; which < kMostLate; ++which) {
    add(Act::kLateFetch, brokers, {which * kWhichLate, which * kWhichLate | kProposes});
  }
  add(Act::kShrink, brokers, {0, 1, 2});
  add(Act::kServeProposal, brokers, {kHeard, 1 | kHeard, 0, 1});
  add(Act::kObey, kMostCommands, {0});
  add(Act::kNotice, kControllers, {0});
  add(Act::kKill, brokers, {0, 1, 2, 3, 4});
  add(Act::kElectController, 1, {0});
  if (limits.may_prefer) add(Act::kPrefer, kControllers, {0, 1, 2});
  if (!limits.late_answers) return actions;
  add(Act::kFetch, brokers, {kStays, kStays | kProposes});
  add(Act::kServeProposal, brokers, {kUnderWay, 1 | kUnderWay});
  add(Act::kTakeFetch, brokers, {0});
  add(Act::kTakeProposal, brokers, {0, 1});
  return actions;
}

Cluster Steps::initial() {
  const Limits& limits = setting_.limits;
  Cluster cluster;
  cluster.state = {.leader = 0, .leader_epoch = 0, .isr = limits.first_isr, .version = 0};
  cluster.controllers[0] = {
      .is_active = 1, .epoch = 1, .is_online = 1, .lives = {1, 1, 1}, .state = cluster.state};
  for (int id = limits.brokers; id < kReplicas; ++id) {
    cluster.registered[id] = cluster.controllers[0].lives[id] = cluster.brokers[id].is_up = 0;
  }
  for (int id = 0; id < limits.brokers; ++id) {
    cluster.brokers[id].controller_epoch = 1;
    controllers_.tell(cluster, cluster.controllers[0], id);
    if (id == 0) {
      replicas_.lead(cluster, id, cluster.state);
    } else {
      replicas_.follow(cluster, id, cluster.state);
    }
  }
  forget_refused(cluster, setting_);
  make_canonical(cluster);
  return cluster;
}

bool Steps::take(Cluster& cluster, const Action& action) {
  breach_ = {};
  if (!act(cluster, action)) return false;
  forget_refused(cluster, setting_);
  make_canonical(cluster);
  if (breach_.what == nullptr) check(cluster, breach_);
  return true;
}

bool Steps::act(Cluster& cluster, const Action& action) {
  switch (action.act) {
    case Act::kAppend:
      return replicas_.append(cluster, action.subject);
    case Act::kFetch:
      return replicas_.fetch(cluster, action.subject, outcome_of(action.object));
    case Act::kLateFetch:
      return late_fetch(cluster, action);
    case Act::kTakeFetch:
      return replicas_.take_fetch(cluster, action.subject);
    case Act::kShrink:
      return Controllers::may_fail(cluster, setting_) &&
             replicas_.shrink(cluster, action.subject, action.object);
    case Act::kServeProposal:
      return serve_proposal(cluster, action);
    case Act::kTakeProposal:
      return take_proposal(cluster, action);
    case Act::kObey:
      return replicas_.obey(cluster, action.subject);
    case Act::kNotice:
      return controllers_.notice(cluster, action.subject);
    case Act::kKill:
      return kill(cluster, action.subject, action.object);
    case Act::kExpire:
      return expire(cluster, action.subject);
    case Act::kRegister:
      return register_again(cluster, action.subject);
    case Act::kElectController:
      return controllers_.elect_controller(cluster);
    case Act::kPrefer:
      return controllers_.prefer(cluster, action.subject, action.object);
  }
  return false;
}

bool Steps::late_fetch(Cluster& cluster, const Action& action) {
  return replicas_.serve_late(cluster, action.subject, action.object / kWhichLate,
                              (action.object & kProposes) != 0);
}

bool Steps::serve_proposal(Cluster& cluster, const Action& action) {
  const int id = action.subject;
  const Small asked = cluster.brokers[id].proposal.controller_asked;
  const Small epoch = cluster.controllers[action.object & 1].epoch;
  bool is_heard = (action.object & kHeard) != 0;
  // A broker that knows of a controller is told of no earlier one, and does not ask it.
  bool is_deposed = replica::is_deposed(epoch, asked);
  if (is_heard && is_deposed && setting_.has(Rule::kControllerEpochAtBroker)) return false;
  Proposal answered;
  if (!controllers_.serve_proposal(cluster, id, action.object & 1, answered)) return false;
  Proposal& proposal = cluster.brokers[id].proposal;
  proposal.controller_asked = std::max(asked, epoch);
  constexpr auto kRepeat = static_cast<Small>(static_cast<int>(replica::IsrRefusal::kRepeat) + 1);
  if (answered.error == kRepeat) return true;  // it is still asked
  if ((action.object & kUnderWay) != 0) {
    bool is_one = setting_.has(Rule::kOneProposalAtATime);
    (is_one ? proposal : cluster.brokers[id].late_answer) = answered;
  }
  if (!is_heard) return true;  // the answer is lost: likewise
  proposal = {};
  if (cluster.brokers[id].is_up) replicas_.settle(cluster, id, answered);
  return true;
}

bool Steps::take_proposal(Cluster& cluster, const Action& action) {
  Broker& broker = cluster.brokers[action.subject];
  Proposal& place = action.object == 0 ? broker.proposal : broker.late_answer;
  if (place.letter != Letter::kAnswer || !broker.is_up) return false;
  const Proposal answered = place;
  place = {};
  replicas_.settle(cluster, action.subject, answered);
  return true;
}

bool Steps::kill(Cluster& cluster, int id, Small keeps) {
  Broker& broker = cluster.brokers[id];
  const Limits& limits = setting_.limits;
  bool may = broker.is_up && cluster.faults < limits.faults && keeps <= broker.log.size;
  if (!may || !Controllers::may_fail(cluster, setting_)) return false;
  bool loses = keeps < broker.log.size;
  if (loses) {
    if (!limits.may_lose_tail || !others_have(cluster, id)) return false;
  }
  replicas_.leave_behind(cluster, id);
  ++cluster.faults;
  if (loses) {
    broker.has_lost = 1;
    broker.high_watermark = 0;
    decisions_.truncate(broker.log, keeps);
  }
  Replicas::clear_role(broker);
  broker.answer = {};
  broker.late_answer = {};
  broker.is_up = 0;
  cluster.registered[id] = 0;
  return true;
}

bool Steps::expire(Cluster& cluster, int id) {
  const Limits& limits = setting_.limits;
  bool may = cluster.registered[id] != 0 && cluster.brokers[id].is_up && limits.may_lose_session;
  if (!may || cluster.faults == limits.faults) return false;
  if (!Controllers::may_fail(cluster, setting_)) return false;
  ++cluster.faults;
  cluster.registered[id] = 0;
  return true;
}

bool Steps::register_again(Cluster& cluster, int id) {
  if (cluster.registered[id] != 0 || id >= setting_.limits.brokers) return false;
  Broker& broker = cluster.brokers[id];
  replicas_.leave_behind(cluster, id);
  broker.is_up = 1;
  cluster.registered[id] = ++broker.life;
  // It asks again by its new epoch.
  if (broker.leads && broker.proposal.letter == Letter::kRequest)
    broker.proposal.life = broker.life;
  return true;
}

}  // namespace odradek::model
