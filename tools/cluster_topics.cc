#include "tools/cluster_topics.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <utility>

#include "base/text.h"
#include "protocol/messages/create_partitions.h"
#include "protocol/messages/create_topics.h"
#include "protocol/messages/delete_topics.h"
#include "protocol/messages/describe_configs.h"
#include "protocol/messages/list_partition_reassignments.h"
#include "tools/client_settings.h"
#include "tools/topic_filter.h"

namespace odradek::tools {
namespace {

using protocol::ErrorCode;

constexpr std::int8_t kTopicResource = 2;
constexpr std::int8_t kDefaultSource = 5;

base::Error error_of(ErrorCode code, const std::optional<std::string>& message,
                     const std::string& topic) {
  if (message && !message->empty()) return base::Error(code, *message);
  return base::Error(code, std::string(protocol::error_name(code)) + " for topic " + topic);
}

TopicDescription description_of(const protocol::MetadataResponse::Topic& topic) {
  TopicDescription described{.name = topic.name.value_or(""), .id = topic.topic_id};
  for (const auto& partition : topic.partitions) {
    described.partitions.push_back({.index = partition.partition_index,
                                    .leader = partition.leader_id,
                                    .replicas = partition.replica_nodes,
                                    .isr = partition.isr_nodes});
  }
  std::sort(described.partitions.begin(), described.partitions.end(),
            [](const auto& left, const auto& right) { return left.index < right.index; });
  return described;
}

void take_configs(const std::vector<protocol::DescribeConfigsResponse::Config>& configs,
                  TopicDescription& topic) {
  std::map<std::string, const protocol::DescribeConfigsResponse::Config*> by_name;
  std::vector<std::string> names;
  for (const auto& config : configs) {
    if (by_name.emplace(config.name, &config).second) names.push_back(config.name);
  }
  sort_as_hash_map(names);
  for (const std::string& name : names) {
    const auto& config = *by_name[name];
    std::string value = config.value.value_or("null");
    if (name == "min.insync.replicas") {
      topic.min_insync_replicas = base::parse_int<std::int32_t>(value).value_or(1);
    }
    // Version 0 says so itself; later ones say where the value is from.
    bool is_default =
        config.config_source == -1 ? config.is_default : config.config_source == kDefaultSource;
    if (!is_default) topic.configs.emplace_back(name, std::move(value));
  }
}

}  // namespace

base::Status ClusterTopics::run(const TopicsCommand& command) {
  switch (command.action) {
    case TopicsAction::kList:
      return list(command);
    case TopicsAction::kCreate:
      return create(command);
    case TopicsAction::kDescribe:
      return describe(command);
    case TopicsAction::kAlter:
      return alter(command);
    case TopicsAction::kDelete:
      return remove(command);
  }
  return {};
}

base::Result<std::vector<ClusterTopics::Topic>> ClusterTopics::find(const TopicsCommand& command) {
  std::optional<TopicFilter> filter;
  protocol::MetadataRequest request{.topics = std::nullopt, .allow_auto_topic_creation = false};
  if (command.topic && !command.topic_id) {
    auto parsed = TopicFilter::parse(*command.topic);
    if (!parsed) return parsed.error();
    filter.emplace(std::move(*parsed));
    if (is_plain_topic_name(*command.topic)) request.topics = {{{.name = *command.topic}}};
  }
  auto answer = client_.call_any<protocol::MetadataRequest, protocol::MetadataResponse>(request);
  if (!answer) return answer.error();
  live_brokers_.clear();
  for (const auto& broker : answer->brokers) live_brokers_.insert(broker.node_id);
  std::vector<Topic> topics;
  for (Topic& topic : answer->topics) {
    std::string name = topic.name.value_or("");
    if (topic.error_code == ErrorCode::kUnknownTopicOrPartition) continue;
    if (topic.error_code == ErrorCode::kTopicAuthorizationFailed) {
      return base::Error(topic.error_code, "Not authorized to access topics: [" + name + "]");
    }
    if (command.topic_id && topic.topic_id != *command.topic_id) continue;
    if (filter && !filter->allows(name, command.exclude_internal)) continue;
    if (command.exclude_internal && topic.is_internal) continue;
    topics.push_back(std::move(topic));
  }
  std::sort(topics.begin(), topics.end(),
            [](const Topic& left, const Topic& right) { return left.name < right.name; });
  return topics;
}

base::Result<std::vector<ClusterTopics::Topic>> ClusterTopics::require(
    const TopicsCommand& command) {
  auto topics = find(command);
  if (!topics || !topics->empty() || command.if_exists) return topics;
  if (command.topic_id) {
    return base::Error(ErrorCode::kUnknownTopicId, "TopicId '" + command.topic_id->to_string() +
                                                       "' does not exist as expected");
  }
  if (!command.topic || command.topic->empty()) return topics;
  return base::Error("Topic '" + *command.topic + "' does not exist as expected");
}

base::Status ClusterTopics::list(const TopicsCommand& command) {
  auto topics = find(command);
  if (!topics) return topics.error();
  std::vector<std::string> names;
  for (const Topic& topic : *topics) names.push_back(topic.name.value_or(""));
  std::printf("%s\n", base::join(names, "\n").c_str());
  return {};
}

base::Status ClusterTopics::create(const TopicsCommand& command) {
  protocol::CreateTopicsRequest::Topic topic{
      .name = *command.topic,
      .num_partitions = command.partitions.value_or(-1),
      .replication_factor = command.replication_factor.value_or(-1)};
  for (const auto& [partition, replicas] : command.assignment) {
    topic.assignments.push_back({.partition_index = partition, .broker_ids = replicas});
  }
  for (const auto& [name, value] : command.configs) {
    topic.configs.push_back({.name = name, .value = value});
  }
  protocol::CreateTopicsRequest request{.topics = {std::move(topic)},
                                        .timeout_ms = kAdminTimeoutMs};
  auto answer =
      client_.call_controller<protocol::CreateTopicsRequest, protocol::CreateTopicsResponse>(
          request, [](const protocol::CreateTopicsResponse& response) {
            return response.topics.empty() ? ErrorCode::kNone : response.topics.front().error_code;
          });
  if (!answer) return answer.error();
  for (const auto& result : answer->topics) {
    if (result.error_code == ErrorCode::kNone) continue;
    if (result.error_code == ErrorCode::kTopicAlreadyExists && command.if_not_exists) return {};
    return error_of(result.error_code, result.error_message, result.name);
  }
  std::printf("Created topic %s.\n", command.topic->c_str());
  return {};
}

base::Status ClusterTopics::add_configs(std::vector<TopicDescription>& topics) {
  protocol::DescribeConfigsRequest request;
  std::map<std::string, TopicDescription*> by_name;
  for (TopicDescription& topic : topics) {
    by_name[topic.name] = &topic;
    request.resources.push_back({.resource_type = kTopicResource,
                                 .resource_name = topic.name,
                                 .configuration_keys = std::nullopt});
  }
  auto answer =
      client_.call_any<protocol::DescribeConfigsRequest, protocol::DescribeConfigsResponse>(
          request);
  if (!answer) return answer.error();
  for (const auto& result : answer->results) {
    if (result.error_code != ErrorCode::kNone) {
      return error_of(result.error_code, result.error_message, result.resource_name);
    }
    auto topic = by_name.find(result.resource_name);
    if (topic != by_name.end()) take_configs(result.configs, *topic->second);
  }
  return {};
}

base::Status ClusterTopics::add_reassignments(std::vector<TopicDescription>& topics) {
  using Request = protocol::ListPartitionReassignmentsRequest;
  using Response = protocol::ListPartitionReassignmentsResponse;
  std::map<protocol::TopicPartition, PartitionDescription*> by_partition;
  Request request{.topics = {{}}};
  for (TopicDescription& topic : topics) {
    request.topics->push_back({.name = topic.name});
    for (PartitionDescription& partition : topic.partitions) {
      request.topics->back().partition_indexes.push_back(partition.index);
      by_partition[{topic.name, partition.index}] = &partition;
    }
  }
  auto answer = client_.call_controller<Request, Response>(
      request, [](const Response& response) { return response.error_code; });
  if (!answer) {
    bool unsupported = protocol::code_of(answer.error()) == ErrorCode::kUnsupportedVersion;
    return unsupported ? base::Status() : answer.error();
  }
  if (answer->error_code == ErrorCode::kClusterAuthorizationFailed) return {};
  if (answer->error_code != ErrorCode::kNone) {
    return error_of(answer->error_code, answer->error_message, "");
  }
  for (const auto& topic : answer->topics) {
    for (const auto& partition : topic.partitions) {
      auto found = by_partition.find({topic.name, partition.partition_index});
      if (found == by_partition.end()) continue;
      found->second->reassignment = {.replicas = partition.replicas,
                                     .adding = partition.adding_replicas,
                                     .removing = partition.removing_replicas};
    }
  }
  return {};
}

base::Status ClusterTopics::describe(const TopicsCommand& command) {
  auto topics = require(command);
  if (!topics) return topics.error();
  if (topics->empty()) return {};
  std::vector<TopicDescription> descriptions;
  for (const Topic& topic : *topics) descriptions.push_back(description_of(topic));
  if (base::Status added = add_configs(descriptions); !added) return added;
  if (base::Status added = add_reassignments(descriptions); !added) return added;
  for (const TopicDescription& topic : descriptions) {
    std::fputs(format_topic(topic, command.filter, live_brokers_).c_str(), stdout);
  }
  return {};
}

base::Status ClusterTopics::alter(const TopicsCommand& command) {
  auto topics = require(command);
  if (!topics) return topics.error();
  if (topics->empty()) return {};
  protocol::CreatePartitionsRequest request{.timeout_ms = kAdminTimeoutMs};
  for (const Topic& topic : *topics) {
    protocol::CreatePartitionsRequest::Topic wanted{
        .name = topic.name.value_or(""), .count = *command.partitions, .assignments = std::nullopt};
    auto existing = static_cast<std::int32_t>(topic.partitions.size());
    if (!command.assignment.empty()) wanted.assignments.emplace();
    for (const auto& [partition, replicas] : command.assignment) {
      if (partition >= existing) wanted.assignments->push_back({.broker_ids = replicas});
    }
    request.topics.push_back(std::move(wanted));
  }
  auto answer =
      client_
          .call_controller<protocol::CreatePartitionsRequest, protocol::CreatePartitionsResponse>(
              request, [](const protocol::CreatePartitionsResponse& response) {
                return response.results.empty() ? ErrorCode::kNone
                                                : response.results.front().error_code;
              });
  if (!answer) {
    if (protocol::code_of(answer.error()) != ErrorCode::kUnsupportedVersion) return answer.error();
    return base::Error(ErrorCode::kUnsupportedVersion,
                       "The controller does not offer CreatePartitions: partitions cannot be added "
                       "while this broker is controller");
  }
  for (const auto& result : answer->results) {
    if (result.error_code == ErrorCode::kNone) continue;
    return error_of(result.error_code, result.error_message, result.name);
  }
  return {};
}

base::Status ClusterTopics::remove(const TopicsCommand& command) {
  auto topics = require(command);
  if (!topics) return topics.error();
  if (topics->empty()) return {};
  protocol::DeleteTopicsRequest request{.timeout_ms = kAdminTimeoutMs};
  for (const Topic& topic : *topics) {
    request.topics.push_back({.name = topic.name});
    request.topic_names.push_back(topic.name.value_or(""));
  }
  auto answer =
      client_.call_controller<protocol::DeleteTopicsRequest, protocol::DeleteTopicsResponse>(
          request, [](const protocol::DeleteTopicsResponse& response) {
            return response.responses.empty() ? ErrorCode::kNone
                                              : response.responses.front().error_code;
          });
  if (!answer) return answer.error();
  for (const auto& result : answer->responses) {
    if (result.error_code == ErrorCode::kNone) continue;
    return error_of(result.error_code, result.error_message, result.name.value_or(""));
  }
  return {};
}

}  // namespace odradek::tools
