// AlterUserScramCredentials (key 51): the controller's broker sets and removes what users prove
// their passwords with.
#include <set>
#include <utility>

#include "server/admin/scram_credentials.h"
#include "server/api/apis.h"
#include "server/controller/controller.h"

namespace odradek::api {
namespace {

using protocol::AlterUserScramCredentialsRequest;
using protocol::AlterUserScramCredentialsResponse;

AlterUserScramCredentialsResponse not_controller(const AlterUserScramCredentialsRequest& request) {
  std::set<std::string> users;
  for (const auto& deletion : request.deletions) users.insert(deletion.name);
  for (const auto& upsertion : request.upsertions) users.insert(upsertion.name);
  AlterUserScramCredentialsResponse response;
  for (const std::string& user : users) {
    auto& answer = response.results.emplace_back();
    answer.user = user;
    answer.error_code = ErrorCode::kNotController;
    answer.error_message.reset();
  }
  return response;
}

}  // namespace

void alter_user_scram_credentials(Services& services, RequestContext context,
                                  AlterUserScramCredentialsRequest request) {
  if (!services.controller.is_active()) return context.reply(not_controller(request));
  std::vector<admin::ScramDeletion> deletions;
  for (auto& deletion : request.deletions) {
    deletions.push_back({std::move(deletion.name), admin::scram_mechanism(deletion.mechanism)});
  }
  std::vector<admin::ScramUpsertion> upsertions;
  for (auto& upsertion : request.upsertions) {
    upsertions.push_back({.user = std::move(upsertion.name),
                          .mechanism = admin::scram_mechanism(upsertion.mechanism),
                          .iterations = upsertion.iterations,
                          .salt = std::move(upsertion.salt),
                          .salted_password = std::move(upsertion.salted_password)});
  }
  AlterUserScramCredentialsResponse response;
  for (auto& altered : admin::ScramCredentials(services.configs).alter(deletions, upsertions)) {
    auto& answer = response.results.emplace_back();
    answer.user = std::move(altered.user);
    answer.error_message = "";  // a JVM broker says that, not null
    if (altered.status) continue;
    answer.error_code = protocol::code_of(altered.status.error());
    answer.error_message = altered.status.error().message;
  }
  context.reply(response);
}

}  // namespace odradek::api
