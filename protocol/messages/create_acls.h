// CreateAcls (key 30): add ACLs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/errors.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct CreateAclsResponse;

struct CreateAclsRequest {
  using Response = CreateAclsResponse;
  static constexpr Api kApi{
      .key = ApiKey::kCreateAcls, .name = "CreateAcls", .min = 0, .max = 3, .flexible = 2};

  struct Creation {
    std::int8_t resource_type = 0;
    std::string resource_name;
    std::int8_t resource_pattern_type = 3;  // 3 literal, 4 prefixed
    std::string principal;
    std::string host;
    std::int8_t operation = 0;
    std::int8_t permission_type = 0;  // 2 deny, 3 allow

    static void describe(auto& field, auto& m) {
      field("resource_type", m.resource_type);
      field("resource_name", m.resource_name);
      field("resource_pattern_type", m.resource_pattern_type, {.since = 1});
      field("principal", m.principal);
      field("host", m.host);
      field("operation", m.operation);
      field("permission_type", m.permission_type);
    }
  };

  std::vector<Creation> creations;

  static void describe(auto& field, auto& m) { field("creations", m.creations); }
};
extern template struct Codec<CreateAclsRequest>;

struct CreateAclsResponse {
  static constexpr Api kApi = CreateAclsRequest::kApi;

  struct Creation {
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string> error_message;

    static void describe(auto& field, auto& m) {
      field("error_code", m.error_code);
      field("error_message", m.error_message, {.nullable = 0});
    }
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<Creation> results;

  static void describe(auto& field, auto& m) {
    field("throttle_time_ms", m.throttle_time_ms);
    field("results", m.results);
  }
};
extern template struct Codec<CreateAclsResponse>;

}  // namespace odradek::protocol
