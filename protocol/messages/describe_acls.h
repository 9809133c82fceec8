// DescribeAcls (key 29): list the ACLs that match a filter.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/errors.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct DescribeAclsResponse;

struct DescribeAclsRequest {
  using Response = DescribeAclsResponse;
  static constexpr Api kApi{
      .key = ApiKey::kDescribeAcls, .name = "DescribeAcls", .min = 0, .max = 3, .flexible = 2};

  // 1 any, 2 topic, 3 group, 4 cluster, 5 transactional id, 6 token, 7 user.
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
extern template struct Codec<DescribeAclsRequest>;

struct DescribeAclsResponse {
  static constexpr Api kApi = DescribeAclsRequest::kApi;

  struct Acl {
    std::string principal;
    std::string host;
    std::int8_t operation = 0;
    std::int8_t permission_type = 0;  // 2 deny, 3 allow

    static void describe(auto& field, auto& m) {
      field("principal", m.principal);
      field("host", m.host);
      field("operation", m.operation);
      field("permission_type", m.permission_type);
    }
  };

  struct Resource {
    std::int8_t resource_type = 0;
    std::string resource_name;
    std::int8_t pattern_type = 3;
    std::vector<Acl> acls;

    static void describe(auto& field, auto& m) {
      field("resource_type", m.resource_type);
      field("resource_name", m.resource_name);
      field("pattern_type", m.pattern_type, {.since = 1});
      field("acls", m.acls);
    }
  };

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::optional<std::string> error_message;
  std::vector<Resource> resources;

  static void describe(auto& field, auto& m) {
    field("throttle_time_ms", m.throttle_time_ms);
    field("error_code", m.error_code);
    field("error_message", m.error_message, {.nullable = 0});
    field("resources", m.resources);
  }
};
extern template struct Codec<DescribeAclsResponse>;

}  // namespace odradek::protocol
