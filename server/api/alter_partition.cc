// AlterPartition (key 56): a leader asks the controller for another in-sync set of its partitions.
#include <utility>

#include "server/api/apis.h"
#include "server/controller/controller.h"

namespace odradek::api {
namespace {

using protocol::AlterPartitionRequest;
using protocol::AlterPartitionResponse;

constexpr std::int16_t kFirstVersionWithEpochs = 3;
constexpr std::int8_t kRecovering = 1;

controller::IsrChange change_of(AlterPartitionRequest::Partition& asked, std::int16_t version) {
  controller::IsrChange change{.partition = asked.partition_index,
                               .leader_epoch = asked.leader_epoch,
                               .new_isr = std::move(asked.new_isr),
                               .recovering = asked.leader_recovery_state == kRecovering,
                               .partition_epoch = asked.partition_epoch};
  if (version < kFirstVersionWithEpochs) return change;
  for (const auto& member : asked.new_isr_with_epochs) {
    change.new_isr.push_back(member.broker_id);
    change.new_isr_epochs.push_back(member.broker_epoch);
  }
  return change;
}

controller::AlterPartitionRequest request_of(AlterPartitionRequest& request, std::int16_t version) {
  controller::AlterPartitionRequest asked{.version = version,
                                          .broker_id = request.broker_id,
                                          .broker_epoch = request.broker_epoch,
                                          .partitions = {}};
  for (auto& topic : request.topics) {
    for (auto& partition : topic.partitions) {
      auto& change = asked.partitions.emplace_back(change_of(partition, version));
      change.topic = topic.topic_name;
      change.topic_id = topic.topic_id;
    }
  }
  return asked;
}

AlterPartitionResponse::Partition partition_of(controller::IsrAnswer& result) {
  AlterPartitionResponse::Partition partition;
  partition.partition_index = result.partition;
  partition.error_code = result.error;
  if (result.error != ErrorCode::kNone) return partition;
  partition.leader_id = result.leadership.leader;
  partition.leader_epoch = result.leadership.leader_epoch;
  partition.isr = std::move(result.leadership.isr);
  partition.leader_recovery_state = result.leadership.recovering ? kRecovering : 0;
  partition.partition_epoch = result.leadership.partition_epoch;
  return partition;
}

// The answers come in the order of the request, so those of one topic stand together.
AlterPartitionResponse response_of(controller::AlterPartitionAnswer answer) {
  AlterPartitionResponse response;
  response.error_code = answer.error;
  for (controller::IsrAnswer& result : answer.partitions) {
    if (response.topics.empty() || response.topics.back().topic_name != result.topic ||
        response.topics.back().topic_id != result.topic_id) {
      response.topics.push_back(
          {.topic_name = result.topic, .topic_id = result.topic_id, .partitions = {}});
    }
    response.topics.back().partitions.push_back(partition_of(result));
  }
  return response;
}

}  // namespace

void alter_partition(Services& services, RequestContext context, AlterPartitionRequest request) {
  controller::AlterPartitionRequest asked = request_of(request, context.version());
  SharedContext shared = share(std::move(context));
  services.controller.submit(std::move(asked), [shared](controller::AlterPartitionAnswer answer) {
    shared->reply(response_of(std::move(answer)));
  });
}

}  // namespace odradek::api
