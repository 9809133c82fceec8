// CreateTopics (key 19): create topics, or check that they could be.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/uuid.h"
#include "protocol/errors.h"
#include "protocol/types.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct CreateTopicsResponse;

struct CreateTopicsRequest {
  using Response = CreateTopicsResponse;
  static constexpr Api kApi{
      .key = ApiKey::kCreateTopics, .name = "CreateTopics", .min = 0, .max = 7, .flexible = 5};

  struct Assignment {
    std::int32_t partition_index = 0;
    std::vector<BrokerId> broker_ids;

    static void describe(auto& field, auto& m) {
      field("partition_index", m.partition_index);
      field("broker_ids", m.broker_ids);
    }
  };

  struct Config {
    std::string name;
    std::optional<std::string> value{""};

    static void describe(auto& field, auto& m) {
      field("name", m.name);
      field("value", m.value, {.nullable = 0});
    }
  };

  struct Topic {
    std::string name;
    std::int32_t num_partitions = 0;      // -1: the broker's default, or as assigned
    std::int16_t replication_factor = 0;  // -1: the broker's default, or as assigned
    std::vector<Assignment> assignments;  // empty: the controller chooses
    std::vector<Config> configs;

    static void describe(auto& field, auto& m) {
      field("name", m.name);
      field("num_partitions", m.num_partitions);
      field("replication_factor", m.replication_factor);
      field("assignments", m.assignments);
      field("configs", m.configs);
    }
  };

  std::vector<Topic> topics;
  std::int32_t timeout_ms = 60000;
  bool validate_only = false;

  static void describe(auto& field, auto& m) {
    field("topics", m.topics);
    field("timeout_ms", m.timeout_ms);
    field("validate_only", m.validate_only, {.since = 1});
  }
};
extern template struct Codec<CreateTopicsRequest>;

struct CreateTopicsResponse {
  static constexpr Api kApi = CreateTopicsRequest::kApi;

  struct Config {
    std::string name;
    std::optional<std::string> value{""};
    bool read_only = false;
    std::int8_t config_source = -1;
    bool is_sensitive = false;

    static void describe(auto& field, auto& m) {
      field("name", m.name);
      field("value", m.value, {.nullable = 0});
      field("read_only", m.read_only);
      field("config_source", m.config_source);
      field("is_sensitive", m.is_sensitive);
    }
  };

  struct Topic {
    std::string name;
    base::Uuid topic_id;
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string> error_message;
    ErrorCode topic_config_error_code = ErrorCode::kNone;  // why `configs` is null
    std::int32_t num_partitions = -1;                      // -1: not told
    std::int16_t replication_factor = -1;                  // -1: not told
    std::optional<std::vector<Config>> configs{std::in_place};

    static void describe(auto& field, auto& m) {
      field("name", m.name);
      field("topic_id", m.topic_id, {.since = 7});
      field("error_code", m.error_code);
      field("error_message", m.error_message, {.since = 1, .nullable = 1});
      field("topic_config_error_code", m.topic_config_error_code, {.since = 5, .tag = 0});
      field("num_partitions", m.num_partitions, {.since = 5});
      field("replication_factor", m.replication_factor, {.since = 5});
      field("configs", m.configs, {.since = 5, .nullable = 5});
    }
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<Topic> topics;

  static void describe(auto& field, auto& m) {
    field("throttle_time_ms", m.throttle_time_ms, {.since = 2});
    field("topics", m.topics);
  }
};
extern template struct Codec<CreateTopicsResponse>;

}  // namespace odradek::protocol
