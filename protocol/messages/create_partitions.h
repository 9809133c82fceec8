// CreatePartitions (key 37): give topics more partitions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocol/errors.h"
#include "protocol/types.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct CreatePartitionsResponse;

struct CreatePartitionsRequest {
  using Response = CreatePartitionsResponse;
  static constexpr Api kApi{.key = ApiKey::kCreatePartitions,
                            .name = "CreatePartitions",
                            .min = 0,
                            .max = 3,
                            .flexible = 2};

  struct Assignment {
    std::vector<BrokerId> broker_ids;

    static void describe(auto& field, auto& m) { field("broker_ids", m.broker_ids); }
  };

  struct Topic {
    std::string name;
    std::int32_t count = 0;  // partitions in all
    // Of the new ones only; null: the controller chooses.
    std::optional<std::vector<Assignment>> assignments{std::in_place};

    static void describe(auto& field, auto& m) {
      field("name", m.name);
      field("count", m.count);
      field("assignments", m.assignments, {.nullable = 0});
    }
  };

  std::vector<Topic> topics;
  std::int32_t timeout_ms = 0;
  bool validate_only = false;

  static void describe(auto& field, auto& m) {
    field("topics", m.topics);
    field("timeout_ms", m.timeout_ms);
    field("validate_only", m.validate_only);
  }
};
extern template struct Codec<CreatePartitionsRequest>;

struct CreatePartitionsResponse {
  static constexpr Api kApi = CreatePartitionsRequest::kApi;

  struct Topic {
    std::string name;
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string> error_message;

    static void describe(auto& field, auto& m) {
      field("name", m.name);
      field("error_code", m.error_code);
      field("error_message", m.error_message, {.nullable = 0});
    }
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<Topic> results;

  static void describe(auto& field, auto& m) {
    field("throttle_time_ms", m.throttle_time_ms);
    field("results", m.results);
  }
};
extern template struct Codec<CreatePartitionsResponse>;

}  // namespace odradek::protocol
