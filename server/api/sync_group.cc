// SyncGroup (key 14): the leader hands in the assignment, every member waits for its part.
#include <utility>

#include "server/api/apis.h"
#include "server/group/coordinator.h"

namespace odradek::api {

void sync_group(Services& services, RequestContext context, protocol::SyncGroupRequest request) {
  group::SyncRequest sync{.group_id = std::move(request.group_id),
                          .generation = request.generation_id,
                          .member_id = std::move(request.member_id),
                          .instance_id = std::move(request.group_instance_id),
                          .protocol_type = std::move(request.protocol_type),
                          .protocol_name = std::move(request.protocol_name)};
  for (auto& assignment : request.assignments) {
    sync.assignments.emplace_back(std::move(assignment.member_id),
                                  std::move(assignment.assignment));
  }
  SharedContext shared = share(std::move(context));
  services.groups.sync(sync, [shared](group::SyncResult result) {
    protocol::SyncGroupResponse response;
    response.error_code = result.error;
    response.protocol_type = std::move(result.protocol_type);
    response.protocol_name = std::move(result.protocol_name);
    response.assignment = std::move(result.assignment);
    shared->reply(response);
  });
}

}  // namespace odradek::api
