// JoinGroup (key 11): a member asks for its place in the next generation; the answer waits for the
// rebalance.
#include <utility>

#include "server/api/apis.h"
#include "server/group/coordinator.h"

namespace odradek::api {
namespace {

constexpr std::int16_t kFirstVersionWithKnownMemberId = 4;
constexpr std::int16_t kFirstVersionWithNullProtocol = 7;
constexpr std::int16_t kFirstVersionSkippingAssignment = 9;

group::JoinRequest join_request(const RequestContext& context,
                                protocol::JoinGroupRequest& request) {
  group::JoinRequest join;
  join.group_id = request.group_id;
  join.member_id = request.member_id;
  join.instance_id = std::move(request.group_instance_id);
  join.client_id = context.client_id();
  join.client_host = "/" + context.connection().peer_host();
  join.session_timeout_ms = request.session_timeout_ms;
  join.rebalance_timeout_ms =
      request.rebalance_timeout_ms < 0 ? request.session_timeout_ms : request.rebalance_timeout_ms;
  join.protocol_type = request.protocol_type;
  for (auto& protocol : request.protocols) {
    join.protocols.push_back({std::move(protocol.name), std::move(protocol.metadata)});
  }
  join.requires_known_member_id = context.version() >= kFirstVersionWithKnownMemberId;
  join.supports_skipping_assignment = context.version() >= kFirstVersionSkippingAssignment;
  return join;
}

void answer(RequestContext& context, group::JoinResult result) {
  protocol::JoinGroupResponse response;
  response.error_code = result.error;
  response.generation_id = result.generation;
  response.protocol_type = std::move(result.protocol_type);
  response.protocol_name = std::move(result.protocol_name);
  if (!response.protocol_name && context.version() < kFirstVersionWithNullProtocol) {
    response.protocol_name = "";
  }
  response.leader = std::move(result.leader_id);
  response.skip_assignment = result.skip_assignment;
  response.member_id = std::move(result.member_id);
  for (auto& member : result.members) {
    response.members.push_back(
        {std::move(member.id), std::move(member.instance_id), std::move(member.metadata)});
  }
  context.reply(response);
}

}  // namespace

void join_group(Services& services, RequestContext context, protocol::JoinGroupRequest request) {
  group::JoinRequest join = join_request(context, request);
  SharedContext shared = share(std::move(context));
  services.groups.join(join,
                       [shared](group::JoinResult result) { answer(*shared, std::move(result)); });
}

}  // namespace odradek::api
