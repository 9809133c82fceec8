#include "tools/zookeeper_topics.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "base/random.h"
#include "protocol/errors.h"
#include "server/admin/topic_names.h"
#include "server/config/broker_config.h"
#include "server/config/topic_config.h"
#include "tools/topic_filter.h"
#include "zk/store/brokers.h"
#include "zk/store/configs.h"
#include "zk/store/deletions.h"
#include "zk/store/partitions.h"

namespace odradek::tools {
namespace {

using protocol::ErrorCode;

base::Status check_configs(const config::Properties& configs) {
  auto broker = config::BrokerConfig::build({});
  if (!broker) return broker.error();
  return config::check_topic_config(*broker, configs);
}

}  // namespace

base::Status ZookeeperTopics::run(const TopicsCommand& command) {
  switch (command.action) {
    case TopicsAction::kList:
      return list(command);
    case TopicsAction::kCreate:
      return create(command);
    case TopicsAction::kDescribe:
      return describe(command);
    case TopicsAction::kDelete:
      return remove(command);
    case TopicsAction::kAlter:
      return alter(command);
  }
  return {};
}

base::Result<std::vector<std::string>> ZookeeperTopics::find(const TopicsCommand& command) {
  std::optional<TopicFilter> filter;
  if (command.topic) {
    auto parsed = TopicFilter::parse(*command.topic);
    if (!parsed) return parsed.error();
    filter.emplace(std::move(*parsed));
  }
  auto names = topics_.names(false);
  if (!names) return names.error();
  std::erase_if(*names, [&](const std::string& name) {
    if (filter) return !filter->allows(name, command.exclude_internal);
    return command.exclude_internal && admin::is_internal_topic(name);
  });
  std::sort(names->begin(), names->end());
  return names;
}

base::Result<std::vector<std::string>> ZookeeperTopics::require(const TopicsCommand& command) {
  auto names = find(command);
  if (!names || !names->empty() || command.if_exists) return names;
  if (!command.topic || command.topic->empty()) return names;
  return base::Error("Topic '" + *command.topic + "' does not exist as expected");
}

base::Result<std::set<std::string>> ZookeeperTopics::marked_for_deletion() {
  auto names = zk::Deletions(session_).topics(false);
  if (!names) return names.error();
  return std::set<std::string>(names->begin(), names->end());
}

base::Status ZookeeperTopics::list(const TopicsCommand& command) {
  auto names = find(command);
  if (!names) return names.error();
  auto marked = marked_for_deletion();
  if (!marked) return marked.error();
  for (const std::string& name : *names) {
    std::printf("%s%s\n", name.c_str(), marked->contains(name) ? " - marked for deletion" : "");
  }
  return {};
}

base::Result<std::vector<admin::AssignableBroker>> ZookeeperTopics::live_brokers() {
  auto brokers = zk::Brokers(session_).list(false);
  if (!brokers) return brokers.error();
  std::vector<admin::AssignableBroker> alive;
  for (const zk::RegisteredBroker& broker : *brokers) {
    alive.push_back({broker.registration.broker_id, broker.registration.rack});
  }
  return alive;
}

base::Result<zk::TopicAssignment> ZookeeperTopics::assign(const TopicsCommand& command) {
  admin::Assignment replicas = command.assignment;
  if (replicas.empty()) {
    auto alive = live_brokers();
    if (!alive) return alive.error();
    base::Random random = base::Random::from_entropy();
    auto chosen = admin::assign_replicas(std::move(*alive), *command.partitions,
                                         *command.replication_factor, random);
    if (!chosen) return chosen.error();
    replicas = std::move(*chosen);
  }
  zk::TopicAssignment assignment{.topic_id = base::Uuid::random(true)};
  for (auto& [partition, brokers] : replicas)
    assignment.partitions[partition] = {.replicas = brokers};
  return assignment;
}

base::Status ZookeeperTopics::create(const TopicsCommand& command) {
  const std::string& topic = *command.topic;
  if (base::Status valid = admin::check_topic_name(topic); !valid) return valid;
  auto existing = topics_.names(false);
  if (!existing) return existing.error();
  if (std::count(existing->begin(), existing->end(), topic) > 0) {
    if (command.if_not_exists) return {};
    return base::Error(ErrorCode::kTopicAlreadyExists, "Topic '" + topic + "' already exists.");
  }
  if (std::string other = admin::colliding_topic(topic, *existing); !other.empty()) {
    return base::Error(ErrorCode::kInvalidTopicException,
                       "Topic '" + topic + "' collides with existing topics: " + other);
  }
  if (base::Status valid = check_configs(command.configs); !valid) return valid;
  auto assignment = assign(command);
  if (!assignment) return assignment.error();
  base::Status created = topics_.create(
      topic, *assignment, zk::ConfigMap(command.configs.begin(), command.configs.end()));
  if (created.ok()) std::printf("Created topic %s.\n", topic.c_str());
  return created;
}

base::Result<TopicDescription> ZookeeperTopics::read(const std::string& topic,
                                                     const zk::TopicAssignment& assignment) {
  TopicDescription described{.name = topic, .shows_elr = false};
  described.id = assignment.topic_id.value_or(base::Uuid{});
  auto configs = zk::Configs(session_).read("topics/" + topic);
  if (!configs) return configs.error();
  std::vector<std::string> names;
  for (const auto& config : *configs) names.push_back(config.first);
  sort_as_hash_map(names);
  for (const std::string& name : names) described.configs.emplace_back(name, (*configs)[name]);
  std::vector<protocol::TopicPartition> partitions;
  for (const auto& entry : assignment.partitions) partitions.push_back({topic, entry.first});
  auto states = zk::Partitions(session_).read(partitions);
  if (!states) return states.error();
  std::size_t i = 0;
  for (const auto& [index, replicas] : assignment.partitions) {
    PartitionDescription partition{.index = index, .replicas = replicas.replicas};
    if (const auto& stored = (*states)[i++]) {
      partition.leader = stored->state.leader;
      partition.isr = stored->state.isr;
    }
    described.partitions.push_back(std::move(partition));
  }
  return described;
}

base::Status ZookeeperTopics::describe(const TopicsCommand& command) {
  auto names = require(command);
  if (!names) return names.error();
  auto marked = marked_for_deletion();
  if (!marked) return marked.error();
  auto brokers = zk::Brokers(session_).ids(false);
  if (!brokers) return brokers.error();
  const std::set<protocol::BrokerId> alive(brokers->begin(), brokers->end());
  auto assignments = topics_.read(*names);
  if (!assignments) return assignments.error();
  for (const std::string& name : *names) {
    auto assignment = assignments->find(name);
    if (assignment == assignments->end()) {
      std::printf("Topic %s doesn't exist!\n", name.c_str());
      continue;
    }
    auto described = read(name, assignment->second);
    if (!described) return described.error();
    described->marked_for_deletion = marked->contains(name);
    std::fputs(format_topic(*described, command.filter, alive).c_str(), stdout);
  }
  return {};
}

base::Status ZookeeperTopics::alter_configs(const std::string& topic,
                                            const TopicsCommand& command) {
  std::puts(
      "WARNING: Altering topic configuration from this script has been deprecated and may be "
      "removed in future releases.\n"
      "         Going forward, please use kafka-configs.sh for this functionality");
  zk::Configs configs(session_);
  auto now = configs.read("topics/" + topic);
  if (!now) return now.error();
  for (const auto& [name, value] : command.configs) (*now)[name] = value;
  for (const std::string& name : command.deleted_configs) now->erase(name);
  base::Status valid = check_configs(config::Properties(now->begin(), now->end()));
  if (!valid) return valid;
  base::Status written = configs.write("topics/" + topic, *now);
  if (written) std::printf("Updated config for topic %s.\n", topic.c_str());
  return written;
}

base::Status ZookeeperTopics::add_partitions(const std::string& topic,
                                             const TopicsCommand& command) {
  if (admin::is_internal_topic(topic)) {
    return base::Error("The number of partitions for the internal topic " + topic +
                       " cannot be changed.");
  }
  std::puts(
      "WARNING: If partitions are increased for a topic that has a key, the partition logic or "
      "ordering of the messages will be affected");
  auto read = topics_.read({topic});
  if (!read) return read.error();
  auto found = read->find(topic);
  if (found == read->end() || !found->second.partitions.contains(0)) {
    return base::Error(ErrorCode::kInvalidTopicException, "The topic " + topic + " does not exist");
  }
  zk::TopicAssignment& assignment = found->second;
  const auto before = static_cast<std::int32_t>(assignment.partitions.size());
  if (*command.partitions <= before) {
    return base::Error(ErrorCode::kInvalidPartitions,
                       "The number of partitions for a topic can only be increased. Topic " +
                           topic + " currently has " + std::to_string(before) + " partitions, " +
                           std::to_string(*command.partitions) + " would not be an increase.");
  }
  admin::ByHand by_hand;
  for (const auto& [partition, replicas] : command.assignment) {
    if (partition < before) continue;
    if (!by_hand) by_hand.emplace();
    by_hand->push_back(replicas);
  }
  auto alive = live_brokers();
  if (!alive) return alive.error();
  auto more = admin::assign_more(before, *command.partitions - before,
                                 assignment.partitions.at(0).replicas, by_hand, *alive);
  if (!more) return more.error();
  for (auto& [partition, replicas] : *more) {
    assignment.partitions[partition] = {.replicas = std::move(replicas)};
  }
  base::Status written = topics_.set_assignment(topic, assignment);
  if (written) std::puts("Adding partitions succeeded!");
  return written;
}

base::Status ZookeeperTopics::alter(const TopicsCommand& command) {
  auto names = require(command);
  if (!names) return names.error();
  for (const std::string& name : *names) {
    if (!command.configs.empty() || !command.deleted_configs.empty()) {
      if (base::Status done = alter_configs(name, command); !done) return done;
    }
    if (command.partitions) {
      if (base::Status done = add_partitions(name, command); !done) return done;
    }
  }
  return {};
}

base::Status ZookeeperTopics::remove(const TopicsCommand& command) {
  auto names = require(command);
  if (!names) return names.error();
  auto marked = marked_for_deletion();
  if (!marked) return marked.error();
  zk::Deletions deletions(session_);
  for (const std::string& name : *names) {
    if (admin::is_internal_topic(name)) {
      return base::Error(
          "Topic " + name +
          " is a kafka internal topic and is not allowed to be marked for deletion.");
    }
    if (marked->contains(name)) {
      std::printf("Topic %s is already marked for deletion.\n", name.c_str());
      continue;
    }
    if (base::Status done = deletions.mark(name); !done) return done;
    std::printf(
        "Topic %s is marked for deletion.\n"
        "Note: This will have no impact if delete.topic.enable is not set to true.\n",
        name.c_str());
  }
  return {};
}

}  // namespace odradek::tools
