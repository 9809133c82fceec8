// AlterClientQuotas (key 49): set or remove quotas of users, client ids and addresses.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/errors.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct AlterClientQuotasResponse;

struct AlterClientQuotasRequest {
  using Response = AlterClientQuotasResponse;
  static constexpr Api kApi{.key = ApiKey::kAlterClientQuotas,
                            .name = "AlterClientQuotas",
                            .min = 0,
                            .max = 1,
                            .flexible = 1};

  struct Entity {
    std::string entity_type;                     // user, client-id or ip
    std::optional<std::string> entity_name{""};  // null: the default of its type

    static void describe(auto& field, auto& m) {
      field("entity_type", m.entity_type);
      field("entity_name", m.entity_name, {.nullable = 0});
    }
  };

  struct Op {
    std::string key;
    double value = 0;
    bool remove = false;

    static void describe(auto& field, auto& m) {
      field("key", m.key);
      field("value", m.value);
      field("remove", m.remove);
    }
  };

  struct Entry {
    std::vector<Entity> entity;
    std::vector<Op> ops;

    static void describe(auto& field, auto& m) {
      field("entity", m.entity);
      field("ops", m.ops);
    }
  };

  std::vector<Entry> entries;
  bool validate_only = false;

  static void describe(auto& field, auto& m) {
    field("entries", m.entries);
    field("validate_only", m.validate_only);
  }
};
extern template struct Codec<AlterClientQuotasRequest>;

struct AlterClientQuotasResponse {
  static constexpr Api kApi = AlterClientQuotasRequest::kApi;

  struct Entity {
    std::string entity_type;
    std::optional<std::string> entity_name{""};  // null: the default of its type

    static void describe(auto& field, auto& m) {
      field("entity_type", m.entity_type);
      field("entity_name", m.entity_name, {.nullable = 0});
    }
  };

  struct Entry {
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string> error_message;
    std::vector<Entity> entity;

    static void describe(auto& field, auto& m) {
      field("error_code", m.error_code);
      field("error_message", m.error_message, {.nullable = 0});
      field("entity", m.entity);
    }
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<Entry> entries;

  static void describe(auto& field, auto& m) {
    field("throttle_time_ms", m.throttle_time_ms);
    field("entries", m.entries);
  }
};
extern template struct Codec<AlterClientQuotasResponse>;

}  // namespace odradek::protocol
