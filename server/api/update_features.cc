// UpdateFeatures (key 57): the controller changes the finalised features of the cluster; brokers
// with ZooKeeper support none, so all that can be done is to delete one.
#include <utility>

#include "server/api/apis.h"
#include "server/controller/controller.h"

namespace odradek::api {
namespace {

using protocol::UpdateFeaturesRequest;
using protocol::UpdateFeaturesResponse;

constexpr std::int16_t kFirstVersionWithUpgradeType = 1;

controller::FeatureChange change_of(const UpdateFeaturesRequest::FeatureUpdate& asked,
                                    std::int16_t version) {
  using enum controller::FeatureChange::Direction;
  controller::FeatureChange change{
      .feature = asked.feature, .level = asked.max_version_level, .direction = kUnknown};
  if (version < kFirstVersionWithUpgradeType) {
    change.direction = asked.allow_downgrade ? kSafeDowngrade : kUpgrade;
  } else if (asked.upgrade_type >= 1 && asked.upgrade_type <= 3) {
    change.direction = static_cast<controller::FeatureChange::Direction>(asked.upgrade_type);
  }
  return change;
}

UpdateFeaturesResponse response_of(const controller::FeaturesAnswer& answer) {
  UpdateFeaturesResponse response;
  response.error_message.reset();
  if (!answer) {
    response.error_code = protocol::code_of(answer.error());
    response.error_message = answer.error().message;
    return response;
  }
  for (const auto& [feature, error] : *answer) {
    auto& result = response.results.emplace_back();
    result.feature = feature;
    result.error_code = protocol::code_of(error);
    result.error_message.reset();
    if (!error.message.empty()) result.error_message = error.message;
  }
  return response;
}

}  // namespace

void update_features(Services& services, RequestContext context, UpdateFeaturesRequest request) {
  controller::FeaturesRequest asked{.changes = {}, .validate_only = request.validate_only};
  for (const auto& update : request.feature_updates) {
    asked.changes.push_back(change_of(update, context.version()));
  }
  SharedContext shared = share(std::move(context));
  services.controller.submit(std::move(asked), [shared](const controller::FeaturesAnswer& answer) {
    shared->reply(response_of(answer));
  });
}

}  // namespace odradek::api
