// OffsetCommit (key 8): acknowledged when the offsets are where offsets.storage wants them.
#include <utility>

#include "server/api/apis.h"
#include "server/api/partition_answers.h"
#include "server/group/committed_offsets.h"
#include "server/metadata/metadata_cache.h"

namespace odradek::api {
namespace {

using protocol::OffsetCommitRequest;
using protocol::OffsetCommitResponse;

struct Plan {
  PartitionAnswers<OffsetCommitResponse> answers;
  std::vector<group::OffsetToCommit> offsets;  // one for each place
};

// Version 1 alone lets the client say when it committed, versions 2 to 4 how long it counts.
group::CommittedOffset committed_of(const OffsetCommitRequest& request,
                                    const OffsetCommitRequest::Partition& partition,
                                    std::int64_t now_ms) {
  group::CommittedOffset committed;
  committed.offset = partition.committed_offset;
  committed.leader_epoch = partition.committed_leader_epoch;
  committed.metadata = partition.committed_metadata.value_or("");
  committed.commit_time_ms = partition.commit_timestamp < 0 ? now_ms : partition.commit_timestamp;
  if (request.retention_time_ms >= 0) {
    committed.expire_time_ms = now_ms + request.retention_time_ms;
  }
  return committed;
}

Plan plan(const Services& services, const OffsetCommitRequest& request) {
  Plan plan;
  auto image = services.metadata.image();
  std::int64_t now_ms = services.clock.wall_ms();
  for (const auto& topic : request.topics) {
    plan.answers.begin_topic(topic.name);
    for (const auto& partition : topic.partitions) {
      protocol::TopicPartition name{topic.name, partition.partition_index};
      if (!plan.answers.add(*image, name)) continue;
      plan.offsets.push_back({std::move(name), committed_of(request, partition, now_ms)});
    }
  }
  return plan;
}

}  // namespace

void offset_commit(Services& services, RequestContext context, OffsetCommitRequest request) {
  auto planned = std::make_shared<Plan>(plan(services, request));
  if (planned->offsets.empty()) return context.reply(planned->answers.response);
  std::vector<group::OffsetToCommit> offsets = std::move(planned->offsets);
  bool is_old_consumer = context.version() == 0;
  SharedContext shared = share(std::move(context));
  auto answer = [shared, planned](const std::vector<ErrorCode>& errors) {
    planned->answers.settle(errors);
    shared->reply(planned->answers.response);
  };
  if (is_old_consumer) {
    return services.offsets.commit_by_old_consumer(request.group_id, std::move(offsets), answer);
  }
  services.offsets.commit({.group_id = std::move(request.group_id),
                           .generation = request.generation_id_or_member_epoch,
                           .member_id = std::move(request.member_id),
                           .instance_id = std::move(request.group_instance_id)},
                          std::move(offsets), answer);
}

}  // namespace odradek::api
