#include "tests/model/cluster.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "server/controller/elections.h"
#include "server/controller/isr_changes.h"
#include "server/log/leader_epochs.h"
#include "server/replica/fetcher/replica_fetcher.h"
#include "server/replica/fetcher/truncation.h"
#include "server/replica/isr.h"

namespace odradek::model {
namespace {

using protocol::BrokerId;
using protocol::ErrorCode;

constexpr Small kRepeat = 1;
constexpr Small kWait = 2;
constexpr Small kGoBack = 3;

bool has_bit(Small bits, int id) { return (bits >> id & 1) != 0; }

std::vector<BrokerId> ids_of(Small bits) {
  std::vector<BrokerId> ids;
  for (int id = 0; id < kReplicas; ++id) {
    if (has_bit(bits, id)) ids.push_back(id);
  }
  return ids;
}

Small bits_of(const std::vector<BrokerId>& ids) {
  Small bits = 0;
  for (BrokerId id : ids) bits = static_cast<Small>(bits | 1 << id);
  return bits;
}

log::LeaderEpochs epochs_of(const Log& log) {
  std::vector<log::EpochEntry> entries;
  for (int i = 0; i < log.starts; ++i) {
    entries.push_back({log.start_epochs[i], log.start_offsets[i]});
  }
  return log::LeaderEpochs(std::move(entries));
}

void set_epochs(Log& log, const log::LeaderEpochs& epochs) {
  log.start_epochs = {};
  log.start_offsets = {};
  log.starts = static_cast<Small>(epochs.entries().size());
  for (int i = 0; i < log.starts; ++i) {
    log.start_epochs[i] = static_cast<Small>(epochs.entries()[i].epoch);
    log.start_offsets[i] = static_cast<Small>(epochs.entries()[i].start_offset);
  }
}

void assign(Log& log, Small epoch, Small offset) {
  log::LeaderEpochs epochs = epochs_of(log);
  if (epochs.assign({epoch, offset})) set_epochs(log, epochs);
}

Small latest_epoch(const Log& log) {
  return static_cast<Small>(epochs_of(log).latest_epoch().value_or(protocol::kNoLeaderEpoch));
}

void put(Log& log, Small record, Small epoch) {
  log.records[log.size] = record;
  log.epochs[log.size] = epoch;
  assign(log, epoch, log.size);
  ++log.size;
}

void truncate(Log& log, Small offset) {
  if (offset >= log.size) return;
  for (int i = offset; i < log.size; ++i) log.records[i] = log.epochs[i] = 0;
  log.size = offset;
  log::LeaderEpochs epochs = epochs_of(log);
  if (epochs.truncate_from_end(offset)) set_epochs(log, epochs);
}

// Time is left out, as no rule about data may lean on it: who is late is anybody's choice, and who
// is not in sync and late keeps the high watermark from nothing.
replica::LeaderView view_of(const Broker& broker) {
  return {.end_offset = broker.log.size,
          .high_watermark = broker.high_watermark,
          .epoch_start = broker.epoch_start};
}

replica::FollowerState follower_of(const Broker& broker, int id) {
  return {.end_offset = broker.ends[id], .broker_epoch = broker.lives[id]};
}

replica::IsrState isr_of(const Broker& broker) {
  replica::IsrState isr{
      .committed = ids_of(broker.isr), .partition_epoch = broker.version, .proposed = {}};
  if (broker.proposed != 0) isr.proposed = ids_of(broker.proposed);
  return isr;
}

controller::Leadership leadership_of(const State& state) {
  return {.leader = state.leader,
          .leader_epoch = state.leader_epoch,
          .isr = ids_of(state.isr),
          .partition_epoch = state.version};
}

State state_of(const controller::Leadership& leadership) {
  return {static_cast<Small>(leadership.leader), static_cast<Small>(leadership.leader_epoch),
          bits_of(leadership.isr), static_cast<Small>(leadership.partition_epoch)};
}

controller::ElectionCase case_of(const State& state) {
  return {.current = leadership_of(state), .replicas = {0, 1, 2}};
}

bool has_committed(const Cluster& cluster, const Log& log) {
  return log.size >= cluster.committed &&
         std::equal(log.records.begin(), log.records.begin() + cluster.committed,
                    cluster.committed_records.begin());
}

bool is_less(const Command& a, const Command& b) { return std::memcmp(&a, &b, sizeof(a)) < 0; }

void clear_role(Broker& broker) {
  broker.leads = broker.truncates = broker.proposed = broker.isr = broker.epoch_start = 0;
  broker.leader = broker.epoch = broker.version = kNobody;
  broker.controller_epoch = 0;
  broker.ends = {kNobody, kNobody, kNobody};
  broker.lives = {};
}

}  // namespace

std::string to_string(const Action& action) {
  constexpr std::array kNames{
      "appends as leader",         "sends a fetch",        "'s fetch is served",
      "takes the answer",          "shrinks the ISR by",   "'s ISR proposal comes to controller",
      "hears of its ISR proposal", "(LeaderAndIsr) comes", "(controller) looks at the brokers",
      "is killed and keeps up to", "loses its session",    "registers",
      "(controller) is elected"};
  return std::to_string(action.subject) + " " + kNames[static_cast<std::size_t>(action.act)] + " " +
         std::to_string(action.object);
}

Cluster Steps::initial() const {
  Cluster cluster;
  cluster.state = {.leader = 0, .leader_epoch = 0, .isr = limits_.first_isr, .version = 0};
  cluster.controllers[0] = {
      .is_active = 1, .epoch = 1, .is_online = 1, .lives = {1, 1, 1}, .state = cluster.state};
  Steps fresh(limits_, rules());
  for (int id = limits_.brokers; id < kReplicas; ++id) {
    cluster.registered[id] = cluster.controllers[0].lives[id] = cluster.brokers[id].is_up = 0;
  }
  for (int id = 0; id < limits_.brokers; ++id) {
    cluster.brokers[id].controller_epoch = 1;
    if (id == 0) {
      fresh.lead(cluster, id, cluster.state);
    } else {
      fresh.follow(cluster.brokers[id], cluster.state);
    }
  }
  return cluster;
}

bool Steps::take(Cluster& cluster, const Action& action) {
  broken_ = nullptr;
  bool done = false;
  switch (action.act) {
    case Act::kAppend:
      done = append(cluster, action.subject);
      break;
    case Act::kSendFetch:
      done = send_fetch(cluster, action.subject);
      break;
    case Act::kServeFetch:
      done = serve_fetch(cluster, action.subject);
      if (done && !limits_.late_answers) take_fetch(cluster, action.subject);
      break;
    case Act::kTakeFetch:
      done = take_fetch(cluster, action.subject);
      break;
    case Act::kShrink:
      done = shrink(cluster, action.subject, action.object);
      break;
    case Act::kServeProposal:
      done = serve_proposal(cluster, action.subject, action.object);
      break;
    case Act::kTakeProposal:
      done = take_proposal(cluster, action.subject);
      break;
    case Act::kObey:
      done = obey(cluster, action.subject);
      break;
    case Act::kNotice:
      done = notice(cluster, action.subject);
      break;
    case Act::kKill:
      done = kill(cluster, action.subject, action.object);
      break;
    case Act::kExpire:
      done = expire(cluster, action.subject);
      break;
    case Act::kRegister:
      done = register_again(cluster, action.subject);
      break;
    case Act::kElectController:
      done = elect_controller(cluster);
      break;
  }
  if (done) forget_refused(cluster);
  if (done && broken_ == nullptr) check(cluster);
  return done;
}

bool Steps::append(Cluster& cluster, int id) {
  Broker& broker = cluster.brokers[id];
  if (!broker.is_up || !broker.leads || cluster.appended == limits_.records) return false;
  put(broker.log, ++cluster.appended, broker.epoch);
  advance(cluster, id);
  return true;
}

bool Steps::send_fetch(Cluster& cluster, int id) {
  Broker& broker = cluster.brokers[id];
  if (!broker.is_up || broker.leads || broker.leader == kNobody) return false;
  const Fetch& last = broker.fetch;
  bool is_under_way = last.letter != Letter::kNone && last.life == cluster.registered[id] &&
                      last.epoch == broker.epoch;
  if (is_under_way) return false;
  Small latest = latest_epoch(broker.log);
  if (broker.truncates && latest < 0) {
    cut(cluster, id, broker.high_watermark);
    broker.truncates = 0;
  }
  bool tells_epoch = limits_.truncates_on_fetch || broker.truncates;
  broker.fetch = {.letter = Letter::kRequest,
                  .asks_epoch = broker.truncates,
                  .to = broker.leader,
                  .life = cluster.registered[id],
                  .offset = broker.log.size,
                  .epoch = broker.epoch,
                  .last_epoch = tells_epoch ? latest : kNobody};
  return !limits_.late_answers || serve_fetch(cluster, id);
}

void Steps::propose(Broker& broker, Small isr) {
  broker.proposed = isr;
  broker.proposal = {.letter = Letter::kRequest,
                     .isr = isr,
                     .leader_epoch = broker.epoch,
                     .version = broker.version};
  for (int id = 0; id < kReplicas; ++id) {
    if (has_bit(isr, id)) broker.proposal.lives[id] = broker.lives[id];
  }
}

void Steps::note_follower(Cluster& cluster, int leader, int follower, const Fetch& fetch) {
  Broker& broker = cluster.brokers[leader];
  if (fetch.offset > broker.log.size) return;
  if (fetch.last_epoch >= 0 && has(Rule::kLogMatchesWhenCounted)) {
    auto end = epochs_of(broker.log).end_offset_for(fetch.last_epoch, broker.log.size);
    if (replica::divergence(fetch.last_epoch, fetch.offset, end)) return;
  }
  replica::LeaderView view = view_of(broker);
  replica::FollowerState after = replica::after_fetch(
      follower_of(broker, follower), {.offset = fetch.offset, .broker_epoch = fetch.life}, view);
  broker.ends[follower] = static_cast<Small>(after.end_offset);
  broker.lives[follower] = static_cast<Small>(after.broker_epoch);
  if (!has(Rule::kJoinAtEpochStart)) view.epoch_start = 0;
  if (!has(Rule::kJoinAtHighWatermark)) view.high_watermark = 0;
  if (replica::may_join(isr_of(broker), follower, after, view)) {
    propose(broker, static_cast<Small>(broker.isr | 1 << follower));
  }
  advance(cluster, leader);
}

bool Steps::serve_fetch(Cluster& cluster, int id) {
  Fetch& fetch = cluster.brokers[id].fetch;
  if (fetch.letter != Letter::kRequest) return false;
  const Fetch asked = fetch;
  Broker& leader = cluster.brokers[asked.to];
  fetch = {};  // a refusal leads to the same question again
  if (!leader.is_up || !leader.leads || asked.to == id) return true;
  bool is_fenced = replica::compare_epochs(asked.epoch, leader.epoch) != ErrorCode::kNone;
  if (is_fenced && has(Rule::kLeaderEpochInFetch)) return true;
  auto end = epochs_of(leader.log).end_offset_for(asked.last_epoch, leader.log.size);
  fetch = asked;
  fetch.letter = Letter::kAnswer;
  if (asked.asks_epoch) {
    fetch.diverging_epoch = static_cast<Small>(end.epoch);
    fetch.diverging_end = static_cast<Small>(end.end_offset);
    return true;
  }
  if (replica::is_of_earlier_life(asked.life, leader.lives[id])) {
    fetch = {};
    return true;
  }
  note_follower(cluster, asked.to, id, asked);
  if (asked.last_epoch >= 0) {
    if (auto at = replica::divergence(asked.last_epoch, asked.offset, end)) {
      fetch.diverging_epoch = static_cast<Small>(at->epoch);
      fetch.diverging_end = static_cast<Small>(at->end_offset);
      if (at->epoch < 0) fetch = {};  // OFFSET_OUT_OF_RANGE
      return true;
    }
  }
  fetch.high_watermark = leader.high_watermark;
  for (int i = asked.offset; i < leader.log.size; ++i) {
    fetch.records[fetch.count] = leader.log.records[i];
    fetch.epochs[fetch.count] = leader.log.epochs[i];
    ++fetch.count;
  }
  return true;
}

void Steps::cut(Cluster& cluster, int id, Small offset) {
  Broker& broker = cluster.brokers[id];
  bool is_member = has_bit(cluster.state.isr, id) && !broker.has_lost;
  break_if(is_member && offset < broker.high_watermark,
           "a member of the ISR truncates below its high watermark");
  truncate(broker.log, offset);
  broker.high_watermark = std::min(broker.high_watermark, broker.log.size);
}

bool Steps::take_fetch(Cluster& cluster, int id) {
  Broker& broker = cluster.brokers[id];
  if (broker.fetch.letter != Letter::kAnswer || !broker.is_up) return false;
  const Fetch answer = broker.fetch;
  broker.fetch = {};
  if (broker.leads || answer.life != cluster.registered[id]) return true;
  replica::FetchState state{.leader_epoch = broker.epoch, .offset = broker.log.size};
  if (!state.awaits(answer.epoch, answer.offset)) return true;
  if (answer.asks_epoch != broker.truncates) return true;
  bool diverges = answer.asks_epoch || answer.diverging_epoch >= 0;
  if (diverges) {
    auto own = epochs_of(broker.log).end_offset_for(answer.diverging_epoch, broker.log.size);
    replica::Truncation at = replica::truncation_point(
        {answer.diverging_epoch, answer.diverging_end}, {.fetch_offset = broker.high_watermark,
                                                         .end_offset = broker.log.size,
                                                         .of_leader_epoch = own});
    cut(cluster, id, static_cast<Small>(at.offset));
    broker.truncates = !limits_.truncates_on_fetch && !at.is_complete;
    return true;
  }
  if (answer.offset > broker.log.size || answer.count + broker.log.size > kMostRecords) return true;
  for (int i = 0; i < answer.count; ++i) put(broker.log, answer.records[i], answer.epochs[i]);
  broker.high_watermark = std::min(answer.high_watermark, broker.log.size);
  return true;
}

void Steps::advance(Cluster& cluster, int id) {
  Broker& broker = cluster.brokers[id];
  replica::Followers followers;
  for (int other = 0; other < kReplicas; ++other) {
    if (other != id) followers[other] = follower_of(broker, other);
  }
  replica::IsrState isr = isr_of(broker);
  if (!has(Rule::kMaximalIsr) && isr.proposed) isr = {.committed = *isr.proposed};
  if (!has(Rule::kWholeIsrHasIt)) isr = {};
  auto common = static_cast<Small>(
      replica::common_offset(isr, followers, view_of(broker), [](BrokerId) { return false; }));
  if (common <= broker.high_watermark) return;
  broker.high_watermark = common;
  Small known = std::min(common, cluster.committed);
  break_if(!std::equal(broker.log.records.begin(), broker.log.records.begin() + known,
                       cluster.committed_records.begin()),
           "a leader commits other records where some are committed already");
  if (common <= cluster.committed) return;
  cluster.committed = common;
  cluster.committed_records = {};
  std::copy_n(broker.log.records.begin(), common, cluster.committed_records.begin());
}

bool Steps::shrink(Cluster& cluster, int id, int follower) {
  Broker& broker = cluster.brokers[id];
  if (!broker.is_up || !broker.leads || follower == id || !limits_.may_shrink) return false;
  replica::Followers followers;
  for (int other = 0; other < kReplicas; ++other) {
    if (other == id) continue;
    followers[other] = follower_of(broker, other);
    if (other != follower) followers[other].last_caught_up_ms = 0;
  }
  auto out = replica::out_of_sync(isr_of(broker), id, followers, view_of(broker));
  if (out.empty()) return false;
  propose(broker, static_cast<Small>(broker.isr & ~bits_of(out)));
  return true;
}

bool Steps::write(Cluster& cluster, Controller& controller, State state) {
  if (state.leader_epoch > limits_.leader_epochs) return false;
  bool is_deposed = controller.epoch != cluster.controller_epoch;
  if (is_deposed && has(Rule::kControllerEpochInZooKeeper)) {
    Small epoch = controller.epoch;
    controller = {};
    controller.epoch = epoch;
    return false;
  }
  if (state.version != cluster.state.version && has(Rule::kVersionInZooKeeper)) {
    controller.state = cluster.state;  // it reads anew, and goes on at another look
    return false;
  }
  break_if(state.leader_epoch < cluster.state.leader_epoch, "the leader epoch goes back");
  break_if(state.leader_epoch == cluster.state.leader_epoch &&
               state.leader != cluster.state.leader && state.leader != kNobody,
           "two leaders have one epoch");
  state.version = static_cast<Small>(cluster.state.version + 1);
  cluster.state = controller.state = state;
  return true;
}

bool Steps::serve_proposal(Cluster& cluster, int id, int which) {
  Controller& controller = cluster.controllers[which];
  Proposal& proposal = cluster.brokers[id].proposal;
  if (proposal.letter != Letter::kRequest || !controller.is_active) return false;
  controller::IsrChange change{.leader_epoch = proposal.leader_epoch,
                               .new_isr = ids_of(proposal.isr),
                               .partition_epoch = proposal.version};
  for (BrokerId member : change.new_isr) {
    Small life = proposal.lives[member];
    bool tells = life > 0 && member != id && has(Rule::kBrokerEpochAtController);
    change.new_isr_epochs.push_back(tells ? life : controller::kUnknownBrokerEpoch);
  }
  controller::Partition partition;
  partition.assignment.replicas = {0, 1, 2};
  partition.leadership = leadership_of(controller.state);
  if (!has(Rule::kLeaderEpochAtController)) {
    change.leader_epoch = controller.state.leader_epoch;
    change.partition_epoch = controller.state.version;
    partition.leadership->leader = id;
  }
  auto is_eligible = [&](BrokerId broker, std::int64_t epoch) {
    return controller.lives[broker] != 0 &&
           (epoch == controller::kUnknownBrokerEpoch || epoch == controller.lives[broker]);
  };
  controller::IsrDecision decision =
      controller::decide_isr_change(change, id, 3, &partition, is_eligible);
  ErrorCode error = decision.error;
  if (decision.is_written) {
    if (cluster.isr_changes == limits_.isr_changes) return false;
    ++cluster.isr_changes;
    State next = controller.state;
    next.isr = proposal.isr;
    next.leader = static_cast<Small>(id);
    if (!write(cluster, controller, next)) {
      error = controller.is_active ? ErrorCode::kInvalidUpdateVersion : ErrorCode::kNotController;
    }
  }
  proposal.letter = Letter::kAnswer;
  if (error != ErrorCode::kNone) {
    replica::IsrRefusal refusal = replica::meaning_of(error);
    proposal.error = refusal == replica::IsrRefusal::kGoBack ? kGoBack
                     : refusal == replica::IsrRefusal::kWait ? kWait
                                                             : kRepeat;
    return true;
  }
  proposal.answer = controller.state;
  return true;
}

bool Steps::take_proposal(Cluster& cluster, int id) {
  Broker& broker = cluster.brokers[id];
  if (broker.proposal.letter != Letter::kAnswer || !broker.is_up) return false;
  const Proposal answered = broker.proposal;
  broker.proposal = {};
  replica::IsrProposal asked{.leader_epoch = answered.leader_epoch,
                             .isr = ids_of(answered.isr),
                             .partition_epoch = answered.version};
  replica::IsrState isr = isr_of(broker);
  if (!broker.leads || !replica::is_awaited(isr, broker.epoch, asked)) {
    return true;
  }
  if (answered.error == kRepeat) {
    broker.proposal = answered;
    broker.proposal.letter = Letter::kRequest;
    broker.proposal.error = 0;
    return true;
  }
  if (answered.error == kGoBack) broker.proposed = 0;
  if (answered.error != 0) return true;
  auto next = replica::settled(isr, broker.epoch,
                               {.leader_epoch = answered.answer.leader_epoch,
                                .isr = ids_of(answered.answer.isr),
                                .partition_epoch = answered.answer.version});
  if (!next) return true;
  broker.isr = bits_of(next->committed);
  broker.version = static_cast<Small>(next->partition_epoch);
  broker.proposed = 0;
  advance(cluster, id);
  return true;
}

void Steps::lead(Cluster& cluster, int id, const State& state) {
  Broker& broker = cluster.brokers[id];
  if (state.leader_epoch > broker.epoch) assign(broker.log, state.leader_epoch, broker.log.size);
  broker.epoch_start = broker.log.size;
  replica::LeaderView view = view_of(broker);
  for (int other = 0; other < kReplicas; ++other) {
    if (other == id) continue;
    replica::FollowerState after = replica::at_new_epoch(follower_of(broker, other), !broker.leads,
                                                         has_bit(state.isr, other), view);
    broker.ends[other] = static_cast<Small>(after.end_offset);
    broker.lives[other] = static_cast<Small>(std::max<std::int64_t>(after.broker_epoch, 0));
  }
  broker.leads = 1;
  broker.truncates = broker.proposed = 0;
  broker.leader = static_cast<Small>(id);
  broker.epoch = state.leader_epoch;
  broker.isr = state.isr;
  broker.version = state.version;
  advance(cluster, id);
}

void Steps::follow(Broker& broker, const State& state) {
  Small controller_epoch = broker.controller_epoch;
  clear_role(broker);
  broker.controller_epoch = controller_epoch;
  broker.leader = state.leader;
  broker.epoch = state.leader_epoch;
  broker.truncates = limits_.truncates_on_fetch ? 0 : 1;
}

bool Steps::obey(Cluster& cluster, int which) {
  if (which >= cluster.commands) return false;
  const Command command = cluster.command[which];
  Broker& broker = cluster.brokers[command.to];
  if (!broker.is_up) return false;
  // One that is refused changes nothing, and may come again.
  if (replica::is_of_earlier_life(command.life, broker.life) && has(Rule::kBrokerEpochAtBroker)) {
    return false;
  }
  if (replica::is_deposed(command.controller_epoch, broker.controller_epoch)) {
    return false;
  }
  if (!replica::is_newer(command.state.leader_epoch, broker.epoch)) return false;
  if (command.state.leader == kNobody) return false;
  broker.controller_epoch = command.controller_epoch;
  if (command.state.leader == command.to) {
    lead(cluster, command.to, command.state);
    return true;
  }
  follow(broker, command.state);
  if (!has(Rule::kTruncateByEpochs)) {
    truncate(broker.log, broker.high_watermark);  // as before KIP-101
    broker.truncates = 0;
  }
  return true;
}

void Steps::tell(Cluster& cluster, const Controller& controller, int id) {
  if (controller.lives[id] == 0) return;
  Command command{.to = static_cast<Small>(id),
                  .life = controller.lives[id],
                  .controller_epoch = controller.epoch,
                  .state = controller.state};
  auto end = cluster.command.begin() + cluster.commands;
  if (std::any_of(cluster.command.begin(), end, [&](const Command& known) {
        return std::memcmp(&known, &command, sizeof(command)) == 0;
      })) {
    return;
  }
  if (cluster.commands == kMostLetters) {
    cluster.overflow = 1;
    return;
  }
  *end = command;
  ++cluster.commands;
  std::sort(cluster.command.begin(), end + 1, is_less);
}

void Steps::elect(Cluster& cluster, Controller& controller) {
  if (controller.is_online || !controller.is_active) return;
  auto elected = controller::elect_offline(case_of(controller.state),
                                           [&](BrokerId id) { return controller.lives[id] != 0; },
                                           {.allowed = !has(Rule::kElectFromIsr)});
  if (!elected || !write(cluster, controller, state_of(elected->leadership))) return;
  controller.is_online = 1;
  for (BrokerId id : elected->recipients) tell(cluster, controller, id);
}

// A replica is offline.
void Steps::retire(Cluster& cluster, Controller& controller, int id) {
  if (controller.epoch == cluster.controller_epoch) cluster.brokers[id].has_lost = 0;
  if (controller.state.leader == kNobody || controller.lives[controller.state.leader] == 0) {
    controller.is_online = 0;
  }
  elect(cluster, controller);
  if (!controller.is_active) return;
  auto left = controller::remove_from_isr(leadership_of(controller.state), id);
  if (!left) return;
  if (!has(Rule::kLastInSyncStays)) std::erase(left->isr, id);
  if (!write(cluster, controller, state_of(*left))) return;
  if (controller.state.leader == kNobody) controller.is_online = 0;
  for (int other = 0; other < kReplicas; ++other) {
    if (other != id) tell(cluster, controller, other);
  }
}

void Steps::start(Cluster& cluster, Controller& controller, int id) {
  controller.lives[id] = cluster.registered[id];
  tell(cluster, controller, id);
  elect(cluster, controller);
}

bool Steps::notice(Cluster& cluster, int which) {
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

bool Steps::kill(Cluster& cluster, int id, int keeps) {
  Broker& broker = cluster.brokers[id];
  if (!broker.is_up || cluster.faults == limits_.faults || keeps > broker.log.size) return false;
  if (!may_fail(cluster)) return false;
  bool loses = keeps < broker.log.size;
  if (loses) {
    bool others_have = false;
    for (int other = 0; other < kReplicas; ++other) {
      bool is_well = cluster.brokers[other].is_up && cluster.registered[other] != 0;
      others_have |= other != id && has_bit(cluster.state.isr, other) && is_well;
    }
    if (!limits_.may_lose_tail || !others_have) return false;
    broker.has_lost = 1;
  }
  ++cluster.faults;
  truncate(broker.log, static_cast<Small>(keeps));
  broker.high_watermark = loses ? Small{0} : broker.high_watermark;
  clear_role(broker);
  broker.proposal = {};
  if (broker.fetch.letter == Letter::kAnswer) broker.fetch = {};
  broker.is_up = 0;
  return true;
}

bool Steps::may_fail(const Cluster& cluster) const {
  // Who is told only that a broker is there cannot know that it came back without its records: the
  // protocol has no word for it in ZooKeeper mode (KIP-966 is for KRaft).
  return limits_.may_fail_beside_loss ||
         std::none_of(cluster.brokers.begin(), cluster.brokers.end(),
                      [](const Broker& broker) { return broker.has_lost != 0; });
}

bool Steps::expire(Cluster& cluster, int id) {
  if (cluster.registered[id] == 0) return false;
  if (cluster.brokers[id].is_up) {
    if (!limits_.may_lose_session) return false;
    if (cluster.faults == limits_.faults || !may_fail(cluster)) return false;
    ++cluster.faults;
  }
  cluster.registered[id] = 0;
  return true;
}

bool Steps::register_again(Cluster& cluster, int id) {
  if (cluster.registered[id] != 0 || id >= limits_.brokers) return false;
  Broker& broker = cluster.brokers[id];
  broker.is_up = 1;
  cluster.registered[id] = ++broker.life;
  return true;
}

bool Steps::elect_controller(Cluster& cluster) {
  if (cluster.controller_changes == limits_.controller_changes) return false;
  if (!may_fail(cluster)) return false;
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
    if (controller.lives[id] != 0) continue;
    auto left = controller::remove_from_isr(leadership_of(controller.state), id);
    if (left && write(cluster, controller, state_of(*left))) {
      for (int other = 0; other < kReplicas; ++other) tell(cluster, controller, other);
    }
  }
  controller.is_online =
      controller.state.leader != kNobody && controller.lives[controller.state.leader] != 0;
  elect(cluster, controller);
  return true;
}

// What will be refused for ever might as well be lost: fewer states.
void Steps::forget_refused(Cluster& cluster) const {
  if (!has(Rule::kBrokerEpochAtBroker)) return;
  auto end = cluster.command.begin() + cluster.commands;
  auto kept = std::remove_if(cluster.command.begin(), end, [&](const Command& command) {
    const Broker& broker = cluster.brokers[command.to];
    bool is_old = broker.is_up && command.state.leader_epoch <= broker.epoch;
    return command.life < broker.life || is_old || command.state.leader == kNobody;
  });
  std::fill(kept, end, Command{});
  cluster.commands = static_cast<Small>(kept - cluster.command.begin());
}

void Steps::check(const Cluster& cluster) {
  const State& state = cluster.state;
  break_if(state.isr == 0, "the ISR is empty");
  break_if(state.leader != kNobody && !has_bit(state.isr, state.leader),
           "the leader is not in the ISR");
  for (int id = 0; id < kReplicas; ++id) {
    const Broker& broker = cluster.brokers[id];
    break_if(has_bit(state.isr, id) && !broker.has_lost && !has_committed(cluster, broker.log),
             "a member of the ISR lacks a committed record");
    bool leads_now =
        broker.is_up && broker.leads && state.leader == id && broker.epoch == state.leader_epoch;
    break_if(leads_now && !has_committed(cluster, broker.log),
             "the leader lacks a committed record");
    break_if(broker.epoch > state.leader_epoch, "a broker knows of an epoch that never was");
    for (int other = 0; other < id; ++other) {
      const Broker& peer = cluster.brokers[other];
      break_if(
          broker.is_up && peer.is_up && broker.leads && peer.leads && broker.epoch == peer.epoch,
          "two brokers lead in one epoch");
      for (int i = std::min(broker.log.size, peer.log.size) - 1; i >= 0; --i) {
        if (broker.log.epochs[i] != peer.log.epochs[i]) continue;
        break_if(!std::equal(broker.log.records.begin(), broker.log.records.begin() + i + 1,
                             peer.log.records.begin()),
                 "logs agree in an epoch and differ below");
        break;
      }
    }
  }
}

}  // namespace odradek::model
