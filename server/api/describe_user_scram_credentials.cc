// DescribeUserScramCredentials (key 50): which SCRAM credentials users have, never their keys.
#include <utility>

#include "server/admin/scram_credentials.h"
#include "server/api/apis.h"

namespace odradek::api {

void describe_user_scram_credentials(Services& services, RequestContext context,
                                     protocol::DescribeUserScramCredentialsRequest request) {
  std::vector<std::string> users;
  if (request.users) {
    for (auto& user : *request.users) users.push_back(std::move(user.name));
  }
  protocol::DescribeUserScramCredentialsResponse response;
  response.error_message = "";  // a JVM broker says that, not null
  auto described = admin::ScramCredentials(services.configs).describe(users);
  if (!described) {
    response.error_code = protocol::code_of(described.error());
    response.error_message = described.error().message;
    return context.reply(response);
  }
  for (auto& each : *described) {
    auto& answer = response.results.emplace_back();
    answer.user = std::move(each.user);
    answer.error_message = "";
    for (const auto& credential : each.credentials) {
      answer.credential_infos.push_back(
          {.mechanism = static_cast<std::int8_t>(credential.mechanism),
           .iterations = credential.iterations});
    }
    if (each.status) continue;
    answer.error_code = protocol::code_of(each.status.error());
    answer.error_message = each.status.error().message;
  }
  context.reply(response);
}

}  // namespace odradek::api
