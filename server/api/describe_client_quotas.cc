// DescribeClientQuotas (key 48): the quotas of users, client ids and IP addresses that match a
// filter.
#include <utility>

#include "server/admin/client_quotas.h"
#include "server/api/apis.h"

namespace odradek::api {
namespace {

using protocol::DescribeClientQuotasRequest;
using protocol::DescribeClientQuotasResponse;
using Match = admin::QuotaFilter::Match;

base::Result<admin::QuotaFilter> filter_of(DescribeClientQuotasRequest& request) {
  admin::QuotaFilter filter{.components = {}, .strict = request.strict};
  for (auto& component : request.components) {
    bool known = component.match_type >= 0 && component.match_type <= 2;
    if (!known || (component.match_type == 0 && !component.match)) {
      return base::Error("Unexpected match type: " + std::to_string(component.match_type));
    }
    filter.components.push_back({.entity_type = std::move(component.entity_type),
                                 .match = static_cast<Match>(component.match_type),
                                 .name = std::move(component.match).value_or("")});
  }
  return filter;
}

DescribeClientQuotasResponse::Entry entry_of(const admin::QuotaEntity& entity,
                                             const admin::Quotas& quotas) {
  DescribeClientQuotasResponse::Entry entry;
  auto add = [&](const char* type, const std::optional<admin::QuotaEntity::Name>& name) {
    if (name) entry.entity.push_back({.entity_type = type, .entity_name = *name});
  };
  add("user", entity.user);
  add("client-id", entity.client_id);
  add("ip", entity.ip);
  for (const auto& [key, value] : quotas) entry.values.push_back({.key = key, .value = value});
  return entry;
}

}  // namespace

void describe_client_quotas(Services& services, RequestContext context,
                            DescribeClientQuotasRequest request) {
  DescribeClientQuotasResponse response;
  response.error_message = "";  // a JVM broker says that, not null
  auto fail = [&](const base::Error& error) {
    response.error_code = protocol::code_of(error);
    response.error_message = error.message;
    response.entries.reset();
    context.reply(response);
  };
  auto filter = filter_of(request);
  if (!filter) return fail(filter.error());
  auto found = admin::ClientQuotas(services.configs).describe(*filter);
  if (!found) return fail(found.error());
  for (const auto& [entity, quotas] : *found) {
    response.entries->push_back(entry_of(entity, quotas));
  }
  context.reply(response);
}

}  // namespace odradek::api
