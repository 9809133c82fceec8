#include "tests/model/cluster.h"

#include <algorithm>

namespace odradek::model {
namespace {

// With both, a controller that was deposed writes nothing, and neither does a leader through it.
bool is_fenced_in_zookeeper(const Setting& setting) {
  return setting.has(Rule::kControllerEpochInZooKeeper) && setting.has(Rule::kVersionInZooKeeper);
}

bool is_refused(const Command& command, const Broker& broker, const Setting& setting) {
  if (command.state.leader == kNobody) return true;
  // A later life knows of no epochs, and would take anything.
  if (!setting.has(Rule::kBrokerEpochAtBroker)) return false;
  if (command.life < broker.life || !broker.is_up) return true;
  if (command.state.leader_epoch <= broker.epoch && setting.has(Rule::kLeaderEpochAtBroker)) {
    return true;
  }
  return command.controller_epoch < broker.controller_epoch &&
         setting.has(Rule::kControllerEpochAtBroker);
}

// A dead broker's connections are closed.
bool is_refused(const LateFetch& fetch, int from, const Cluster& cluster, const Setting& setting) {
  const Broker& leader = cluster.brokers[fetch.to];
  if (!leader.is_up) return true;
  if (leader.epoch > fetch.epoch && setting.has(Rule::kLeaderEpochInFetch)) return true;
  bool is_of_earlier_life = leader.leads && fetch.life < leader.lives[from];
  return is_of_earlier_life && setting.has(Rule::kBrokerEpochInFetch);
}

bool is_refused(const Proposal& proposal, const Broker& broker, const Cluster& cluster,
                const Setting& setting) {
  if (proposal.letter == Letter::kNone) return false;
  bool is_awaited = broker.is_up && broker.leads && broker.proposed == proposal.isr &&
                    broker.epoch == proposal.leader_epoch && broker.version == proposal.version;
  bool tells_nobody = setting.has(Rule::kLeaderEpochOfIsrAnswer) || !broker.is_up;
  if (is_awaited || !tells_nobody) return false;
  if (proposal.letter == Letter::kAnswer) return true;
  bool is_outdated = proposal.version != cluster.state.version;
  return is_outdated && is_fenced_in_zookeeper(setting) &&
         setting.has(Rule::kLeaderEpochAtController);
}

void forget_commands(Cluster& cluster, const Setting& setting) {
  auto end = cluster.command.begin() + cluster.commands;
  auto kept = std::remove_if(cluster.command.begin(), end, [&](const Command& command) {
    return is_refused(command, cluster.brokers[command.to], setting);
  });
  std::fill(kept, end, Command{});
  cluster.commands = static_cast<Small>(kept - cluster.command.begin());
}

// Records are told apart, and no more: numbered as one meets them.
class Names {
 public:
  void give(Small& record) {
    if (record == 0) return;
    Small& name = names_[record];
    if (name == 0) name = ++given_;
    record = name;
  }

 private:
  std::array<Small, kMostRecords + 1> names_{};
  Small given_ = 0;
};

}  // namespace

bool has_committed(const Cluster& cluster, const Log& log) {
  return log.size >= cluster.committed &&
         std::equal(log.records.begin(), log.records.begin() + cluster.committed,
                    cluster.committed_records.begin());
}

void forget_refused(Cluster& cluster, const Setting& setting) {
  forget_commands(cluster, setting);
  for (int id = 0; id < kReplicas; ++id) {
    Broker& broker = cluster.brokers[id];
    for (LateFetch& fetch : broker.late) {
      if (fetch.life != 0 && is_refused(fetch, id, cluster, setting)) fetch = {};
    }
    std::stable_partition(broker.late.begin(), broker.late.end(),
                          [](const LateFetch& fetch) { return fetch.life != 0; });
    if (is_refused(broker.proposal, broker, cluster, setting)) broker.proposal = {};
  }
}

void make_canonical(Cluster& cluster) {
  if (cluster.appended > 1) {
    Names names;
    for (Broker& broker : cluster.brokers) {
      for (Small& record : broker.log.records) names.give(record);
    }
    for (Small& record : cluster.committed_records) names.give(record);
    for (Broker& broker : cluster.brokers) {
      for (Small& record : broker.answer.records) names.give(record);
    }
  }
  // Nobody asks which controllers a broker has followed when there are requests of one alone.
  bool has_deposed = false;
  for (const Controller& controller : cluster.controllers) {
    has_deposed |= controller.is_active && controller.epoch < cluster.controller_epoch;
  }
  for (int i = 0; i < cluster.commands; ++i) {
    has_deposed |= cluster.command[i].controller_epoch < cluster.controller_epoch;
  }
  if (has_deposed) return;
  for (Broker& broker : cluster.brokers) {
    broker.controller_epoch = broker.proposal.controller_asked = 0;
  }
}

void check(const Cluster& cluster, Breach& breach) {
  const State& state = cluster.state;
  breach.add_if(state.isr == 0, "the ISR is empty");
  breach.add_if(state.leader != kNobody && !has_bit(state.isr, state.leader),
                "the leader is not in the ISR");
  for (int id = 0; id < kReplicas; ++id) {
    const Broker& broker = cluster.brokers[id];
    bool lacks = !has_committed(cluster, broker.log);
    breach.add_if(has_bit(state.isr, id) && !broker.has_lost && lacks,
                  "a member of the ISR lacks a committed record");
    bool leads_now =
        broker.is_up && broker.leads && state.leader == id && broker.epoch == state.leader_epoch;
    breach.add_if(leads_now && lacks, "the leader lacks a committed record");
    breach.add_if(broker.epoch > state.leader_epoch, "a broker knows of an epoch that never was");
    for (int other = 0; other < id; ++other) {
      const Broker& peer = cluster.brokers[other];
      breach.add_if(
          broker.is_up && peer.is_up && broker.leads && peer.leads && broker.epoch == peer.epoch,
          "two brokers lead in one epoch");
      for (int i = std::min(broker.log.size, peer.log.size) - 1; i >= 0; --i) {
        if (broker.log.epochs[i] != peer.log.epochs[i]) continue;
        breach.add_if(!std::equal(broker.log.records.begin(), broker.log.records.begin() + i + 1,
                                  peer.log.records.begin()),
                      "logs agree in an epoch and differ below");
        break;
      }
    }
  }
}

}  // namespace odradek::model
