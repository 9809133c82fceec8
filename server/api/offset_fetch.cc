// OffsetFetch (key 9): committed offsets as ZooKeeper has them.
#include <map>
#include <optional>
#include <utility>

#include "base/log.h"
#include "server/api/apis.h"
#include "server/group/coordinator.h"
#include "server/group/offset_store.h"

namespace odradek::api {
namespace {

using protocol::OffsetFetchRequest;
using protocol::OffsetFetchResponse;

// Of all errors the one after which every client repeats an OffsetFetch: older Java consumers take
// COORDINATOR_NOT_AVAILABLE here for the end.
constexpr ErrorCode kTryAgain = ErrorCode::kCoordinatorLoadInProgress;
constexpr std::int16_t kFirstVersionWithGroupError = 2;
constexpr std::int16_t kFirstVersionWithGroups = 8;

using AskedTopics = std::optional<std::vector<OffsetFetchRequest::Topic>>;

struct Fetched {
  ErrorCode error = ErrorCode::kNone;
  std::vector<OffsetFetchResponse::Topic> topics;
};

OffsetFetchResponse::Partition partition_of(std::int32_t index, group::CommittedOffset committed,
                                            std::int16_t version) {
  OffsetFetchResponse::Partition partition;
  partition.partition_index = index;
  partition.committed_offset = committed.offset;
  partition.committed_leader_epoch = committed.leader_epoch;
  partition.metadata = std::move(committed.metadata);
  // The old consumers take a missing node for an error.
  if (version == 0 && committed.offset < 0) {
    partition.error_code = ErrorCode::kUnknownTopicOrPartition;
  }
  return partition;
}

Fetched fetch_all(Services& services, const std::string& group, std::int16_t version) {
  auto offsets = services.offsets.fetch_all(group);
  if (!offsets) {
    LOG(WARNING) << "[group " << group << "] offsets cannot be read: " << offsets.error().message;
    return {.error = kTryAgain};
  }
  std::map<std::string, OffsetFetchResponse::Topic> topics;
  for (auto& [partition, committed] : *offsets) {
    auto& topic = topics[partition.topic];
    topic.name = partition.topic;
    topic.partitions.push_back(partition_of(partition.partition, std::move(committed), version));
  }
  Fetched fetched;
  for (auto& [name, topic] : topics) fetched.topics.push_back(std::move(topic));
  return fetched;
}

Fetched fetch_some(Services& services, const std::string& group,
                   const std::vector<OffsetFetchRequest::Topic>& asked, std::int16_t version) {
  std::vector<protocol::TopicPartition> partitions;
  for (const auto& topic : asked) {
    for (std::int32_t index : topic.partition_indexes) partitions.push_back({topic.name, index});
  }
  auto offsets = services.offsets.fetch(group, partitions);
  if (!offsets) {
    LOG(WARNING) << "[group " << group << "] offsets cannot be read: " << offsets.error().message;
    return {.error = kTryAgain};
  }
  Fetched fetched;
  std::size_t next = 0;
  for (const auto& topic : asked) {
    auto& answer = fetched.topics.emplace_back();
    answer.name = topic.name;
    for (std::int32_t index : topic.partition_indexes) {
      answer.partitions.push_back(partition_of(index, std::move((*offsets)[next++]), version));
    }
  }
  return fetched;
}

// Before there was a field for the group's error, every partition carries it.
void spread_error(Fetched& fetched, const AskedTopics& asked) {
  if (!asked) return;
  for (const auto& topic : *asked) {
    auto& answer = fetched.topics.emplace_back();
    answer.name = topic.name;
    for (std::int32_t index : topic.partition_indexes) {
      answer.partitions.push_back({.partition_index = index,
                                   .committed_offset = -1,
                                   .metadata = "",
                                   .error_code = fetched.error});
    }
  }
}

Fetched fetch_group(Services& services, const std::string& group, const AskedTopics& asked,
                    std::int16_t version) {
  Fetched fetched;
  // Version 0 is the old consumers', whom any broker answers.
  if (version > 0) fetched.error = services.groups.check_coordinator(group);
  if (fetched.error == ErrorCode::kNone) {
    fetched =
        asked ? fetch_some(services, group, *asked, version) : fetch_all(services, group, version);
  }
  if (fetched.error != ErrorCode::kNone && version < kFirstVersionWithGroupError) {
    spread_error(fetched, asked);
  }
  return fetched;
}

}  // namespace

void offset_fetch(Services& services, RequestContext context, OffsetFetchRequest request) {
  OffsetFetchResponse response;
  if (context.version() < kFirstVersionWithGroups) {
    Fetched fetched = fetch_group(services, request.group_id, request.topics, context.version());
    response.error_code = fetched.error;
    response.topics = std::move(fetched.topics);
  }
  for (const auto& group : request.groups) {
    Fetched fetched = fetch_group(services, group.group_id, group.topics, context.version());
    auto& answer = response.groups.emplace_back();
    answer.group_id = group.group_id;
    answer.error_code = fetched.error;
    answer.topics = std::move(fetched.topics);
  }
  context.reply(response);
}

}  // namespace odradek::api
