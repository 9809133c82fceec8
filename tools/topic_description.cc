#include "tools/topic_description.h"

#include <algorithm>

#include "base/text.h"

namespace odradek::tools {
namespace {

std::string ids(const std::vector<protocol::BrokerId>& brokers) {
  std::vector<std::string> texts;
  for (protocol::BrokerId broker : brokers) texts.push_back(std::to_string(broker));
  return base::join(texts, ",");
}

// java.lang.String.hashCode of ASCII text, spread as java.util.HashMap does.
std::uint32_t spread_hash(const std::string& text) {
  std::uint32_t hash = 0;
  for (char c : text) hash = hash * 31 + static_cast<unsigned char>(c);
  return hash ^ (hash >> 16);
}

std::string format_topic_line(const TopicDescription& topic) {
  std::vector<std::string> configs;
  for (const auto& [name, value] : topic.configs) configs.push_back(name + "=" + value);
  std::string line = "Topic: " + topic.name;
  if (!topic.id.is_zero()) line += "\tTopicId: " + topic.id.to_string();
  line += "\tPartitionCount: " + std::to_string(topic.partitions.size());
  std::size_t factor = topic.partitions.empty() ? 0 : topic.partitions.front().replication_factor();
  line += "\tReplicationFactor: " + std::to_string(factor);
  line += "\tConfigs: " + base::join(configs, ",");
  if (topic.marked_for_deletion) line += "\tMarkedForDeletion: true";
  return line + "\n";
}

std::string format_partition_line(const TopicDescription& topic,
                                  const PartitionDescription& partition) {
  bool has_leader = partition.leader != protocol::kNoBroker;
  std::string line = "\tTopic: " + topic.name;
  line += "\tPartition: " + std::to_string(partition.index);
  line += "\tLeader: " + (has_leader ? std::to_string(partition.leader) : "none");
  line += "\tReplicas: " + ids(partition.replicas);
  line += "\tIsr: " + ids(partition.isr);
  if (partition.reassignment) {
    line += "\tAdding Replicas: " + ids(partition.reassignment->adding);
    line += "\tRemoving Replicas: " + ids(partition.reassignment->removing);
  }
  if (topic.shows_elr) line += "\tElr: N/A\tLastKnownElr: N/A";
  if (topic.marked_for_deletion) line += "\tMarkedForDeletion: true";
  return line + "\n";
}

bool is_wanted(const TopicDescription& topic, const PartitionDescription& partition,
               const DescribeFilter& filter, const std::set<protocol::BrokerId>& live_brokers) {
  if (filter.prints_topics()) return true;
  bool has_leader = partition.leader != protocol::kNoBroker;
  std::size_t in_sync = partition.isr.size();
  std::size_t least = static_cast<std::size_t>(std::max(topic.min_insync_replicas, 0));
  if (filter.under_replicated && partition.replication_factor() > in_sync) return true;
  if (filter.unavailable && (!has_leader || !live_brokers.contains(partition.leader))) return true;
  if (filter.under_min_isr && (!has_leader || in_sync < least)) return true;
  return filter.at_min_isr && in_sync == least;
}

}  // namespace

std::size_t PartitionDescription::replication_factor() const {
  if (!reassignment) return replicas.size();
  // A reassignment that ended since it was asked for changes nothing any more.
  bool in_progress = std::any_of(replicas.begin(), replicas.end(), [&](protocol::BrokerId id) {
    return std::count(reassignment->adding.begin(), reassignment->adding.end(), id) > 0 ||
           std::count(reassignment->removing.begin(), reassignment->removing.end(), id) > 0;
  });
  if (!in_progress || reassignment->adding.size() > reassignment->replicas.size()) {
    return replicas.size();
  }
  return reassignment->replicas.size() - reassignment->adding.size();
}

std::string format_topic(const TopicDescription& topic, const DescribeFilter& filter,
                         const std::set<protocol::BrokerId>& live_brokers) {
  std::string text;
  if (filter.prints_topics() && (!filter.with_overrides || !topic.configs.empty())) {
    text += format_topic_line(topic);
  }
  if (!filter.prints_partitions()) return text;
  for (const PartitionDescription& partition : topic.partitions) {
    if (is_wanted(topic, partition, filter, live_brokers)) {
      text += format_partition_line(topic, partition);
    }
  }
  return text;
}

void sort_as_hash_map(std::vector<std::string>& keys, std::uint32_t least_capacity) {
  std::uint32_t capacity = least_capacity;
  while (capacity < keys.size() || capacity * 3 / 4 < keys.size()) capacity *= 2;
  std::stable_sort(keys.begin(), keys.end(),
                   [mask = capacity - 1](const std::string& left, const std::string& right) {
                     return (spread_hash(left) & mask) < (spread_hash(right) & mask);
                   });
}

}  // namespace odradek::tools
