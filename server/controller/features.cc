#include "server/controller/features.h"

#include <string>
#include <utility>

#include "base/log.h"
#include "zk/store/features.h"

namespace odradek::controller {
namespace {

using Direction = FeatureChange::Direction;

base::Error invalid(const std::string& why) { return base::Error(ErrorCode::kInvalidRequest, why); }

// A level above 0 of a feature that is finalised: what is wrong besides that nobody supports it.
std::optional<base::Error> check_against(const FeatureChange& change, std::int16_t existing) {
  const std::string now = std::to_string(existing);
  const std::string wanted = std::to_string(change.level);
  if (change.level == existing) {
    return invalid(std::string("Can not ") +
                   (change.direction == Direction::kSafeDowngrade ? "downgrade" : "upgrade") +
                   " a finalized feature from existing versionLevel:" + now +
                   " to the same value.");
  }
  if (change.level < existing && change.direction != Direction::kSafeDowngrade) {
    return invalid("Can not downgrade finalized feature from existing versionLevel:" + now +
                   " to provided versionLevel:" + wanted +
                   " without setting the downgradeType to SAFE in the request.");
  }
  if (change.level > existing && change.direction != Direction::kUpgrade) {
    return invalid(
        "When the downgradeType is set to SAFE in the request, the provided versionLevel:" +
        wanted + " can not be greater than existing versionLevel:" + now + ".");
  }
  return std::nullopt;
}

}  // namespace

base::Error check_feature_change(const FeatureChange& change,
                                 std::optional<std::int16_t> existing) {
  if (change.feature.empty()) return invalid("Feature name can not be empty.");
  if (change.direction == Direction::kUnknown) return invalid("Received unknown upgrade type.");
  if (change.level < 1 && change.direction == Direction::kUpgrade) {
    return invalid("Can not provide versionLevel: " + std::to_string(change.level) +
                   " less than 1 without setting the SAFE downgradeType in the request.");
  }
  if (change.level < 1) {
    if (existing) return base::Error(ErrorCode::kNone, "");
    return invalid("Can not delete non-existing finalized feature.");
  }
  if (existing) {
    if (auto refused = check_against(change, *existing)) return std::move(*refused);
  }
  return invalid(
      "Could not apply finalized feature update because the provided feature is not supported.");
}

FeaturesAnswer change_features(zk::Session& session, config::InterBrokerProtocol version,
                               const FeaturesRequest& request) {
  if (!config::has_feature_znode(version)) {
    return invalid("Feature versioning system is disabled.");
  }
  auto stored = zk::read_features(session);
  if (!stored) return base::Error(ErrorCode::kUnknownServerError, stored.error().message);
  zk::FeatureData data{.version = config::has_feature_znode_v2(version) ? 2 : 1};
  if (*stored && (*stored)->data.enabled) data.features = (*stored)->data.features;
  const auto before = data.features;
  std::map<std::string, base::Error> results;
  for (const FeatureChange& change : request.changes) {
    auto known = before.find(change.feature);
    base::Error error = check_feature_change(
        change,
        known == before.end() ? std::nullopt : std::optional(known->second.max_version_level));
    if (protocol::code_of(error) == ErrorCode::kNone) data.features.erase(change.feature);
    results.insert_or_assign(change.feature, std::move(error));
  }
  if (request.validate_only || data.features == before) return results;
  auto written = zk::write_features(session, data);
  if (written) return results;
  LOG(ERROR) << "finalised features were not changed: " << written.error().message;
  for (auto& [feature, error] : results) {
    if (protocol::code_of(error) != ErrorCode::kNone) continue;
    error = base::Error(ErrorCode::kFeatureUpdateFailed,
                        "Unable to update finalized features due to an unexpected server error.");
  }
  return results;
}

}  // namespace odradek::controller
