// DescribeConfigs (key 32): the values of configs, and where each comes from.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocol/errors.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct DescribeConfigsResponse;

struct DescribeConfigsRequest {
  using Response = DescribeConfigsResponse;
  static constexpr Api kApi{.key = ApiKey::kDescribeConfigs,
                            .name = "DescribeConfigs",
                            .min = 0,
                            .max = 4,
                            .flexible = 4};

  struct Resource {
    std::int8_t resource_type = 0;  // 2 topic, 4 broker, 8 broker logger
    std::string resource_name;
    std::optional<std::vector<std::string>> configuration_keys{std::in_place};  // null: all

    static void describe(auto& field, auto& m) {
      field("resource_type", m.resource_type);
      field("resource_name", m.resource_name);
      field("configuration_keys", m.configuration_keys, {.nullable = 0});
    }
  };

  std::vector<Resource> resources;
  bool include_synonyms = false;
  bool include_documentation = false;

  static void describe(auto& field, auto& m) {
    field("resources", m.resources);
    field("include_synonyms", m.include_synonyms, {.since = 1});
    field("include_documentation", m.include_documentation, {.since = 3});
  }
};
extern template struct Codec<DescribeConfigsRequest>;

struct DescribeConfigsResponse {
  static constexpr Api kApi = DescribeConfigsRequest::kApi;

  struct Synonym {
    std::string name;
    std::optional<std::string> value{""};
    std::int8_t source = 0;

    static void describe(auto& field, auto& m) {
      field("name", m.name);
      field("value", m.value, {.nullable = 0});
      field("source", m.source);
    }
  };

  struct Config {
    std::string name;
    std::optional<std::string> value{""};
    bool read_only = false;
    bool is_default = false;
    // 1 topic, 2 broker, 3 all brokers, 4 file, 5 default, 6 logger.
    std::int8_t config_source = -1;
    bool is_sensitive = false;
    std::vector<Synonym> synonyms;
    // 1 boolean, 2 string, 3 int, 4 short, 5 long, 6 double, 7 list, 8 class, 9 password.
    std::int8_t config_type = 0;
    std::optional<std::string> documentation{""};

    static void describe(auto& field, auto& m) {
      field("name", m.name);
      field("value", m.value, {.nullable = 0});
      field("read_only", m.read_only);
      field("is_default", m.is_default, {.until = 0});
      field("config_source", m.config_source, {.since = 1});
      field("is_sensitive", m.is_sensitive);
      field("synonyms", m.synonyms, {.since = 1});
      field("config_type", m.config_type, {.since = 3});
      field("documentation", m.documentation, {.since = 3, .nullable = 3});
    }
  };

  struct Resource {
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string> error_message;
    std::int8_t resource_type = 0;
    std::string resource_name;
    std::vector<Config> configs;

    static void describe(auto& field, auto& m) {
      field("error_code", m.error_code);
      field("error_message", m.error_message, {.nullable = 0});
      field("resource_type", m.resource_type);
      field("resource_name", m.resource_name);
      field("configs", m.configs);
    }
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<Resource> results;

  static void describe(auto& field, auto& m) {
    field("throttle_time_ms", m.throttle_time_ms);
    field("results", m.results);
  }
};
extern template struct Codec<DescribeConfigsResponse>;

}  // namespace odradek::protocol
