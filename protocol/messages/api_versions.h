// ApiVersions (key 18): which APIs and versions this broker speaks.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "protocol/errors.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct ApiVersionsResponse;

struct ApiVersionsRequest {
  using Response = ApiVersionsResponse;
  static constexpr Api kApi{
      .key = ApiKey::kApiVersions, .name = "ApiVersions", .min = 0, .max = 4, .flexible = 3};

  std::string client_software_name;
  std::string client_software_version;

  static void describe(auto& field, auto& m) {
    field("client_software_name", m.client_software_name, {.since = 3});
    field("client_software_version", m.client_software_version, {.since = 3});
  }
};
extern template struct Codec<ApiVersionsRequest>;

struct ApiVersionsResponse {
  static constexpr Api kApi = ApiVersionsRequest::kApi;

  struct ApiVersion {
    std::int16_t api_key = 0;
    std::int16_t min_version = 0;
    std::int16_t max_version = 0;

    static void describe(auto& field, auto& m) {
      field("api_key", m.api_key);
      field("min_version", m.min_version);
      field("max_version", m.max_version);
    }
  };

  struct SupportedFeature {
    std::string name;
    std::int16_t min_version = 0;
    std::int16_t max_version = 0;

    static void describe(auto& field, auto& m) {
      field("name", m.name);
      field("min_version", m.min_version);
      field("max_version", m.max_version);
    }
  };

  struct FinalizedFeature {
    std::string name;
    std::int16_t max_version_level = 0;
    std::int16_t min_version_level = 0;

    static void describe(auto& field, auto& m) {
      field("name", m.name);
      field("max_version_level", m.max_version_level);
      field("min_version_level", m.min_version_level);
    }
  };

  ErrorCode error_code = ErrorCode::kNone;
  std::vector<ApiVersion> api_keys;
  std::int32_t throttle_time_ms = 0;
  std::vector<SupportedFeature> supported_features;
  std::int64_t finalized_features_epoch = -1;  // -1: unknown
  std::vector<FinalizedFeature> finalized_features;
  bool zk_migration_ready = false;  // KRaft only

  static void describe(auto& field, auto& m) {
    field("error_code", m.error_code);
    field("api_keys", m.api_keys);
    field("throttle_time_ms", m.throttle_time_ms, {.since = 1});
    field("supported_features", m.supported_features, {.since = 3, .tag = 0});
    field("finalized_features_epoch", m.finalized_features_epoch,
          {.since = 3, .tag = 1, .absent = -1});
    field("finalized_features", m.finalized_features, {.since = 3, .tag = 2});
    field("zk_migration_ready", m.zk_migration_ready, {.since = 3, .tag = 3});
  }
};
extern template struct Codec<ApiVersionsResponse>;

}  // namespace odradek::protocol
