// DescribeClientQuotas (key 48): the quotas of users, client ids and addresses.
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

struct DescribeClientQuotasResponse;

struct DescribeClientQuotasRequest {
  using Response = DescribeClientQuotasResponse;
  static constexpr Api kApi{.key = ApiKey::kDescribeClientQuotas,
                            .name = "DescribeClientQuotas",
                            .min = 0,
                            .max = 1,
                            .flexible = 1};

  struct Component {
    std::string entity_type;     // user, client-id or ip
    std::int8_t match_type = 0;  // 0: exactly `match`; 1: the default; 2: any
    std::optional<std::string> match{""};

    static void describe(auto& field, auto& m) {
      field("entity_type", m.entity_type);
      field("match_type", m.match_type);
      field("match", m.match, {.nullable = 0});
    }
  };

  std::vector<Component> components;
  bool strict = false;  // nothing but entities of exactly these types

  static void describe(auto& field, auto& m) {
    field("components", m.components);
    field("strict", m.strict);
  }
};
extern template struct Codec<DescribeClientQuotasRequest>;

struct DescribeClientQuotasResponse {
  static constexpr Api kApi = DescribeClientQuotasRequest::kApi;

  struct Entity {
    std::string entity_type;
    std::optional<std::string> entity_name{""};  // null: the default of its type

    static void describe(auto& field, auto& m) {
      field("entity_type", m.entity_type);
      field("entity_name", m.entity_name, {.nullable = 0});
    }
  };

  struct Value {
    std::string key;
    double value = 0;

    static void describe(auto& field, auto& m) {
      field("key", m.key);
      field("value", m.value);
    }
  };

  struct Entry {
    std::vector<Entity> entity;
    std::vector<Value> values;

    static void describe(auto& field, auto& m) {
      field("entity", m.entity);
      field("values", m.values);
    }
  };

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::optional<std::string> error_message;
  std::optional<std::vector<Entry>> entries{std::in_place};

  static void describe(auto& field, auto& m) {
    field("throttle_time_ms", m.throttle_time_ms);
    field("error_code", m.error_code);
    field("error_message", m.error_message, {.nullable = 0});
    field("entries", m.entries, {.nullable = 0});
  }
};
extern template struct Codec<DescribeClientQuotasResponse>;

}  // namespace odradek::protocol
