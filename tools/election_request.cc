#include "tools/election_request.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "base/text.h"
#include "protocol/messages/elect_leaders.h"

namespace odradek::tools {
namespace {

using protocol::ElectLeadersRequest;
using protocol::ElectLeadersResponse;
using protocol::ErrorCode;

constexpr std::int32_t kElectionTimeoutMs = 15'000;

ElectLeadersRequest request_of(ElectionKind kind,
                               const std::optional<std::vector<TopicPartition>>& partitions) {
  ElectLeadersRequest request{.election_type = static_cast<std::int8_t>(kind),
                              .topic_partitions = std::nullopt,
                              .timeout_ms = kElectionTimeoutMs};
  if (!partitions) return request;
  std::map<std::string, std::vector<std::int32_t>> by_topic;
  for (const TopicPartition& id : *partitions) by_topic[id.topic].push_back(id.partition);
  request.topic_partitions.emplace();
  for (auto& [topic, indexes] : by_topic) {
    request.topic_partitions->push_back({.topic = topic, .partitions = std::move(indexes)});
  }
  return request;
}

// Version 0 has no error of the whole, and a broker that is not controller says so of each.
ErrorCode code_of(const ElectLeadersResponse& response) {
  if (response.error_code != ErrorCode::kNone) return response.error_code;
  for (const auto& topic : response.replica_election_results) {
    for (const auto& partition : topic.partition_result) {
      if (partition.error_code == ErrorCode::kNotController) return partition.error_code;
    }
  }
  return ErrorCode::kNone;
}

std::string exception_of(ErrorCode code) {
  const std::string package = "org.apache.kafka.common.errors.";
  switch (code) {
    case ErrorCode::kPreferredLeaderNotAvailable:
      return package + "PreferredLeaderNotAvailableException";
    case ErrorCode::kEligibleLeadersNotAvailable:
      return package + "EligibleLeadersNotAvailableException";
    case ErrorCode::kUnknownTopicOrPartition:
      return package + "UnknownTopicOrPartitionException";
    case ErrorCode::kInvalidTopicException:
      return package + "InvalidTopicException";
    case ErrorCode::kRequestTimedOut:
      return package + "TimeoutException";
    case ErrorCode::kNotController:
      return package + "NotControllerException";
    default:
      return std::string(protocol::error_name(code));
  }
}

}  // namespace

std::string listed(const std::vector<TopicPartition>& partitions) {
  std::vector<std::string> names;
  for (const TopicPartition& id : partitions) names.push_back(id.to_string());
  return base::join(names, ", ");
}

base::Result<ElectionOutcome> elect_leaders(
    client::ClusterClient& client, ElectionKind kind,
    const std::optional<std::vector<TopicPartition>>& partitions) {
  auto answer = client.call_controller<ElectLeadersRequest, ElectLeadersResponse>(
      request_of(kind, partitions), code_of);
  if (!answer) {
    if (protocol::code_of(answer.error()) != ErrorCode::kRequestTimedOut) return answer.error();
    std::puts("Timeout waiting for election results");
    return base::Error("Timeout waiting for election results");
  }
  if (answer->error_code == ErrorCode::kClusterAuthorizationFailed) {
    std::puts("Not authorized to perform leader election");
    return base::Error("Not authorized to perform leader election");
  }
  if (answer->error_code != ErrorCode::kNone) {
    return base::Error(answer->error_code, std::string(protocol::error_name(answer->error_code)));
  }
  ElectionOutcome outcome;
  for (const auto& topic : answer->replica_election_results) {
    for (const auto& partition : topic.partition_result) {
      const TopicPartition id{topic.topic, partition.partition_id};
      if (partition.error_code == ErrorCode::kNone) {
        outcome.elected.push_back(id);
      } else if (partition.error_code == ErrorCode::kElectionNotNeeded) {
        outcome.needless.push_back(id);
      } else {
        outcome.failed[id] = exception_of(partition.error_code) + ": " +
                             partition.error_message.value_or(
                                 std::string(protocol::error_name(partition.error_code)));
      }
    }
  }
  std::sort(outcome.elected.begin(), outcome.elected.end());
  std::sort(outcome.needless.begin(), outcome.needless.end());
  return outcome;
}

}  // namespace odradek::tools
