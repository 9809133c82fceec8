// LeaveGroup (key 13): members go, or an administrator removes them.
#include <utility>

#include "server/api/apis.h"
#include "server/group/coordinator.h"

namespace odradek::api {
namespace {

constexpr std::int16_t kFirstVersionWithMembers = 3;

}  // namespace

void leave_group(Services& services, RequestContext context, protocol::LeaveGroupRequest request) {
  bool has_members = context.version() >= kFirstVersionWithMembers;
  std::vector<group::LeavingMember> leaving;
  if (!has_members) leaving.push_back({.member_id = request.member_id});
  for (const auto& member : request.members) {
    leaving.push_back({member.member_id, member.group_instance_id});
  }
  auto [error, errors] = services.groups.leave(request.group_id, leaving);
  protocol::LeaveGroupResponse response;
  response.error_code = error;
  if (error == ErrorCode::kNone && !has_members) response.error_code = errors.front();
  if (error == ErrorCode::kNone && has_members) {
    for (std::size_t i = 0; i < leaving.size(); ++i) {
      response.members.push_back({leaving[i].member_id, leaving[i].instance_id, errors[i]});
    }
  }
  context.reply(response);
}

}  // namespace odradek::api
