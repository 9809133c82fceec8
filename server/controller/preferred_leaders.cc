#include "server/controller/preferred_leaders.h"

#include <utility>

#include "base/log.h"

namespace odradek::controller {
namespace {

bool is_needed(const Context& context, const TopicPartition& id, const Partition& partition,
               ElectionType type) {
  const Leadership& leadership = *partition.leadership;
  if (type == ElectionType::kPreferred) {
    return !partition.assignment.replicas.empty() &&
           leadership.leader != partition.assignment.replicas.front();
  }
  return leadership.leader == protocol::kNoBroker || !context.is_live(leadership.leader) ||
         !context.is_replica_online(leadership.leader, id);
}

// As upstream's messages, which tools show, name the strategy.
std::string upstream_name(ElectionType type) {
  return type == ElectionType::kPreferred ? "PreferredReplicaPartitionLeaderElectionStrategy"
                                          : "OfflinePartitionLeaderElectionStrategy(true)";
}

}  // namespace

ElectionResult PreferredLeaders::refuse_or_none(const TopicPartition& id, ElectionType type) const {
  const Partition* partition = parts_.context.partition(id);
  if (partition == nullptr) {
    return {.error = ErrorCode::kUnknownTopicOrPartition,
            .message = "The partition does not exist."};
  }
  if (parts_.context.is_queued_for_deletion(id.topic)) {
    return {.error = ErrorCode::kInvalidTopicException, .message = "The topic is being deleted"};
  }
  if (!partition->leadership || !is_needed(parts_.context, id, *partition, type)) {
    return {.error = ErrorCode::kElectionNotNeeded,
            .message = "Leader election not needed for topic partition."};
  }
  return {};
}

std::map<TopicPartition, ElectionResult> PreferredLeaders::elect(
    const std::set<TopicPartition>& partitions, ElectionType type) {
  std::map<TopicPartition, ElectionResult> results;
  std::vector<TopicPartition> wanted;
  for (const TopicPartition& id : partitions) {
    ElectionResult refused = refuse_or_none(id, type);
    if (refused.error == ErrorCode::kNone) {
      wanted.push_back(id);
    } else {
      results[id] = std::move(refused);
    }
  }
  const bool preferred = type == ElectionType::kPreferred;
  if (!preferred) {
    // The dead leader's partition may still count as online here: the election must see it offline.
    std::vector<TopicPartition> online = wanted;
    std::erase_if(online, [this](const TopicPartition& id) {
      return parts_.context.partition(id)->state != PartitionState::kOnline;
    });
    parts_.partitions.to_offline(online);
  }
  for (auto& [id, elected] : parts_.partitions.to_online(
           wanted, preferred ? Strategy::kPreferred : Strategy::kOfflineUnclean)) {
    if (elected.ok()) {
      results[id] = {.error = ErrorCode::kNone, .message = "", .leader = elected->leader};
      continue;
    }
    LOG(WARNING) << parts_.context.tag() << elected.error().message;
    results[id] = {.error = preferred ? ErrorCode::kPreferredLeaderNotAvailable
                                      : ErrorCode::kEligibleLeadersNotAvailable,
                   .message = "Failed to elect leader for partition " + id.to_string() +
                              " under strategy " + upstream_name(type)};
  }
  return results;
}

ElectLeadersAnswer PreferredLeaders::on_request(const ElectLeadersRequest& request) {
  ElectLeadersAnswer answer;
  answer.partitions = elect(request.partitions, request.type);
  if (!parts_.store.ok()) return {.error = ErrorCode::kNotController, .partitions = {}};
  return answer;
}

void PreferredLeaders::resume() {
  served_czxid_ = 0;
  on_node_changed();
}

void PreferredLeaders::on_node_changed() {
  // The read has armed the watch, also of a missing node, which tells of the end of this one.
  const auto asked = parts_.store.preferred_election();
  if (!asked || asked->czxid == served_czxid_) return;
  served_czxid_ = asked->czxid;
  LOG(INFO) << parts_.context.tag() << "preferred leaders asked for " << asked->content.size()
            << " partitions by a tool";
  for (const auto& [id, result] : elect(asked->content, ElectionType::kPreferred)) {
    LOG_IF(WARNING,
           result.error != ErrorCode::kNone && result.error != ErrorCode::kElectionNotNeeded)
        << parts_.context.tag() << "partition " << id.to_string()
        << ": preferred leader not elected: " << result.message;
  }
  parts_.store.delete_preferred_election();
}

void PreferredLeaders::balance() {
  struct Share {
    std::size_t preferring = 0;
    std::vector<TopicPartition> elsewhere;
  };
  std::map<BrokerId, Share> shares;
  for (const auto& [name, topic] : parts_.context.topics()) {
    if (topic.queued_for_deletion) continue;
    for (const auto& [index, partition] : topic.partitions) {
      if (partition.assignment.replicas.empty()) continue;
      Share& share = shares[partition.assignment.replicas.front()];
      ++share.preferring;
      if (partition.leadership &&
          partition.leadership->leader != partition.assignment.replicas.front()) {
        share.elsewhere.push_back({name, index});
      }
    }
  }
  for (const auto& [broker, share] : shares) {
    if (share.elsewhere.size() * 100 <=
        share.preferring *
            static_cast<std::size_t>(options_.leader_imbalance_per_broker_percentage)) {
      continue;
    }
    std::set<TopicPartition> movable;
    for (const TopicPartition& id : share.elsewhere) {
      if (parts_.context.is_replica_online(broker, id) &&
          parts_.context.leadership(id)->in_isr(broker)) {
        movable.insert(id);
      }
    }
    if (movable.empty()) continue;
    LOG(INFO) << parts_.context.tag() << "broker " << broker << " leads "
              << share.preferring - share.elsewhere.size() << " of " << share.preferring
              << " partitions that prefer it; moving " << movable.size() << " to it";
    (void)elect(movable, ElectionType::kPreferred);
  }
}

}  // namespace odradek::controller
