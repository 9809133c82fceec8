#include "server/controller/partition_states.h"

#include <utility>

#include "base/log.h"
#include "server/controller/known_leaderships.h"

namespace odradek::controller {
namespace {

using protocol::ErrorCode;

base::Error failed(ErrorCode code, const TopicPartition& id, const std::string& why) {
  return base::Error(code, "partition " + id.to_string() + ": " + why);
}

}  // namespace

std::vector<TopicPartition> PartitionStates::permitted(
    const std::vector<TopicPartition>& partitions, PartitionState to) {
  std::vector<TopicPartition> good;
  for (const TopicPartition& id : partitions) {
    const Partition* partition = context_.partition(id);
    const PartitionState from = partition ? partition->state : PartitionState::kNonExistent;
    if (partition != nullptr && may_follow(from, to)) {
      good.push_back(id);
    } else {
      LOG(ERROR) << context_.tag() << "partition " << id.to_string() << ": " << to_string(from)
                 << " cannot become " << to_string(to) << "; left as it is";
    }
  }
  return good;
}

void PartitionStates::in_memory(const std::vector<TopicPartition>& partitions, PartitionState to) {
  for (const TopicPartition& id : permitted(partitions, to)) context_.partition(id)->state = to;
}

void PartitionStates::to_new(const std::vector<TopicPartition>& partitions) {
  in_memory(partitions, PartitionState::kNew);
}
void PartitionStates::to_offline(const std::vector<TopicPartition>& partitions) {
  in_memory(partitions, PartitionState::kOffline);
}
void PartitionStates::to_non_existent(const std::vector<TopicPartition>& partitions) {
  in_memory(partitions, PartitionState::kNonExistent);
}

ElectionResults PartitionStates::to_online(const std::vector<TopicPartition>& partitions,
                                           Strategy strategy) {
  std::vector<TopicPartition> fresh;
  std::vector<TopicPartition> known;
  for (TopicPartition& id : permitted(partitions, PartitionState::kOnline)) {
    bool is_new = context_.partition(id)->state == PartitionState::kNew;
    (is_new ? fresh : known).push_back(std::move(id));
  }
  batch_.begin();
  create_first(fresh);
  ElectionResults results = elect(std::move(known), strategy);
  if (store_.ok()) {
    batch_.send();
  } else {
    batch_.drop();
  }
  return results;
}

std::size_t PartitionStates::try_all_online(const std::optional<std::string>& topic) {
  std::vector<TopicPartition> leaderless =
      context_.partitions_if([&](const TopicPartition& id, const Partition& partition) {
        return (!topic || id.topic == *topic) &&
               (partition.state == PartitionState::kOffline ||
                partition.state == PartitionState::kNew) &&
               !context_.is_queued_for_deletion(id.topic);
      });
  std::size_t elected = 0;
  for (const auto& [id, result] : to_online(leaderless, Strategy::kOffline)) {
    if (result.ok()) {
      ++elected;
    } else {
      LOG(WARNING) << context_.tag() << result.error().message;
    }
  }
  return elected;
}

void PartitionStates::create_first(const std::vector<TopicPartition>& partitions) {
  std::vector<LeadershipWrite> writes;
  std::vector<Elected> chosen;
  for (const TopicPartition& id : partitions) {
    const Replicas& replicas = context_.partition(id)->assignment.replicas;
    auto elected = elect_first(
        replicas, [&](BrokerId broker) { return context_.is_replica_online(broker, id); });
    if (!elected) {
      LOG(ERROR) << context_.tag() << "partition " << id.to_string()
                 << ": no replica is alive, no leader; replicas " << to_string(replicas);
      continue;
    }
    elected->leadership.controller_epoch = context_.epoch();
    writes.push_back({.partition = id, .leadership = elected->leadership});
    chosen.push_back(std::move(*elected));
  }
  std::vector<LeadershipWritten> written = store_.create_leaderships(writes);
  const bool is_logged = writes.size() <= kLoggedOneByOne;
  LOG_IF(INFO, !is_logged) << context_.tag() << writes.size() << " partitions created";
  for (std::size_t i = 0; i < written.size(); ++i) {
    const TopicPartition& id = writes[i].partition;
    if (written[i].outcome == WriteOutcome::kDone) {
      chosen[i].leadership.partition_epoch = written[i].partition_epoch;
      take_over(id, chosen[i], true);
      if (!is_logged) continue;
      LOG(INFO) << context_.tag() << "partition " << id.to_string() << ": created, leader "
                << chosen[i].leadership.leader << ", isr " << to_string(chosen[i].leadership.isr)
                << ", replicas " << to_string(context_.partition(id)->assignment.replicas);
    } else if (store_.ok()) {
      LOG(ERROR) << context_.tag() << "partition " << id.to_string()
                 << ": its state exists already, or could not be created; no leader";
    }
  }
}

ElectionResults PartitionStates::elect(std::vector<TopicPartition> partitions, Strategy strategy) {
  ElectionResults results;
  std::vector<std::optional<Leadership>> states = known_leaderships(context_, store_, partitions);
  while (!partitions.empty() && store_.ok()) {
    partitions = elect_once(cases_of(partitions, std::move(states), results), strategy, results);
    states = store_.leaderships(partitions);
  }
  for (const TopicPartition& id : partitions) {
    results.insert_or_assign(id, failed(ErrorCode::kNotController, id, store_.failure()->message));
  }
  return results;
}

std::map<TopicPartition, PartitionStates::Pending> PartitionStates::cases_of(
    const std::vector<TopicPartition>& partitions, std::vector<std::optional<Leadership>> states,
    ElectionResults& results) const {
  std::map<TopicPartition, Pending> cases;
  for (std::size_t i = 0; i < partitions.size(); ++i) {
    const TopicPartition& id = partitions[i];
    if (!states[i]) {
      results.insert_or_assign(
          id, failed(ErrorCode::kUnknownTopicOrPartition, id, "its state is missing in ZooKeeper"));
    } else if (states[i]->controller_epoch > context_.epoch()) {
      results.insert_or_assign(
          id, failed(ErrorCode::kStaleControllerEpoch, id,
                     "its state is of controller epoch " +
                         std::to_string(states[i]->controller_epoch) + ", which is later"));
    } else {
      cases[id].partition = {.current = std::move(*states[i]),
                             .replicas = context_.partition(id)->assignment.replicas};
    }
  }
  return cases;
}

std::set<std::string> PartitionStates::unclean_topics(
    const std::map<TopicPartition, Pending>& cases, Strategy strategy) {
  std::set<std::string> topics;
  if (strategy != Strategy::kOffline && strategy != Strategy::kOfflineUnclean) return topics;
  for (const auto& [id, pending] : cases) {
    auto is_live = [&, &tp = id](BrokerId broker) {
      return context_.is_replica_online(broker, tp);
    };
    if (!has_live_in_sync(pending.partition, is_live)) topics.insert(id.topic);
  }
  if (strategy == Strategy::kOfflineUnclean) return topics;
  std::map<std::string, bool> overrides = store_.unclean_overrides(topics);
  std::erase_if(topics, [&](const std::string& topic) {
    auto it = overrides.find(topic);
    return !(it != overrides.end() ? it->second : options_.unclean_leader_election_enable);
  });
  return topics;
}

std::optional<Elected> PartitionStates::choose(const TopicPartition& id,
                                               const ElectionCase& partition, Strategy strategy,
                                               bool unclean) const {
  auto is_live = [&](BrokerId broker) { return context_.is_replica_online(broker, id); };
  switch (strategy) {
    case Strategy::kOffline:
    case Strategy::kOfflineUnclean:
      return elect_offline(
          partition, is_live,
          {.allowed = unclean,
           .mark_recovering = config::has_leader_recovery_state(options_.protocol_version)});
    case Strategy::kReassignment:
      return elect_for_reassignment(partition, context_.partition(id)->target(), is_live);
    case Strategy::kPreferred:
      return elect_preferred(partition, is_live);
    case Strategy::kControlledShutdown:
      return elect_for_shutdown(
          partition,
          [&](BrokerId broker) { return context_.is_replica_online_or_shutting_down(broker, id); },
          context_.shutting_down());
  }
  return std::nullopt;
}

std::vector<TopicPartition> PartitionStates::elect_once(std::map<TopicPartition, Pending> cases,
                                                        Strategy strategy,
                                                        ElectionResults& results) {
  const std::set<std::string> unclean = unclean_topics(cases, strategy);
  std::vector<LeadershipWrite> writes;
  for (auto& [id, pending] : cases) {
    pending.elected = choose(id, pending.partition, strategy, unclean.contains(id.topic));
    if (!pending.elected) {
      results.insert_or_assign(
          id, failed(ErrorCode::kEligibleLeadersNotAvailable, id,
                     "no replica may lead; isr " + to_string(pending.partition.current.isr) +
                         ", replicas " + to_string(pending.partition.replicas)));
      continue;
    }
    pending.elected->leadership.controller_epoch = context_.epoch();
    writes.push_back({.partition = id, .leadership = pending.elected->leadership});
  }
  std::vector<TopicPartition> again;
  std::vector<LeadershipWritten> written = store_.update_leaderships(writes);
  const bool is_logged = writes.size() <= kLoggedOneByOne;
  for (std::size_t i = 0; i < writes.size(); ++i) {
    const TopicPartition& id = writes[i].partition;
    if (written[i].outcome == WriteOutcome::kDone) {
      Pending& pending = cases[id];
      pending.elected->leadership.partition_epoch = written[i].partition_epoch;
      note_elected(id, pending, is_logged);
      take_over(id, *pending.elected, false);
      results.insert_or_assign(id, pending.elected->leadership);
    } else if (written[i].outcome == WriteOutcome::kBadVersion || !store_.ok()) {
      again.push_back(id);
    } else {
      results.insert_or_assign(
          id, failed(ErrorCode::kUnknownServerError, id, "its state could not be written"));
    }
  }
  LOG_IF(INFO, !is_logged) << context_.tag() << writes.size() - again.size()
                           << " partitions got another leader";
  return again;
}

void PartitionStates::note_elected(const TopicPartition& id, const Pending& pending,
                                   bool is_logged) const {
  const Leadership& before = pending.partition.current;
  const Leadership& now = pending.elected->leadership;
  if (is_logged) {
    LOG(INFO) << context_.tag() << "partition " << id.to_string() << ": leader " << before.leader
              << " -> " << now.leader << ", isr " << to_string(before.isr) << " -> "
              << to_string(now.isr);
  }
  LOG_IF(WARNING, !before.in_isr(now.leader))
      << context_.tag() << "partition " << id.to_string() << ": unclean election of " << now.leader
      << ", records may be lost";
}

void PartitionStates::take_over(const TopicPartition& id, const Elected& elected, bool is_new) {
  Partition& partition = *context_.partition(id);
  partition.leadership = elected.leadership;
  partition.state = PartitionState::kOnline;
  batch_.add_leader_and_isr(elected.recipients, id, elected.leadership, is_new);
}

}  // namespace odradek::controller
