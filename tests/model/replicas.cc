#include "tests/model/replicas.h"

#include <algorithm>

#include "server/replica/fetcher/replica_fetcher.h"
#include "server/replica/fetcher/truncation.h"
#include "tests/model/values.h"

namespace odradek::model {

void Replicas::clear_role(Broker& broker) {
  broker.leads = broker.truncates = broker.proposed = broker.isr = broker.epoch_start = 0;
  broker.leader = broker.epoch = broker.version = kNobody;
  broker.controller_epoch = 0;
  broker.ends = {kNobody, kNobody, kNobody};
  broker.lives = {};
}

void Replicas::lead(Cluster& cluster, int id, const State& state) {
  Broker& broker = cluster.brokers[id];
  if (state.leader_epoch > broker.epoch) decisions_.begin_epoch(broker.log, state.leader_epoch);
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

void Replicas::follow(Cluster& cluster, int id, const State& state) {
  Broker& broker = cluster.brokers[id];
  Small controller_epoch = broker.controller_epoch;
  clear_role(broker);
  broker.controller_epoch = controller_epoch;
  broker.leader = state.leader;
  broker.epoch = state.leader_epoch;
  broker.truncates = setting_.limits.truncates_on_fetch ? 0 : 1;
}

bool Replicas::append(Cluster& cluster, int id) {
  Broker& broker = cluster.brokers[id];
  bool is_full = cluster.appended == setting_.limits.records;
  if (!broker.is_up || !broker.leads || is_full) return false;
  decisions_.put(broker.log, ++cluster.appended, broker.epoch);
  advance(cluster, id);
  return true;
}

void Replicas::advance(Cluster& cluster, int id) {
  Broker& broker = cluster.brokers[id];
  Small common = decisions_.common_offset(broker, id);
  if (common <= broker.high_watermark) return;
  broker.high_watermark = common;
  Small known = std::min(common, cluster.committed);
  breach_.add_if(!std::equal(broker.log.records.begin(), broker.log.records.begin() + known,
                             cluster.committed_records.begin()),
                 "a leader commits other records where some are committed already");
  if (common <= cluster.committed) return;
  cluster.committed = common;
  cluster.committed_records = {};
  std::copy_n(broker.log.records.begin(), common, cluster.committed_records.begin());
}

LateFetch Replicas::present_fetch(const Broker& broker) {
  bool tells_epoch = setting_.limits.truncates_on_fetch || broker.truncates;
  return {.to = broker.leader,
          .life = broker.life,
          .offset = broker.log.size,
          .epoch = broker.epoch,
          .last_epoch = tells_epoch ? decisions_.latest_epoch(broker.log) : kNobody};
}

bool Replicas::is_served(const Cluster& cluster, int id, const LateFetch& asked) const {
  const Broker& leader = cluster.brokers[asked.to];
  if (!leader.is_up || !leader.leads || asked.to == id) return false;
  bool is_fenced = replica::compare_epochs(asked.epoch, leader.epoch) != ErrorCode::kNone;
  return !is_fenced || !setting_.has(Rule::kLeaderEpochInFetch);
}

bool Replicas::diverges(const Broker& leader, const LateFetch& asked) {
  if (asked.last_epoch < 0) return false;
  Decisions::EpochEnd end = decisions_.end_of(leader.log, asked.last_epoch);
  return replica::divergence(asked.last_epoch, asked.offset, {end.epoch, end.end}).has_value();
}

// False also where it proposes and has no reason to.
bool Replicas::note_follower(Cluster& cluster, int id, const LateFetch& asked, bool proposes) {
  Broker& leader = cluster.brokers[asked.to];
  bool matches = !setting_.has(Rule::kLogMatchesWhenCounted) || !diverges(leader, asked);
  bool has_counted = asked.offset <= leader.log.size && matches;
  if (proposes && !(has_counted && decisions_.may_join(leader, id, asked.offset))) return false;
  if (!has_counted) return true;
  replica::FollowerState after =
      replica::after_fetch(follower_of(leader, id),
                           {.offset = asked.offset, .broker_epoch = asked.life}, view_of(leader));
  leader.ends[id] = static_cast<Small>(after.end_offset);
  leader.lives[id] = static_cast<Small>(after.broker_epoch);
  if (proposes) propose(leader, asked.to, static_cast<Small>(leader.isr | 1 << id));
  advance(cluster, asked.to);
  return true;
}

void Replicas::propose(Broker& broker, int id, Small isr) {
  broker.proposed = isr;
  broker.proposal = {.letter = Letter::kRequest,
                     .life = broker.life,
                     .isr = isr,
                     .leader_epoch = broker.epoch,
                     .version = broker.version};
  if (!setting_.has(Rule::kBrokerEpochAtController)) return;
  std::vector<BrokerId> members = ids_of(isr);
  std::vector<std::int64_t> epochs = replica::broker_epochs_of(members, followers_of(broker, id));
  for (std::size_t i = 0; i < members.size(); ++i) {
    broker.proposal.lives[members[i]] = static_cast<Small>(std::max<std::int64_t>(epochs[i], 0));
  }
}

FetchAnswer Replicas::answer_to(const Broker& leader, const LateFetch& asked, bool asks_epoch) {
  FetchAnswer answer{.is_there = asked.life,
                     .asks_epoch = asks_epoch,
                     .offset = asked.offset,
                     .epoch = asked.epoch,
                     .diverges = asks_epoch || diverges(leader, asked)};
  if (answer.diverges) {
    Decisions::EpochEnd end = decisions_.end_of(leader.log, asked.last_epoch);
    answer.diverging_epoch = end.epoch;
    answer.diverging_end = end.end;
    return answer;
  }
  answer.high_watermark = leader.high_watermark;
  for (int i = asked.offset; i < leader.log.size; ++i) {
    answer.records[answer.count] = leader.log.records[i];
    answer.epochs[answer.count] = leader.log.epochs[i];
    ++answer.count;
  }
  return answer;
}

bool Replicas::fetch(Cluster& cluster, int id, const FetchOutcome& outcome) {
  Broker& broker = cluster.brokers[id];
  if (!broker.fetches()) return false;
  const FetchAnswer& last = broker.answer;
  if (last.is_there == broker.life && last.epoch == broker.epoch)
    return false;  // it waits for that
  bool asks_epoch = broker.truncates != 0;
  if (asks_epoch && decisions_.latest_epoch(broker.log) < 0) {
    if (outcome.proposes || outcome.stays) return false;
    cut(cluster, id, broker.high_watermark);
    broker.truncates = 0;
    return true;
  }
  LateFetch asked = present_fetch(broker);
  if (!is_served(cluster, id, asked)) return false;
  const Broker& leader = cluster.brokers[asked.to];
  if (!asks_epoch) {
    bool is_old = replica::is_of_earlier_life(asked.life, leader.lives[id]);
    if (is_old && setting_.has(Rule::kBrokerEpochInFetch)) return false;
    if (!note_follower(cluster, id, asked, outcome.proposes)) return false;
  } else if (outcome.proposes) {
    return false;
  }
  FetchAnswer answer = answer_to(leader, asked, asks_epoch);
  if (outcome.stays) broker.answer = answer;
  if (outcome.is_taken) take(cluster, id, answer);
  return true;
}

bool Replicas::serve_late(Cluster& cluster, int id, int which, bool proposes) {
  const LateFetch asked = cluster.brokers[id].late[which];
  if (asked.life == 0 || !is_served(cluster, id, asked)) return false;
  const Broker& leader = cluster.brokers[asked.to];
  bool is_old = replica::is_of_earlier_life(asked.life, leader.lives[id]);
  if (is_old && setting_.has(Rule::kBrokerEpochInFetch)) return false;
  if (!note_follower(cluster, id, asked, proposes)) return false;
  cluster.brokers[id].late[which] = {};
  return true;
}

bool Replicas::take_fetch(Cluster& cluster, int id) {
  Broker& broker = cluster.brokers[id];
  if (!broker.answer.is_there || !broker.is_up) return false;
  const FetchAnswer answer = broker.answer;
  broker.answer = {};
  take(cluster, id, answer);
  return true;
}

void Replicas::take(Cluster& cluster, int id, const FetchAnswer& answer) {
  Broker& broker = cluster.brokers[id];
  if (!broker.fetches() || answer.is_there != broker.life) return;
  Small epoch = setting_.has(Rule::kEpochOfFetchAnswer) ? answer.epoch : broker.epoch;
  replica::FetchState state{.leader_epoch = broker.epoch, .offset = broker.log.size};
  if (!state.awaits(epoch, answer.offset) || answer.asks_epoch != broker.truncates) return;
  if (answer.diverges) {
    if (!answer.asks_epoch && answer.diverging_epoch < 0) return;  // OFFSET_OUT_OF_RANGE
    Decisions::EpochEnd own = decisions_.end_of(broker.log, answer.diverging_epoch);
    Small told = setting_.has(Rule::kEpochInLeadersAnswer) ? answer.diverging_epoch : kNobody;
    replica::Truncation at = replica::truncation_point({told, answer.diverging_end},
                                                       {.fetch_offset = broker.high_watermark,
                                                        .end_offset = broker.log.size,
                                                        .of_leader_epoch = {own.epoch, own.end}});
    cut(cluster, id, static_cast<Small>(at.offset));
    broker.truncates = !setting_.limits.truncates_on_fetch && !at.is_complete;
    return;
  }
  if (answer.offset > broker.log.size || answer.count + broker.log.size > kMostRecords) return;
  for (int i = 0; i < answer.count; ++i) {
    decisions_.put(broker.log, answer.records[i], answer.epochs[i]);
  }
  broker.high_watermark = std::min(answer.high_watermark, broker.log.size);
}

void Replicas::cut(Cluster& cluster, int id, Small offset) {
  Broker& broker = cluster.brokers[id];
  bool is_member = has_bit(cluster.state.isr, id) && !broker.has_lost;
  breach_.add_if(is_member && offset < broker.high_watermark,
                 "a member of the ISR truncates below its high watermark");
  decisions_.truncate(broker.log, offset);
  broker.high_watermark = std::min(broker.high_watermark, broker.log.size);
}

bool Replicas::shrink(Cluster& cluster, int id, int follower) {
  Broker& broker = cluster.brokers[id];
  bool may = setting_.limits.may_shrink && broker.is_up && broker.leads && follower != id;
  if (!may || !decisions_.is_out_of_sync(broker, id, follower)) return false;
  propose(broker, id, static_cast<Small>(broker.isr & ~(1 << follower)));
  return true;
}

void Replicas::settle(Cluster& cluster, int id, const Proposal& answered) {
  Broker& broker = cluster.brokers[id];
  replica::IsrState isr = isr_of(broker);
  bool tells_epoch = setting_.has(Rule::kLeaderEpochOfIsrAnswer);
  bool tells_version = setting_.has(Rule::kPartitionEpochOfIsrAnswer);
  replica::IsrProposal asked{
      .leader_epoch = tells_epoch ? answered.leader_epoch : broker.epoch,
      .isr = ids_of(answered.isr),
      .partition_epoch = tells_version ? answered.version : isr.partition_epoch};
  if (!broker.leads || !replica::is_awaited(isr, broker.epoch, asked)) return;
  if (answered.error != 0) {
    bool goes_back = answered.error == static_cast<Small>(replica::IsrRefusal::kGoBack) + 1;
    if (goes_back) broker.proposed = 0;
    return;
  }
  if (!tells_version) isr.partition_epoch = answered.answer.version;
  auto next =
      replica::settled(isr, broker.epoch,
                       {.leader_epoch = tells_epoch ? answered.answer.leader_epoch : broker.epoch,
                        .isr = ids_of(answered.answer.isr),
                        .partition_epoch = answered.answer.version});
  if (!next) return;
  broker.isr = bits_of(next->committed);
  broker.version = static_cast<Small>(next->partition_epoch);
  broker.proposed = 0;
  advance(cluster, id);
}

void Replicas::leave_behind(Cluster& cluster, int id) {
  Broker& broker = cluster.brokers[id];
  bool waits = broker.answer.is_there == broker.life && broker.answer.epoch == broker.epoch;
  if (!broker.fetches() || broker.truncates || waits) return;
  forget_refused(cluster, setting_);
  auto place = std::find_if(broker.late.begin(), broker.late.end(),
                            [](const LateFetch& fetch) { return fetch.life == 0; });
  if (place == broker.late.end()) {
    cluster.end = End::kNoRoom;
  } else {
    *place = present_fetch(broker);
  }
}

bool Replicas::obey(Cluster& cluster, int which) {
  if (which >= cluster.commands) return false;
  const Command command = cluster.command[which];
  Broker& broker = cluster.brokers[command.to];
  if (!broker.is_up || command.state.leader == kNobody) return false;
  bool is_old = replica::is_of_earlier_life(command.life, broker.life);
  if (is_old && setting_.has(Rule::kBrokerEpochAtBroker)) return false;
  bool is_deposed = replica::is_deposed(command.controller_epoch, broker.controller_epoch);
  if (is_deposed && setting_.has(Rule::kControllerEpochAtBroker)) return false;
  bool is_newer = replica::is_newer(command.state.leader_epoch, broker.epoch);
  if (!is_newer && setting_.has(Rule::kLeaderEpochAtBroker)) return false;
  leave_behind(cluster, command.to);
  broker.controller_epoch = std::max(broker.controller_epoch, command.controller_epoch);
  if (command.state.leader == command.to) {
    lead(cluster, command.to, command.state);
    return true;
  }
  follow(cluster, command.to, command.state);
  if (!setting_.has(Rule::kTruncateByEpochs)) {
    decisions_.truncate(broker.log, broker.high_watermark);  // as before KIP-101
    broker.truncates = 0;
  }
  return true;
}

}  // namespace odradek::model
