// LeaveGroup (key 13): members leave a group at once instead of timing out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/errors.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct LeaveGroupResponse;

struct LeaveGroupRequest {
  using Response = LeaveGroupResponse;
  static constexpr Api kApi{
      .key = ApiKey::kLeaveGroup, .name = "LeaveGroup", .min = 0, .max = 5, .flexible = 4};

  struct Member {
    std::string member_id;
    std::optional<std::string> group_instance_id;  // set by static members
    std::optional<std::string> reason;             // for the log

    static void describe(auto& field, auto& m) {
      field("member_id", m.member_id);
      field("group_instance_id", m.group_instance_id, {.nullable = 0});
      field("reason", m.reason, {.since = 5, .nullable = 5});
    }
  };

  std::string group_id;
  std::string member_id;
  std::vector<Member> members;

  static void describe(auto& field, auto& m) {
    field("group_id", m.group_id);
    field("member_id", m.member_id, {.until = 2});
    field("members", m.members, {.since = 3});
  }
};
extern template struct Codec<LeaveGroupRequest>;

struct LeaveGroupResponse {
  static constexpr Api kApi = LeaveGroupRequest::kApi;

  struct Member {
    std::string member_id;
    std::optional<std::string> group_instance_id{""};  // set by static members
    ErrorCode error_code = ErrorCode::kNone;

    static void describe(auto& field, auto& m) {
      field("member_id", m.member_id);
      field("group_instance_id", m.group_instance_id, {.nullable = 0});
      field("error_code", m.error_code);
    }
  };

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::vector<Member> members;

  static void describe(auto& field, auto& m) {
    field("throttle_time_ms", m.throttle_time_ms, {.since = 1});
    field("error_code", m.error_code);
    field("members", m.members, {.since = 3});
  }
};
extern template struct Codec<LeaveGroupResponse>;

}  // namespace odradek::protocol
