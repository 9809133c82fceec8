// Heartbeat (key 12): a member says that it lives, and learns of a rebalance.
#include <utility>

#include "server/api/apis.h"
#include "server/group/coordinator.h"

namespace odradek::api {

void heartbeat(Services& services, RequestContext context, protocol::HeartbeatRequest request) {
  protocol::HeartbeatResponse response;
  response.error_code =
      services.groups.heartbeat({.group_id = std::move(request.group_id),
                                 .generation = request.generation_id,
                                 .member_id = std::move(request.member_id),
                                 .instance_id = std::move(request.group_instance_id)});
  context.reply(response);
}

}  // namespace odradek::api
