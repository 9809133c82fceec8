#include "tests/model/controllers.h"

#include <algorithm>
#include <cstring>

#include "server/controller/elections.h"
#include "server/controller/isr_changes.h"
#include "tests/model/values.h"

namespace odradek::model {
namespace {

constexpr std::int16_t kVersionWithBrokerEpochs = 3;

controller::ElectionCase case_of(const State& state) {
  return {.current = leadership_of(state), .replicas = {0, 1, 2}};
}

bool is_same(const Command& a, const Command& b) { return std::memcmp(&a, &b, sizeof(a)) == 0; }
bool is_less(const Command& a, const Command& b) { return std::memcmp(&a, &b, sizeof(a)) < 0; }

}  // namespace

void Controllers::tell(Cluster& cluster, const Controller& controller, int id) {
  if (controller.lives[id] == 0) return;
  Command command{.to = static_cast<Small>(id),
                  .life = controller.lives[id],
                  .controller_epoch = controller.epoch,
                  .state = controller.state};
  auto end = cluster.command.begin() + cluster.commands;
  bool is_known = std::any_of(cluster.command.begin(), end,
                              [&](const Command& known) { return is_same(known, command); });
  if (is_known) return;
  if (cluster.commands == kMostCommands) forget_refused(cluster, setting_);
  if (cluster.commands == kMostCommands) {
    cluster.end = End::kNoRoom;
    return;
  }
  cluster.command[cluster.commands++] = command;
  std::sort(cluster.command.begin(), cluster.command.begin() + cluster.commands, is_less);
}

Controllers::Written Controllers::write(Cluster& cluster, Controller& controller, State state) {
  bool is_deposed = controller.epoch != cluster.controller_epoch;
  if (is_deposed && setting_.has(Rule::kControllerEpochInZooKeeper)) {
    Small epoch = controller.epoch;
    controller = {};
    controller.epoch = epoch;
    return Written::kDeposed;
  }
  bool is_stale = state.version != cluster.state.version;
  if (is_stale && setting_.has(Rule::kVersionInZooKeeper)) {
    controller.state = cluster.state;
    return Written::kStale;
  }
  if (state.leader_epoch > setting_.limits.leader_epochs) {
    cluster.end = End::kBeyondLimits;
    return Written::kBeyondLimits;
  }
  breach_.add_if(state.leader_epoch < cluster.state.leader_epoch, "the leader epoch goes back");
  breach_.add_if(state.leader_epoch == cluster.state.leader_epoch &&
                     state.leader != cluster.state.leader && state.leader != kNobody,
                 "two leaders have one epoch");
  state.version = static_cast<Small>(cluster.state.version + 1);
  cluster.state = controller.state = state;
  return Written::kDone;
}

bool Controllers::change(Cluster& cluster, Controller& controller, const Change& change) {
  Written written = Written::kStale;
  while (written == Written::kStale) {
    std::optional<State> next = change(controller.state);
    if (!next) return false;
    written = write(cluster, controller, *next);
  }
  return written == Written::kDone;
}

void Controllers::elect(Cluster& cluster, Controller& controller) {
  if (controller.is_online || !controller.is_active) return;
  auto is_live = [&](BrokerId id) { return controller.lives[id] != 0; };
  std::vector<BrokerId> recipients;
  bool is_elected = change(cluster, controller, [&](const State& current) -> std::optional<State> {
    auto elected = controller::elect_offline(case_of(current), is_live,
                                             {.allowed = !setting_.has(Rule::kElectFromIsr)});
    if (!elected) return std::nullopt;
    recipients = elected->recipients;
    return state_of(elected->leadership);
  });
  if (!is_elected) return;
  controller.is_online = 1;
  for (BrokerId id : recipients) tell(cluster, controller, id);
}

bool Controllers::remove(Cluster& cluster, Controller& controller, int id) {
  return change(cluster, controller, [&](const State& current) -> std::optional<State> {
    auto left = controller::remove_from_isr(leadership_of(current), id);
    if (!left) return std::nullopt;
    if (!setting_.has(Rule::kLastInSyncStays)) std::erase(left->isr, id);
    return state_of(*left);
  });
}

// A replica is offline.
void Controllers::retire(Cluster& cluster, Controller& controller, int id) {
  if (controller.state.leader == kNobody || controller.lives[controller.state.leader] == 0) {
    controller.is_online = 0;
  }
  elect(cluster, controller);
  bool is_removed = controller.is_active && remove(cluster, controller, id);
  if (controller.epoch == cluster.controller_epoch) cluster.brokers[id].has_lost = 0;
  if (!is_removed) return;
  if (controller.state.leader == kNobody) controller.is_online = 0;
  for (int other = 0; other < kReplicas; ++other) {
    if (other != id) tell(cluster, controller, other);
  }
}

void Controllers::start(Cluster& cluster, Controller& controller, int id) {
  controller.lives[id] = cluster.registered[id];
  tell(cluster, controller, id);
  elect(cluster, controller);
}

bool Controllers::notice(Cluster& cluster, int which) {
  Controller& controller = cluster.controllers[which];
  if (!controller.is_active || controller.lives == cluster.registered) return false;
  const auto before = controller.lives;
  for (int id = 0; id < kReplicas; ++id) {
    if (before[id] == 0 && cluster.registered[id] != 0) start(cluster, controller, id);
  }
  for (int id = 0; id < kReplicas; ++id) {
    bool has_bounced = before[id] != 0 && cluster.registered[id] > before[id];
    if (!has_bounced) continue;
    controller.lives[id] = 0;
    retire(cluster, controller, id);
    start(cluster, controller, id);
  }
  for (int id = 0; id < kReplicas; ++id) {
    if (before[id] == 0 || cluster.registered[id] != 0) continue;
    controller.lives[id] = 0;
    retire(cluster, controller, id);
  }
  return true;
}

bool Controllers::may_fail(const Cluster& cluster, const Setting& setting) {
  // Who is told only that a broker is there cannot know that it came back without its records: the
  // protocol has no word for it in ZooKeeper mode (KIP-966 is for KRaft).
  return setting.limits.may_fail_beside_loss ||
         std::none_of(cluster.brokers.begin(), cluster.brokers.end(),
                      [](const Broker& broker) { return broker.has_lost != 0; });
}

bool Controllers::elect_controller(Cluster& cluster) {
  if (cluster.controller_changes == setting_.limits.controller_changes) return false;
  if (!may_fail(cluster, setting_)) return false;
  ++cluster.controller_changes;
  ++cluster.controller_epoch;
  Controller& controller = cluster.controllers[1];
  controller = {.is_active = 1,
                .epoch = cluster.controller_epoch,
                .is_online = 1,
                .lives = cluster.registered,
                .state = cluster.state};
  for (int id = 0; id < kReplicas; ++id) tell(cluster, controller, id);
  for (int id = 0; id < kReplicas; ++id) {
    if (controller.lives[id] != 0 || !remove(cluster, controller, id)) continue;
    for (int other = 0; other < kReplicas; ++other) tell(cluster, controller, other);
  }
  controller.is_online =
      controller.state.leader != kNobody && controller.lives[controller.state.leader] != 0;
  elect(cluster, controller);
  return true;
}

bool Controllers::prefer(Cluster& cluster, int which, int wanted) {
  Controller& controller = cluster.controllers[which];
  bool may = controller.is_active && controller.is_online && controller.state.leader != wanted;
  if (!may) return false;
  auto is_live = [&](BrokerId id) { return controller.lives[id] != 0; };
  controller::ElectionCase partition{.current = leadership_of(controller.state),
                                     .replicas = {wanted}};
  auto elected = controller::elect_preferred(partition, is_live);
  if (!elected) return false;
  if (write(cluster, controller, state_of(elected->leadership)) != Written::kDone) return true;
  for (int id = 0; id < kReplicas; ++id) tell(cluster, controller, id);
  return true;
}

bool Controllers::serve_proposal(Cluster& cluster, int id, int which, Proposal& answered) {
  Controller& controller = cluster.controllers[which];
  const Proposal& proposal = cluster.brokers[id].proposal;
  if (proposal.letter != Letter::kRequest || !controller.is_active) return false;
  // Else STALE_BROKER_EPOCH, and it is asked again.
  bool is_known = controller.lives[id] == proposal.life;
  if (!is_known && setting_.has(Rule::kSenderEpochAtController)) return false;
  controller::IsrChange change{.leader_epoch = proposal.leader_epoch,
                               .new_isr = ids_of(proposal.isr),
                               .partition_epoch = proposal.version};
  for (BrokerId member : change.new_isr) {
    Small life = proposal.lives[member];
    change.new_isr_epochs.push_back(life > 0 ? life : controller::kUnknownBrokerEpoch);
  }
  controller::Partition partition;
  partition.assignment.replicas = {0, 1, 2};
  partition.leadership = leadership_of(controller.state);
  if (!setting_.has(Rule::kLeaderEpochAtController)) {
    change.leader_epoch = controller.state.leader_epoch;
    change.partition_epoch = controller.state.version;
    partition.leadership->leader = id;
  }
  auto is_eligible = [&](BrokerId broker, std::int64_t epoch) {
    return controller.lives[broker] != 0 &&
           (epoch == controller::kUnknownBrokerEpoch || epoch == controller.lives[broker]);
  };
  controller::IsrDecision decision =
      controller::decide_isr_change(change, id, kVersionWithBrokerEpochs, &partition, is_eligible);
  ErrorCode error = decision.error;
  if (decision.is_written) {
    if (cluster.isr_changes == setting_.limits.isr_changes) return false;
    State next = controller.state;
    next.isr = proposal.isr;
    next.leader = static_cast<Small>(id);
    switch (write(cluster, controller, next)) {
      case Written::kDone:
        ++cluster.isr_changes;
        break;
      case Written::kStale:
      case Written::kBeyondLimits:
        error = ErrorCode::kInvalidUpdateVersion;
        break;
      case Written::kDeposed:
        error = ErrorCode::kNotController;
        break;
    }
  }
  answered = proposal;
  answered.letter = Letter::kAnswer;
  if (error == ErrorCode::kNone) {
    answered.answer = controller.state;
  } else {
    answered.error = static_cast<Small>(static_cast<int>(replica::meaning_of(error)) + 1);
  }
  return true;
}

}  // namespace odradek::model
