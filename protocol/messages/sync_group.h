// SyncGroup (key 14): the leader hands in the assignment, and everybody else gets their own part of
// it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "protocol/errors.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct SyncGroupResponse;

struct SyncGroupRequest {
  using Response = SyncGroupResponse;
  static constexpr Api kApi{
      .key = ApiKey::kSyncGroup, .name = "SyncGroup", .min = 0, .max = 5, .flexible = 4};

  struct Assignment {
    std::string member_id;
    base::Bytes assignment;

    static void describe(auto& field, auto& m) {
      field("member_id", m.member_id);
      field("assignment", m.assignment);
    }
  };

  std::string group_id;
  std::int32_t generation_id = 0;
  std::string member_id;
  std::optional<std::string> group_instance_id;  // set by static members
  std::optional<std::string> protocol_type;
  std::optional<std::string> protocol_name;
  std::vector<Assignment> assignments;  // from the leader only

  static void describe(auto& field, auto& m) {
    field("group_id", m.group_id);
    field("generation_id", m.generation_id);
    field("member_id", m.member_id);
    field("group_instance_id", m.group_instance_id, {.since = 3, .nullable = 3});
    field("protocol_type", m.protocol_type, {.since = 5, .nullable = 5});
    field("protocol_name", m.protocol_name, {.since = 5, .nullable = 5});
    field("assignments", m.assignments);
  }
};
extern template struct Codec<SyncGroupRequest>;

struct SyncGroupResponse {
  static constexpr Api kApi = SyncGroupRequest::kApi;

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::optional<std::string> protocol_type;
  std::optional<std::string> protocol_name;
  base::Bytes assignment;

  static void describe(auto& field, auto& m) {
    field("throttle_time_ms", m.throttle_time_ms, {.since = 1});
    field("error_code", m.error_code);
    field("protocol_type", m.protocol_type, {.since = 5, .nullable = 5});
    field("protocol_name", m.protocol_name, {.since = 5, .nullable = 5});
    field("assignment", m.assignment);
  }
};
extern template struct Codec<SyncGroupResponse>;

}  // namespace odradek::protocol
