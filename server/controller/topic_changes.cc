#include "server/controller/topic_changes.h"

#include <algorithm>
#include <span>
#include <utility>

#include "base/log.h"
#include "zk/data/paths.h"

namespace odradek::controller {

void TopicChanges::give_ids(std::map<std::string, zk::TopicAssignment>& assignments) {
  if (!config::has_topic_ids(options_.protocol_version)) return;
  std::map<std::string, zk::TopicAssignment> written;
  for (auto& [topic, assignment] : assignments) {
    if (assignment.topic_id) continue;
    assignment.topic_id = base::Uuid::random(true);
    written[topic] = assignment;
    LOG(INFO) << parts_.context.tag() << "topic " << topic << ": given the id "
              << assignment.topic_id->to_string();
  }
  parts_.store.write_assignments(written);
}

void TopicChanges::watch(const std::string& topic) {
  parts_.watches.data(zk::paths::topic(topic), PartitionModification{topic});
}

std::vector<std::string> TopicChanges::adopt(
    std::map<std::string, zk::TopicAssignment> assignments) {
  give_ids(assignments);
  std::vector<std::string> loaded;
  if (!parts_.store.ok()) return loaded;
  for (auto& [name, assignment] : assignments) {
    Topic& topic = parts_.context.add_topic(name);
    if (assignment.topic_id) parts_.context.set_topic_id(name, *assignment.topic_id);
    for (auto& [index, partition] : assignment.partitions) {
      if (partition.is_being_reassigned()) parts_.context.reassigning().insert({name, index});
      topic.partitions[index].assignment = std::move(partition);
    }
    loaded.push_back(name);
  }
  return loaded;
}

void TopicChanges::load_all() {
  unwatched_.clear();
  std::map<std::string, zk::TopicAssignment> assignments;
  for (auto& [name, stored] : parts_.store.all_assignments(parts_.store.topics())) {
    unwatched_.emplace_back(name, stored.changed_zxid);
    assignments.emplace_hint(assignments.end(), name, std::move(stored.assignment));
  }
  (void)adopt(std::move(assignments));
  const std::vector<TopicPartition> partitions = parts_.context.all_partitions();
  std::vector<std::optional<Leadership>> states = parts_.store.all_leaderships(partitions);
  for (std::size_t i = 0; i < partitions.size(); ++i) {
    parts_.context.partition(partitions[i])->leadership = std::move(states[i]);
  }
}

bool TopicChanges::watch_some() {
  constexpr std::size_t kAtOnce = 500;  // so that other events do not wait for long
  const std::size_t left = unwatched_.size() - std::min(unwatched_.size(), kAtOnce);
  const auto some = std::span(unwatched_).subspan(left);
  std::vector<std::string> names;
  for (const auto& [name, changed_zxid] : some) {
    if (parts_.context.topic(name) == nullptr) continue;
    watch(name);
    names.push_back(name);
  }
  const std::map<std::string, std::int64_t> changes = parts_.store.topic_changes(names);
  for (const auto& [name, changed_zxid] : some) {
    auto change = changes.find(name);
    if (change != changes.end() && change->second != changed_zxid) on_modification(name);
  }
  unwatched_.resize(left);
  return left > 0;
}

void TopicChanges::on_change() {
  const std::vector<std::string> names = parts_.store.topics();
  if (!parts_.store.ok()) return;
  // Both are sorted: with many topics this event is mostly about one.
  std::vector<std::string> fresh;
  std::vector<std::string> gone;
  auto known = parts_.context.topics().begin();
  const auto end = parts_.context.topics().end();
  for (const std::string& name : names) {
    for (; known != end && known->first < name; ++known) gone.push_back(known->first);
    if (known != end && known->first == name) {
      ++known;
    } else {
      fresh.push_back(name);
    }
  }
  for (; known != end; ++known) gone.push_back(known->first);
  for (const std::string& name : gone) {
    LOG(WARNING) << parts_.context.tag() << "topic " << name
                 << ": its node was removed from ZooKeeper, not by this controller; forgotten";
    parts_.watches.forget_node(zk::paths::topic(name));
    parts_.context.remove_topic(name);
  }
  std::vector<TopicPartition> partitions;
  for (const std::string& name : fresh) watch(name);
  for (const std::string& name : adopt(parts_.store.assignments(fresh))) {
    const std::vector<TopicPartition> more = parts_.context.partitions_of(name);
    LOG(INFO) << parts_.context.tag() << "topic " << name << ": new, " << more.size()
              << " partitions";
    partitions.insert(partitions.end(), more.begin(), more.end());
  }
  create(partitions);
}

void TopicChanges::create(const std::vector<TopicPartition>& partitions) {
  if (partitions.empty()) return;
  parts_.partitions.to_new(partitions);
  parts_.replicas.move(parts_.context.replicas_of(partitions), ReplicaState::kNew);
  (void)parts_.partitions.to_online(partitions, Strategy::kOffline);
  parts_.replicas.move(parts_.context.replicas_of(partitions), ReplicaState::kOnline);
}

zk::TopicAssignment TopicChanges::known_assignment(const std::string& name) const {
  const Topic& topic = *parts_.context.topic(name);
  zk::TopicAssignment known;
  if (!topic.id.is_zero()) known.topic_id = topic.id;
  for (const auto& [index, partition] : topic.partitions) {
    known.partitions[index] = partition.assignment;
  }
  return known;
}

void TopicChanges::restore(const std::string& name) {
  LOG(INFO) << parts_.context.tag() << "topic " << name << ": its node is restored";
  (void)parts_.store.write_assignment(name, known_assignment(name));
}

void TopicChanges::on_modification(const std::string& name) {
  std::map<std::string, zk::TopicAssignment> read = parts_.store.assignments({name});
  auto found = read.find(name);
  Topic* topic = parts_.context.topic(name);
  if (found == read.end() || topic == nullptr) return;
  std::vector<TopicPartition> fresh;
  for (const auto& [index, assignment] : found->second.partitions) {
    if (!topic->partitions.contains(index)) fresh.push_back({name, index});
  }
  if (topic->queued_for_deletion) {
    if (fresh.empty()) return;
    LOG(WARNING) << parts_.context.tag() << "topic " << name << ": " << fresh.size()
                 << " partitions added while it is being deleted; not created";
    restore(name);
    return;
  }
  for (const TopicPartition& id : fresh) {
    Partition& partition = topic->partitions[id.partition];
    partition.assignment = found->second.partitions[id.partition];
    if (partition.assignment.is_being_reassigned()) parts_.context.reassigning().insert(id);
  }
  // Tools that do not know of topic ids drop it with their write; at the next failover it would be
  // replaced by a new one, which does not fit the logs.
  if (!topic->id.is_zero() && found->second.topic_id != topic->id) {
    LOG(WARNING) << parts_.context.tag() << "topic " << name << ": a tool wrote its node "
                 << (found->second.topic_id ? "with another id" : "without its id") << " "
                 << topic->id.to_string();
    restore(name);
  }
  if (fresh.empty()) return;
  LOG(INFO) << parts_.context.tag() << "topic " << name << ": " << fresh.size()
            << " partitions added";
  create(fresh);
}

}  // namespace odradek::controller
