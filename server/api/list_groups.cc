// ListGroups (key 16): the groups that this broker coordinates.
#include <algorithm>
#include <utility>

#include "base/text.h"
#include "server/api/apis.h"
#include "server/group/coordinator.h"
#include "server/group/group_table.h"

namespace odradek::api {
namespace {

constexpr const char* kType = "classic";  // the only type without KRaft

// An empty filter lets everything through; names count whatever their case.
bool passes(const std::vector<std::string>& filter, const std::string& value) {
  return filter.empty() || std::any_of(filter.begin(), filter.end(), [&](const std::string& one) {
           return base::equals_ignoring_case(one, value);
         });
}

}  // namespace

void list_groups(Services& services, RequestContext context, protocol::ListGroupsRequest request) {
  protocol::ListGroupsResponse response;
  // The list is not whole while groups are loaded.
  if (services.group_table.is_any_loading()) {
    response.error_code = ErrorCode::kCoordinatorLoadInProgress;
  }
  for (group::GroupOverview& overview : services.groups.list()) {
    if (!passes(request.states_filter, overview.state)) continue;
    if (!passes(request.types_filter, kType)) continue;
    response.groups.push_back({.group_id = std::move(overview.group_id),
                               .protocol_type = std::move(overview.protocol_type),
                               .group_state = std::move(overview.state),
                               .group_type = kType});
  }
  context.reply(response);
}

}  // namespace odradek::api
