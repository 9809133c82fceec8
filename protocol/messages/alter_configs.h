// AlterConfigs (key 33): replace all dynamic configs of resources.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/errors.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct AlterConfigsResponse;

struct AlterConfigsRequest {
  using Response = AlterConfigsResponse;
  static constexpr Api kApi{
      .key = ApiKey::kAlterConfigs, .name = "AlterConfigs", .min = 0, .max = 2, .flexible = 2};

  struct Config {
    std::string name;
    std::optional<std::string> value{""};

    static void describe(auto& field, auto& m) {
      field("name", m.name);
      field("value", m.value, {.nullable = 0});
    }
  };

  struct Resource {
    std::int8_t resource_type = 0;  // 2 topic, 4 broker, 8 broker logger
    std::string resource_name;
    std::vector<Config> configs;

    static void describe(auto& field, auto& m) {
      field("resource_type", m.resource_type);
      field("resource_name", m.resource_name);
      field("configs", m.configs);
    }
  };

  std::vector<Resource> resources;
  bool validate_only = false;

  static void describe(auto& field, auto& m) {
    field("resources", m.resources);
    field("validate_only", m.validate_only);
  }
};
extern template struct Codec<AlterConfigsRequest>;

struct AlterConfigsResponse {
  static constexpr Api kApi = AlterConfigsRequest::kApi;

  struct Resource {
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string> error_message;
    std::int8_t resource_type = 0;
    std::string resource_name;

    static void describe(auto& field, auto& m) {
      field("error_code", m.error_code);
      field("error_message", m.error_message, {.nullable = 0});
      field("resource_type", m.resource_type);
      field("resource_name", m.resource_name);
    }
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<Resource> responses;

  static void describe(auto& field, auto& m) {
    field("throttle_time_ms", m.throttle_time_ms);
    field("responses", m.responses);
  }
};
extern template struct Codec<AlterConfigsResponse>;

}  // namespace odradek::protocol
