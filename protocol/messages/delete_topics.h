// DeleteTopics (key 20): delete topics by name or by id.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/uuid.h"
#include "protocol/errors.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct DeleteTopicsResponse;

struct DeleteTopicsRequest {
  using Response = DeleteTopicsResponse;
  static constexpr Api kApi{
      .key = ApiKey::kDeleteTopics, .name = "DeleteTopics", .min = 0, .max = 6, .flexible = 4};

  struct Topic {
    std::optional<std::string> name;
    base::Uuid topic_id;  // looked up when the name is null

    static void describe(auto& field, auto& m) {
      field("name", m.name, {.nullable = 0});
      field("topic_id", m.topic_id);
    }
  };

  std::vector<Topic> topics;
  std::vector<std::string> topic_names;
  std::int32_t timeout_ms = 0;

  static void describe(auto& field, auto& m) {
    field("topics", m.topics, {.since = 6});
    field("topic_names", m.topic_names, {.until = 5});
    field("timeout_ms", m.timeout_ms);
  }
};
extern template struct Codec<DeleteTopicsRequest>;

struct DeleteTopicsResponse {
  static constexpr Api kApi = DeleteTopicsRequest::kApi;

  struct Topic {
    std::optional<std::string> name{""};
    base::Uuid topic_id;
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string> error_message;

    static void describe(auto& field, auto& m) {
      field("name", m.name, {.nullable = 6});
      field("topic_id", m.topic_id, {.since = 6});
      field("error_code", m.error_code);
      field("error_message", m.error_message, {.since = 5, .nullable = 5});
    }
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<Topic> responses;

  static void describe(auto& field, auto& m) {
    field("throttle_time_ms", m.throttle_time_ms, {.since = 1});
    field("responses", m.responses);
  }
};
extern template struct Codec<DeleteTopicsResponse>;

}  // namespace odradek::protocol
