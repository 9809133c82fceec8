// AlterClientQuotas (key 49): the quotas of users, client ids and IP addresses are set and removed.
#include <utility>

#include "server/admin/client_quotas.h"
#include "server/api/apis.h"

namespace odradek::api {

void alter_client_quotas(Services& services, RequestContext context,
                         protocol::AlterClientQuotasRequest request) {
  admin::ClientQuotas client_quotas(services.configs);
  protocol::AlterClientQuotasResponse response;
  for (const auto& asked : request.entries) {
    auto& answer = response.entries.emplace_back();
    answer.error_message.reset();
    admin::ClientQuotas::EntityParts parts;
    for (const auto& part : asked.entity) {
      parts.emplace_back(part.entity_type, part.entity_name);
      answer.entity.push_back({.entity_type = part.entity_type, .entity_name = part.entity_name});
    }
    std::vector<admin::QuotaChange> changes;
    for (const auto& op : asked.ops) {
      changes.push_back(
          {.key = op.key, .value = op.remove ? std::optional<double>() : std::optional(op.value)});
    }
    base::Status altered = client_quotas.alter(parts, changes, request.validate_only);
    if (altered) continue;
    answer.error_code = protocol::code_of(altered.error());
    answer.error_message = altered.error().message;
  }
  context.reply(response);
}

}  // namespace odradek::api
