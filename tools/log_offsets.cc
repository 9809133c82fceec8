#include "tools/log_offsets.h"

#include <set>
#include <string>

#include "protocol/messages/list_offsets.h"
#include "protocol/messages/metadata.h"

namespace odradek::tools {
namespace {

using protocol::ErrorCode;
using protocol::TopicPartition;
using PartitionsByLeader = std::map<protocol::BrokerId, std::vector<TopicPartition>>;

// The first version whose brokers know of the special time; later ones do not take its number for a
// time of the last century.
std::int16_t least_version(std::int64_t time_ms) {
  if (time_ms == offset_time::kMaxTimestamp) return 7;
  if (time_ms == offset_time::kEarliestLocal) return 8;
  return time_ms == offset_time::kLatestTiered ? 9 : 0;
}

base::Result<PartitionsByLeader> by_leader(client::ClusterClient& client,
                                           const std::vector<TopicPartition>& partitions) {
  std::set<std::string> names;
  for (const TopicPartition& partition : partitions) names.insert(partition.topic);
  protocol::MetadataRequest request{.allow_auto_topic_creation = false};
  for (const std::string& name : names) request.topics->push_back({.name = name});
  auto answer = client.call_any<protocol::MetadataRequest, protocol::MetadataResponse>(request);
  if (!answer) return answer.error();
  std::map<TopicPartition, protocol::BrokerId> leaders;
  for (const auto& topic : answer->topics) {
    for (const auto& partition : topic.partitions) {
      leaders[{topic.name.value_or(""), partition.partition_index}] = partition.leader_id;
    }
  }
  PartitionsByLeader found;
  for (const TopicPartition& partition : partitions) {
    auto leader = leaders.find(partition);
    if (leader != leaders.end() && leader->second >= 0) found[leader->second].push_back(partition);
  }
  return found;
}

base::Result<protocol::ListOffsetsResponse> ask_leader(
    client::ClusterClient& client, protocol::BrokerId leader,
    const std::vector<TopicPartition>& partitions, std::int64_t time_ms) {
  using Request = protocol::ListOffsetsRequest;
  using Response = protocol::ListOffsetsResponse;
  std::map<std::string, Request::Topic> topics;
  for (const TopicPartition& partition : partitions) {
    Request::Topic& topic = topics[partition.topic];
    topic.name = partition.topic;
    topic.partitions.push_back({.partition_index = partition.partition, .timestamp = time_ms});
  }
  Request request{.replica_id = -1};
  for (auto& [name, topic] : topics) request.topics.push_back(std::move(topic));
  auto to_leader = [&]() -> base::Result<client::BrokerConnection*> {
    auto connection = client.to_broker(leader);
    if (!connection) return connection;
    auto version =
        (*connection)->version_for(Request::kApi, least_version(time_ms), Request::kApi.max);
    if (!version) return version.error();
    return connection;
  };
  return client.call<Request, Response>(request, to_leader,
                                        [](const Response&) { return ErrorCode::kNone; });
}

}  // namespace

base::Result<LogOffsets> log_offsets(client::ClusterClient& client,
                                     const std::vector<TopicPartition>& partitions,
                                     std::int64_t time_ms) {
  LogOffsets offsets;
  if (partitions.empty()) return offsets;
  for (const TopicPartition& partition : partitions) {
    offsets[partition] = {.error = ErrorCode::kLeaderNotAvailable};
  }
  auto leaders = by_leader(client, partitions);
  if (!leaders) return leaders.error();
  for (const auto& [leader, led] : *leaders) {
    auto answer = ask_leader(client, leader, led, time_ms);
    if (!answer && protocol::code_of(answer.error()) == ErrorCode::kUnsupportedVersion) {
      for (const TopicPartition& partition : led) {
        offsets[partition] = {.error = ErrorCode::kUnsupportedVersion};
      }
      continue;
    }
    if (!answer) return answer.error();
    for (const auto& topic : answer->topics) {
      for (const auto& partition : topic.partitions) {
        offsets[{topic.name, partition.partition_index}] = {partition.error_code, partition.offset};
      }
    }
  }
  return offsets;
}

}  // namespace odradek::tools
