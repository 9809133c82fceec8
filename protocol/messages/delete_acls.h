// DeleteAcls (key 31): remove the ACLs that match filters.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/errors.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct DeleteAclsResponse;

struct DeleteAclsRequest {
  using Response = DeleteAclsResponse;
  static constexpr Api kApi{
      .key = ApiKey::kDeleteAcls, .name = "DeleteAcls", .min = 0, .max = 3, .flexible = 2};

  struct Filter {
    std::int8_t resource_type_filter = 0;
    std::optional<std::string> resource_name_filter{""};
    std::int8_t pattern_type_filter = 3;  // 1 any, 2 match, 3 literal, 4 prefixed
    std::optional<std::string> principal_filter{""};
    std::optional<std::string> host_filter{""};
    std::int8_t operation = 0;
    std::int8_t permission_type = 0;  // 2 deny, 3 allow

    static void describe(auto& field, auto& m) {
      field("resource_type_filter", m.resource_type_filter);
      field("resource_name_filter", m.resource_name_filter, {.nullable = 0});
      field("pattern_type_filter", m.pattern_type_filter, {.since = 1});
      field("principal_filter", m.principal_filter, {.nullable = 0});
      field("host_filter", m.host_filter, {.nullable = 0});
      field("operation", m.operation);
      field("permission_type", m.permission_type);
    }
  };

  std::vector<Filter> filters;

  static void describe(auto& field, auto& m) { field("filters", m.filters); }
};
extern template struct Codec<DeleteAclsRequest>;

struct DeleteAclsResponse {
  static constexpr Api kApi = DeleteAclsRequest::kApi;

  struct MatchingAcl {
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string> error_message;
    std::int8_t resource_type = 0;
    std::string resource_name;
    std::int8_t pattern_type = 3;
    std::string principal;
    std::string host;
    std::int8_t operation = 0;
    std::int8_t permission_type = 0;  // 2 deny, 3 allow

    static void describe(auto& field, auto& m) {
      field("error_code", m.error_code);
      field("error_message", m.error_message, {.nullable = 0});
      field("resource_type", m.resource_type);
      field("resource_name", m.resource_name);
      field("pattern_type", m.pattern_type, {.since = 1});
      field("principal", m.principal);
      field("host", m.host);
      field("operation", m.operation);
      field("permission_type", m.permission_type);
    }
  };

  struct FilterResult {
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string> error_message;
    std::vector<MatchingAcl> matching_acls;

    static void describe(auto& field, auto& m) {
      field("error_code", m.error_code);
      field("error_message", m.error_message, {.nullable = 0});
      field("matching_acls", m.matching_acls);
    }
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<FilterResult> filter_results;

  static void describe(auto& field, auto& m) {
    field("throttle_time_ms", m.throttle_time_ms);
    field("filter_results", m.filter_results);
  }
};
extern template struct Codec<DeleteAclsResponse>;

}  // namespace odradek::protocol
