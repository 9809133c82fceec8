#include "tools/replication_throttles.h"

#include <algorithm>

#include "base/text.h"

namespace odradek::tools {
namespace {

// As upstream sorts them: as texts.
template <class Brokers>
std::map<std::string, std::string> throttles(const MoveMap& moves, Brokers brokers_of) {
  std::map<std::string, std::string> by_topic;
  for (const auto& [topic, partitions] : moves) {
    std::set<std::string> entries;
    for (const auto& [partition, move] : partitions) {
      for (BrokerId broker : brokers_of(move)) {
        entries.insert(std::to_string(partition) + ":" + std::to_string(broker));
      }
    }
    by_topic[topic] = base::join(std::vector<std::string>(entries.begin(), entries.end()), ",");
  }
  return by_topic;
}

}  // namespace

MoveMap moves_of(const std::map<TopicPartition, OngoingMove>& ongoing,
                 const std::map<TopicPartition, Replicas>& proposed,
                 const std::map<TopicPartition, Replicas>& current) {
  MoveMap moves;
  for (const auto& [id, move] : ongoing) {
    PartitionMove& known = moves[id.topic][id.partition];
    known.sources.insert(move.replicas.begin(), move.replicas.end());
    for (BrokerId broker : move.adding) known.sources.erase(broker);
    known.destinations.insert(move.adding.begin(), move.adding.end());
  }
  for (const auto& [id, target] : proposed) {
    PartitionMove& move = moves[id.topic][id.partition];
    if (!ongoing.contains(id)) {
      const Replicas& now = current.at(id);
      move.sources.insert(now.begin(), now.end());
    }
    move.destinations = {target.begin(), target.end()};
    for (BrokerId broker : move.sources) move.destinations.erase(broker);
  }
  return moves;
}

std::map<std::string, std::string> leader_throttles(const MoveMap& moves) {
  return throttles(moves, [](const PartitionMove& move) { return move.sources; });
}

std::map<std::string, std::string> follower_throttles(const MoveMap& moves) {
  return throttles(moves, [](const PartitionMove& move) { return move.destinations; });
}

std::set<BrokerId> moving_brokers(const MoveMap& moves) {
  std::set<BrokerId> brokers;
  for (const auto& [topic, partitions] : moves) {
    for (const auto& [partition, move] : partitions) {
      brokers.insert(move.sources.begin(), move.sources.end());
      brokers.insert(move.destinations.begin(), move.destinations.end());
    }
  }
  return brokers;
}

}  // namespace odradek::tools
