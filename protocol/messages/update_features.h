// UpdateFeatures (key 57): raise or lower finalized feature levels.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/errors.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct UpdateFeaturesResponse;

struct UpdateFeaturesRequest {
  using Response = UpdateFeaturesResponse;
  static constexpr Api kApi{
      .key = ApiKey::kUpdateFeatures, .name = "UpdateFeatures", .min = 0, .max = 1, .flexible = 0};

  struct FeatureUpdate {
    std::string feature;
    std::int16_t max_version_level = 0;  // below 1: delete
    bool allow_downgrade = false;
    std::int8_t upgrade_type = 1;  // 1: up only; 2: down when safe; 3: down even if lossy

    static void describe(auto& field, auto& m) {
      field("feature", m.feature);
      field("max_version_level", m.max_version_level);
      field("allow_downgrade", m.allow_downgrade, {.until = 0});
      field("upgrade_type", m.upgrade_type, {.since = 1});
    }
  };

  std::int32_t timeout_ms = 60000;
  std::vector<FeatureUpdate> feature_updates;
  bool validate_only = false;

  static void describe(auto& field, auto& m) {
    field("timeout_ms", m.timeout_ms);
    field("feature_updates", m.feature_updates);
    field("validate_only", m.validate_only, {.since = 1});
  }
};
extern template struct Codec<UpdateFeaturesRequest>;

struct UpdateFeaturesResponse {
  static constexpr Api kApi = UpdateFeaturesRequest::kApi;

  struct Feature {
    std::string feature;
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string> error_message;

    static void describe(auto& field, auto& m) {
      field("feature", m.feature);
      field("error_code", m.error_code);
      field("error_message", m.error_message, {.nullable = 0});
    }
  };

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::optional<std::string> error_message;
  std::vector<Feature> results;

  static void describe(auto& field, auto& m) {
    field("throttle_time_ms", m.throttle_time_ms);
    field("error_code", m.error_code);
    field("error_message", m.error_message, {.nullable = 0});
    field("results", m.results);
  }
};
extern template struct Codec<UpdateFeaturesResponse>;

}  // namespace odradek::protocol
