// ListPartitionReassignments (key 46): the controller tells which partitions are moving.
#include <set>
#include <utility>

#include "server/api/apis.h"
#include "server/controller/controller.h"

namespace odradek::api {
namespace {

using protocol::ListPartitionReassignmentsRequest;
using protocol::ListPartitionReassignmentsResponse;

ListPartitionReassignmentsResponse response_of(const controller::ListReassignmentsAnswer& answer) {
  ListPartitionReassignmentsResponse response;
  response.error_code = answer.error;
  response.error_message.reset();
  if (answer.error == ErrorCode::kNotController) {
    response.error_message = "This is not the correct controller for this cluster.";
  }
  for (const auto& [id, moving] : answer.partitions) {
    if (response.topics.empty() || response.topics.back().name != id.topic) {
      response.topics.push_back({.name = id.topic, .partitions = {}});
    }
    response.topics.back().partitions.push_back({.partition_index = id.partition,
                                                 .replicas = moving.replicas,
                                                 .adding_replicas = moving.adding,
                                                 .removing_replicas = moving.removing});
  }
  return response;
}

}  // namespace

void list_partition_reassignments(Services& services, RequestContext context,
                                  ListPartitionReassignmentsRequest request) {
  controller::ListReassignmentsRequest asked;
  if (request.topics) {
    asked.partitions.emplace();
    for (const auto& topic : *request.topics) {
      for (std::int32_t index : topic.partition_indexes) {
        asked.partitions->insert({topic.name, index});
      }
    }
  }
  SharedContext shared = share(std::move(context));
  services.controller.submit(std::move(asked),
                             [shared](const controller::ListReassignmentsAnswer& answer) {
                               shared->reply(response_of(answer));
                             });
}

}  // namespace odradek::api
