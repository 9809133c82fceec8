// DescribeGroups (key 15): the state and members of classic groups.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "protocol/errors.h"
#include "protocol/types.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct DescribeGroupsResponse;

struct DescribeGroupsRequest {
  using Response = DescribeGroupsResponse;
  static constexpr Api kApi{
      .key = ApiKey::kDescribeGroups, .name = "DescribeGroups", .min = 0, .max = 5, .flexible = 5};

  std::vector<std::string> groups;
  bool include_authorized_operations = false;

  static void describe(auto& field, auto& m) {
    field("groups", m.groups);
    field("include_authorized_operations", m.include_authorized_operations, {.since = 3});
  }
};
extern template struct Codec<DescribeGroupsRequest>;

struct DescribeGroupsResponse {
  static constexpr Api kApi = DescribeGroupsRequest::kApi;

  struct Member {
    std::string member_id;
    std::optional<std::string> group_instance_id;  // set by static members
    std::string client_id;
    std::string client_host;
    base::Bytes member_metadata;
    base::Bytes member_assignment;

    static void describe(auto& field, auto& m) {
      field("member_id", m.member_id);
      field("group_instance_id", m.group_instance_id, {.since = 4, .nullable = 4});
      field("client_id", m.client_id);
      field("client_host", m.client_host);
      field("member_metadata", m.member_metadata);
      field("member_assignment", m.member_assignment);
    }
  };

  struct Group {
    ErrorCode error_code = ErrorCode::kNone;
    std::string group_id;
    std::string group_state;
    std::string protocol_type;
    std::string protocol_data;
    std::vector<Member> members;
    std::int32_t authorized_operations = kOperationsNotAsked;  // a bit per operation code

    static void describe(auto& field, auto& m) {
      field("error_code", m.error_code);
      field("group_id", m.group_id);
      field("group_state", m.group_state);
      field("protocol_type", m.protocol_type);
      field("protocol_data", m.protocol_data);
      field("members", m.members);
      field("authorized_operations", m.authorized_operations, {.since = 3});
    }
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<Group> groups;

  static void describe(auto& field, auto& m) {
    field("throttle_time_ms", m.throttle_time_ms, {.since = 1});
    field("groups", m.groups);
  }
};
extern template struct Codec<DescribeGroupsResponse>;

}  // namespace odradek::protocol
