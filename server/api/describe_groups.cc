// DescribeGroups (key 15): state and members of the groups that this broker coordinates.
#include <set>
#include <string>
#include <utility>

#include "server/api/apis.h"
#include "server/api/operations.h"
#include "server/group/coordinator.h"

namespace odradek::api {
void describe_groups(Services& services, RequestContext context,
                     protocol::DescribeGroupsRequest request) {
  protocol::DescribeGroupsResponse response;
  std::set<std::string> answered;
  for (const std::string& id : request.groups) {
    if (!answered.insert(id).second) continue;
    group::GroupDescription description = services.groups.describe(id);
    auto& group = response.groups.emplace_back();
    group.error_code = description.error;
    group.group_id = id;
    group.group_state = std::move(description.state);
    group.protocol_type = std::move(description.protocol_type);
    group.protocol_data = std::move(description.protocol_name);
    for (auto& member : description.members) {
      group.members.push_back({.member_id = std::move(member.id),
                               .group_instance_id = std::move(member.instance_id),
                               .client_id = std::move(member.client_id),
                               .client_host = std::move(member.client_host),
                               .member_metadata = std::move(member.metadata),
                               .member_assignment = std::move(member.assignment)});
    }
    if (request.include_authorized_operations) group.authorized_operations = kAllGroupOperations;
  }
  context.reply(response);
}

}  // namespace odradek::api
