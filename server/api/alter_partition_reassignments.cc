// AlterPartitionReassignments (key 45): the controller begins to move partitions to other brokers,
// or calls moves off.
#include <utility>

#include "server/api/apis.h"
#include "server/controller/controller.h"

namespace odradek::api {
namespace {

using protocol::AlterPartitionReassignmentsRequest;
using protocol::AlterPartitionReassignmentsResponse;

AlterPartitionReassignmentsResponse response_of(const controller::ReassignmentAnswer& answer) {
  AlterPartitionReassignmentsResponse response;
  response.error_code = answer.error;
  response.error_message.reset();
  if (answer.error == ErrorCode::kNotController) {
    response.error_message = "This is not the correct controller for this cluster.";
  }
  for (const auto& [id, error] : answer.partitions) {
    if (response.responses.empty() || response.responses.back().name != id.topic) {
      response.responses.push_back({.name = id.topic, .partitions = {}});
    }
    auto& partition = response.responses.back().partitions.emplace_back();
    partition.partition_index = id.partition;
    partition.error_code = protocol::code_of(error);
    partition.error_message.reset();
    if (!error.message.empty()) partition.error_message = error.message;
  }
  return response;
}

}  // namespace

void alter_partition_reassignments(Services& services, RequestContext context,
                                   AlterPartitionReassignmentsRequest request) {
  controller::ReassignmentTargets targets;
  for (auto& topic : request.topics) {
    for (auto& partition : topic.partitions) {
      targets[{topic.name, partition.partition_index}] = std::move(partition.replicas);
    }
  }
  SharedContext shared = share(std::move(context));
  services.controller.submit(std::move(targets),
                             [shared](const controller::ReassignmentAnswer& answer) {
                               shared->reply(response_of(answer));
                             });
}

}  // namespace odradek::api
