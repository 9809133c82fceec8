// OffsetFetch (key 9): what a group has committed.
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "base/log.h"
#include "server/api/apis.h"
#include "server/api/zookeeper_lane.h"
#include "server/group/committed_offsets.h"
#include "server/group/group_table.h"

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

// What is asked for one group.
struct Question {
  const std::string& group;
  const AskedTopics& asked;
  std::int16_t version = 0;
  bool require_stable = false;

  // The old consumers', whom any broker answers from ZooKeeper.
  bool is_old_consumers() const { return version == 0; }
};

OffsetFetchResponse::Partition partition_of(std::int32_t index, group::FetchedOffset fetched,
                                            const Question& question) {
  OffsetFetchResponse::Partition partition;
  partition.partition_index = index;
  partition.committed_offset = fetched.committed.offset;
  partition.committed_leader_epoch = fetched.committed.leader_epoch;
  partition.metadata = std::move(fetched.committed.metadata);
  partition.error_code = fetched.error;
  // The old consumers take a missing node for an error.
  if (question.is_old_consumers() && partition.committed_offset < 0) {
    partition.error_code = ErrorCode::kUnknownTopicOrPartition;
  }
  return partition;
}

base::Result<group::FetchedOffsets> read(Services& services, const Question& question) {
  if (!question.asked) {
    return question.is_old_consumers()
               ? services.offsets.fetch_all_by_old_consumer(question.group)
               : services.offsets.fetch_all(question.group, question.require_stable);
  }
  std::vector<protocol::TopicPartition> partitions;
  for (const auto& topic : *question.asked) {
    for (std::int32_t index : topic.partition_indexes) partitions.push_back({topic.name, index});
  }
  return question.is_old_consumers()
             ? services.offsets.fetch_by_old_consumer(question.group, partitions)
             : services.offsets.fetch(question.group, partitions, question.require_stable);
}

Fetched fetch_offsets(Services& services, const Question& question) {
  auto offsets = read(services, question);
  if (!offsets) {
    LOG(WARNING) << "[group " << question.group
                 << "] offsets cannot be read: " << offsets.error().message;
    return {.error = kTryAgain};
  }
  Fetched fetched;
  if (question.asked) {
    std::size_t next = 0;
    for (const auto& topic : *question.asked) {
      auto& answer = fetched.topics.emplace_back();
      answer.name = topic.name;
      for (std::int32_t index : topic.partition_indexes) {
        answer.partitions.push_back(
            partition_of(index, std::move((*offsets)[next++].second), question));
      }
    }
    return fetched;
  }
  std::map<std::string, OffsetFetchResponse::Topic> topics;
  for (auto& [partition, offset] : *offsets) {
    auto& topic = topics[partition.topic];
    topic.name = partition.topic;
    topic.partitions.push_back(partition_of(partition.partition, std::move(offset), question));
  }
  for (auto& [name, topic] : topics) fetched.topics.push_back(std::move(topic));
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

Fetched fetch_group(Services& services, const Question& question) {
  Fetched fetched;
  if (!question.is_old_consumers()) fetched.error = services.group_table.check(question.group);
  if (fetched.error == ErrorCode::kNone) fetched = fetch_offsets(services, question);
  if (fetched.error != ErrorCode::kNone && question.version < kFirstVersionWithGroupError) {
    spread_error(fetched, question.asked);
  }
  return fetched;
}

void answer(Services& services, RequestContext& context, const OffsetFetchRequest& request) {
  OffsetFetchResponse response;
  if (context.version() < kFirstVersionWithGroups) {
    Fetched fetched = fetch_group(services, {.group = request.group_id,
                                             .asked = request.topics,
                                             .version = context.version(),
                                             .require_stable = request.require_stable});
    response.error_code = fetched.error;
    response.topics = std::move(fetched.topics);
  }
  std::set<std::string> answered;
  for (const auto& group : request.groups) {
    if (!answered.insert(group.group_id).second) continue;
    Fetched fetched = fetch_group(services, {.group = group.group_id,
                                             .asked = group.topics,
                                             .version = context.version(),
                                             .require_stable = request.require_stable});
    auto& answer = response.groups.emplace_back();
    answer.group_id = group.group_id;
    answer.error_code = fetched.error;
    answer.topics = std::move(fetched.topics);
  }
  context.reply(response);
}

}  // namespace

void offset_fetch(Services& services, RequestContext context, OffsetFetchRequest request) {
  bool waits = context.version() == 0 || services.offsets.fetch_waits();
  if (!waits) return answer(services, context, request);
  SharedContext shared = share(std::move(context));
  auto kept = std::make_shared<OffsetFetchRequest>(std::move(request));
  services.zookeeper_lane.run(shared,
                              [&services, shared, kept] { answer(services, *shared, *kept); });
}

}  // namespace odradek::api
