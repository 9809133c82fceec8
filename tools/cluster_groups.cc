#include "tools/cluster_groups.h"

#include <utility>

#include "protocol/messages/delete_groups.h"
#include "protocol/messages/metadata.h"
#include "protocol/messages/offset_commit.h"
#include "protocol/messages/offset_delete.h"
#include "protocol/messages/offset_fetch.h"
#include "tools/log_offsets.h"

namespace odradek::tools {
namespace {

using protocol::ErrorCode;
using protocol::TopicPartition;

base::Error error_of(ErrorCode error, const std::string& what) {
  return base::Error(error, what + ": " + std::string(protocol::error_name(error)));
}

ErrorCode nothing_to_retry(const auto&) { return ErrorCode::kNone; }

// One topic of a request per topic of the partitions, each made by `add`.
template <class Topic, class Partitions, class Add>
std::vector<Topic> by_topic(const Partitions& partitions, Add add) {
  std::vector<Topic> topics;
  std::map<std::string, std::size_t> places;
  for (const auto& each : partitions) {
    const TopicPartition* name = nullptr;
    if constexpr (requires { each.first; }) {
      name = &each.first;
    } else {
      name = &each;
    }
    auto [place, is_new] = places.try_emplace(name->topic, topics.size());
    if (is_new) topics.emplace_back().name = name->topic;
    add(topics[place->second], each);
  }
  return topics;
}

}  // namespace

template <class Request, class Code>
base::Result<typename Request::Response> ClusterGroups::ask_coordinator(const std::string& group,
                                                                        const Request& request,
                                                                        Code code) {
  return client_.call<Request, typename Request::Response>(
      request,
      [&]() -> base::Result<client::BrokerConnection*> {
        auto id = client_.coordinator_of(group, client::CoordinatorType::kGroup);
        if (!id) return id.error();
        return client_.to_broker(*id);
      },
      code);
}

base::Result<std::vector<protocol::ListGroupsResponse::Group>> ClusterGroups::list(
    const std::set<std::string>& states, const std::set<std::string>& types) {
  auto view = client_.refresh();
  if (!view) return view.error();
  std::vector<protocol::ListGroupsResponse::Group> groups;
  protocol::ListGroupsRequest request;
  request.states_filter.assign(states.begin(), states.end());
  request.types_filter.assign(types.begin(), types.end());
  for (const auto& [id, broker] : view->brokers) {
    auto answer = client_.call<protocol::ListGroupsRequest, protocol::ListGroupsResponse>(
        request, [&, broker_id = id] { return client_.to_broker(broker_id); },
        [](const auto& response) { return response.error_code; });
    if (!answer) return answer.error();
    if (answer->error_code != ErrorCode::kNone) {
      return error_of(answer->error_code, "broker " + std::to_string(id));
    }
    for (auto& group : answer->groups) {
      bool is_consumers = group.protocol_type.empty() || group.protocol_type == "consumer";
      if (is_consumers) groups.push_back(std::move(group));
    }
  }
  return groups;
}

base::Result<DescribedGroup> ClusterGroups::describe(const std::string& group) {
  auto answer = ask_coordinator(
      group, protocol::DescribeGroupsRequest{.groups = {group}}, [](const auto& response) {
        return response.groups.empty() ? ErrorCode::kNone : response.groups.front().error_code;
      });
  if (!answer) return answer.error();
  if (answer->groups.empty()) return base::Error("group " + group + " was not described");
  DescribedGroup described{.group = std::move(answer->groups.front()), .coordinator = {}};
  if (described.group.error_code != ErrorCode::kNone) {
    return error_of(described.group.error_code, "group " + group);
  }
  auto id = client_.coordinator_of(group, client::CoordinatorType::kGroup);
  if (!id) return id.error();
  auto view = client_.refresh();
  if (!view) return view.error();
  described.coordinator = view->brokers[*id];
  return described;
}

base::Result<OffsetsByPartition> ClusterGroups::committed(const std::string& group) {
  protocol::OffsetFetchRequest request;
  request.group_id = group;
  request.topics = std::nullopt;
  request.groups.push_back({.group_id = group, .topics = std::nullopt});
  auto error_in = [](const protocol::OffsetFetchResponse& response) {
    return response.groups.empty() ? response.error_code : response.groups.front().error_code;
  };
  auto answer = ask_coordinator(group, request, error_in);
  if (!answer) return answer.error();
  if (error_in(*answer) != ErrorCode::kNone) return error_of(error_in(*answer), "group " + group);
  const auto& topics = answer->groups.empty() ? answer->topics : answer->groups.front().topics;
  OffsetsByPartition offsets;
  for (const auto& topic : topics) {
    for (const auto& partition : topic.partitions) {
      if (partition.error_code != ErrorCode::kNone) {
        return error_of(partition.error_code, "group " + group);
      }
      if (partition.committed_offset < 0) continue;
      offsets[{topic.name, partition.partition_index}] = partition.committed_offset;
    }
  }
  return offsets;
}

base::Result<std::vector<TopicPartition>> ClusterGroups::partitions_of(const std::string& topic) {
  protocol::MetadataRequest request{.topics = {{{.name = topic}}},
                                    .allow_auto_topic_creation = false};
  auto answer = client_.call_any<protocol::MetadataRequest, protocol::MetadataResponse>(request);
  if (!answer) return answer.error();
  std::vector<TopicPartition> partitions;
  for (const auto& found : answer->topics) {
    if (found.error_code != ErrorCode::kNone) return error_of(found.error_code, "topic " + topic);
    for (const auto& partition : found.partitions) {
      partitions.push_back({topic, partition.partition_index});
    }
  }
  return partitions;
}

base::Result<OffsetsByPartition> ClusterGroups::log_offsets(
    const std::vector<TopicPartition>& partitions, std::int64_t time_ms) {
  auto found = tools::log_offsets(client_, partitions, time_ms);
  if (!found) return found.error();
  OffsetsByPartition offsets;
  for (const auto& [partition, offset] : *found) {
    if (offset.error == ErrorCode::kNone) offsets[partition] = offset.offset;
  }
  return offsets;
}

base::Status ClusterGroups::commit(const std::string& group, const OffsetsByPartition& offsets) {
  if (offsets.empty()) return {};
  protocol::OffsetCommitRequest request{.group_id = group};
  request.topics =
      by_topic<protocol::OffsetCommitRequest::Topic>(offsets, [](auto& topic, const auto& offset) {
        topic.partitions.push_back(
            {.partition_index = offset.first.partition, .committed_offset = offset.second});
      });
  auto first_error = [](const protocol::OffsetCommitResponse& response) {
    for (const auto& topic : response.topics) {
      for (const auto& partition : topic.partitions) {
        if (partition.error_code != ErrorCode::kNone) return partition.error_code;
      }
    }
    return ErrorCode::kNone;
  };
  auto answer = ask_coordinator(group, request, first_error);
  if (!answer) return answer.error();
  ErrorCode error = first_error(*answer);
  return error == ErrorCode::kNone ? base::Status() : error_of(error, "group " + group);
}

base::Status ClusterGroups::remove(const std::string& group) {
  auto error_in = [](const protocol::DeleteGroupsResponse& response) {
    return response.results.empty() ? ErrorCode::kNone : response.results.front().error_code;
  };
  auto answer =
      ask_coordinator(group, protocol::DeleteGroupsRequest{.groups_names = {group}}, error_in);
  if (!answer) return answer.error();
  ErrorCode error = error_in(*answer);
  return error == ErrorCode::kNone ? base::Status() : error_of(error, "group " + group);
}

base::Result<std::map<TopicPartition, ErrorCode>> ClusterGroups::remove_offsets(
    const std::string& group, const std::vector<TopicPartition>& partitions) {
  protocol::OffsetDeleteRequest request{.group_id = group};
  request.topics = by_topic<protocol::OffsetDeleteRequest::Topic>(
      partitions, [](auto& topic, const TopicPartition& partition) {
        topic.partitions.push_back({.partition_index = partition.partition});
      });
  auto answer =
      ask_coordinator(group, request, [](const auto& response) { return response.error_code; });
  if (!answer) return answer.error();
  if (answer->error_code != ErrorCode::kNone) return error_of(answer->error_code, "group " + group);
  std::map<TopicPartition, ErrorCode> errors;
  for (const auto& topic : answer->topics) {
    for (const auto& partition : topic.partitions) {
      errors[{topic.name, partition.partition_index}] = partition.error_code;
    }
  }
  return errors;
}

}  // namespace odradek::tools
