#include "server/controller/isr_changes.h"

#include <algorithm>
#include <utility>

#include "base/log.h"

namespace odradek::controller {
namespace {

// From this version on topics come by id, and INELIGIBLE_REPLICA is understood.
constexpr std::int16_t kVersionWithTopicIds = 2;

bool is_sane(const IsrChange& change, BrokerId sender, const Partition& partition) {
  const Leadership& current = *partition.leadership;
  if (sender != current.leader || !contains(change.new_isr, sender)) return false;
  if (!is_subset(change.new_isr, partition.assignment.replicas)) return false;
  if (change.recovering && change.new_isr.size() > 1) return false;
  return current.recovering || !change.recovering;
}

bool is_same(const IsrChange& change, BrokerId sender, const Leadership& current) {
  return sender == current.leader && change.new_isr == current.isr &&
         change.recovering == current.recovering &&
         change.partition_epoch <= current.partition_epoch;
}

}  // namespace

IsrDecision decide_isr_change(const IsrChange& change, BrokerId sender, std::int16_t version,
                              const Partition* partition,
                              const std::function<bool(BrokerId, std::int64_t)>& is_eligible) {
  if (partition == nullptr || !partition->leadership) {
    return {.error = ErrorCode::kUnknownTopicOrPartition};
  }
  const Leadership& current = *partition->leadership;
  // The leader knows more than we do: we are not the controller any more, and it should look for
  // the new one.
  if (change.partition_epoch > current.partition_epoch ||
      change.leader_epoch > current.leader_epoch) {
    return {.error = ErrorCode::kNotController};
  }
  if (change.leader_epoch < current.leader_epoch) return {.error = ErrorCode::kFencedLeaderEpoch};
  // Before the check of the partition epoch: a leader that repeats itself after a lost answer is
  // told yes.
  if (is_same(change, sender, current)) return {};
  if (change.partition_epoch < current.partition_epoch) {
    return {.error = ErrorCode::kInvalidUpdateVersion};
  }
  if (!is_sane(change, sender, *partition)) return {.error = ErrorCode::kInvalidRequest};
  for (std::size_t i = 0; i < change.new_isr.size(); ++i) {
    std::int64_t epoch =
        i < change.new_isr_epochs.size() ? change.new_isr_epochs[i] : kUnknownBrokerEpoch;
    if (is_eligible(change.new_isr[i], epoch)) continue;
    return {.error = version >= kVersionWithTopicIds ? ErrorCode::kIneligibleReplica
                                                     : ErrorCode::kOperationNotAttempted};
  }
  return {.error = ErrorCode::kNone, .is_written = true};
}

AlterPartitionAnswer IsrChanges::decide(const AlterPartitionRequest& request) {
  AlterPartitionAnswer answer;
  std::vector<std::size_t> accepted;
  auto is_eligible = [this](BrokerId broker, std::int64_t epoch) {
    return parts_.context.is_live(broker) &&
           (epoch == kUnknownBrokerEpoch || epoch == parts_.context.broker_epoch(broker));
  };
  for (const IsrChange& change : request.partitions) {
    IsrAnswer& result = answer.partitions.emplace_back();
    result.topic = change.topic;
    result.topic_id = change.topic_id;
    result.partition = change.partition;
    if (request.version >= kVersionWithTopicIds) {
      const std::string* name = parts_.context.topic_name(change.topic_id);
      if (name == nullptr) {
        result.error = ErrorCode::kUnknownTopicId;
        continue;
      }
      result.topic = *name;
    }
    const Partition* partition = parts_.context.partition({result.topic, change.partition});
    IsrDecision decision =
        decide_isr_change(change, request.broker_id, request.version, partition, is_eligible);
    result.error = decision.error;
    if (decision.error != ErrorCode::kNone) {
      LOG(INFO) << parts_.context.tag() << "partition " << result.topic << "-" << change.partition
                << ": isr " << to_string(change.new_isr) << " refused to leader "
                << request.broker_id << ": " << protocol::error_name(decision.error);
    } else if (decision.is_written) {
      accepted.push_back(answer.partitions.size() - 1);
    } else {
      result.leadership = *partition->leadership;
    }
  }
  write(request, accepted, answer);
  return answer;
}

void IsrChanges::write(const AlterPartitionRequest& request,
                       const std::vector<std::size_t>& accepted, AlterPartitionAnswer& answer) {
  std::vector<LeadershipWrite> writes;
  for (std::size_t at : accepted) {
    const IsrChange& change = request.partitions[at];
    writes.push_back({.partition = {answer.partitions[at].topic, change.partition},
                      .leadership = {.leader = request.broker_id,
                                     .leader_epoch = change.leader_epoch,
                                     .isr = change.new_isr,
                                     .recovering = change.recovering,
                                     .controller_epoch = parts_.context.epoch(),
                                     .partition_epoch = change.partition_epoch}});
  }
  std::vector<LeadershipWritten> written = parts_.store.update_leaderships(writes);
  std::vector<TopicPartition> outdated;
  for (std::size_t i = 0; i < accepted.size(); ++i) {
    IsrAnswer& result = answer.partitions[accepted[i]];
    const TopicPartition& id = writes[i].partition;
    if (written[i].outcome != WriteOutcome::kDone) {
      result.error = written[i].outcome == WriteOutcome::kBadVersion
                         ? ErrorCode::kInvalidUpdateVersion
                         : ErrorCode::kUnknownServerError;
      outdated.push_back(id);
      continue;
    }
    Partition& partition = *parts_.context.partition(id);
    result.leadership = writes[i].leadership;
    result.leadership.partition_epoch = written[i].partition_epoch;
    LOG(INFO) << parts_.context.tag() << "partition " << id.to_string() << ": leader "
              << request.broker_id << ", isr " << to_string(partition.leadership->isr) << " -> "
              << to_string(result.leadership.isr);
    partition.leadership = result.leadership;
  }
  // Somebody else wrote: know it before the leader asks again.
  refresh(outdated);
}

void IsrChanges::refresh(const std::vector<TopicPartition>& partitions) {
  std::vector<std::optional<Leadership>> stored = parts_.store.leaderships(partitions);
  for (std::size_t i = 0; i < partitions.size(); ++i) {
    Partition* partition = parts_.context.partition(partitions[i]);
    if (partition != nullptr && stored[i]) partition->leadership = std::move(*stored[i]);
  }
}

void IsrChanges::announce(const std::vector<TopicPartition>& partitions) {
  parts_.batch.begin();
  parts_.batch.add_update_metadata(parts_.context.live_or_shutting_down(), partitions);
  parts_.batch.send();
}

void IsrChanges::on_request(const AlterPartitionRequest& request,
                            const Reply<AlterPartitionAnswer>& reply) {
  std::optional<std::int64_t> epoch = parts_.context.broker_epoch(request.broker_id);
  if (!epoch || *epoch != request.broker_epoch) {
    LOG(INFO) << parts_.context.tag() << "AlterPartition of broker " << request.broker_id
              << " with epoch " << request.broker_epoch << " refused: "
              << (epoch ? "its epoch is " + std::to_string(*epoch) : "it is not registered");
    reply({.error = ErrorCode::kStaleBrokerEpoch, .partitions = {}});
    return;
  }
  AlterPartitionAnswer answer = decide(request);
  if (!parts_.store.ok()) {
    reply({.error = ErrorCode::kNotController, .partitions = {}});
    return;
  }
  std::vector<TopicPartition> announced;
  std::set<TopicPartition> changed;
  for (const IsrAnswer& result : answer.partitions) {
    if (result.error == ErrorCode::kUnknownTopicId) continue;
    announced.push_back({result.topic, result.partition});
    if (result.error == ErrorCode::kNone) changed.insert(announced.back());
  }
  announce(announced);
  reply(std::move(answer));
  parts_.reassignments.try_to_complete(changed);
}

void IsrChanges::on_notification() {
  zk::IsrChanges changes = parts_.store.isr_changes();
  if (!changes.partitions.empty() && parts_.store.ok()) {
    // Some brokers are at an older inter.broker.protocol.version than this one.
    parts_.context.set_leaders_write_states(true);
    refresh(changes.partitions);
    if (parts_.store.ok()) announce(changes.partitions);
    parts_.reassignments.try_to_complete(
        std::set<TopicPartition>(changes.partitions.begin(), changes.partitions.end()));
  }
  parts_.store.delete_isr_changes(changes.names);
}

void IsrChanges::on_state_changed(const TopicPartition& partition) {
  parts_.reassignments.try_to_complete({partition});
}

}  // namespace odradek::controller
