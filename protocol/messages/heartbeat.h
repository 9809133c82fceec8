// Heartbeat (key 12): a member says that it lives, and hears whether the group rebalances.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "protocol/errors.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct HeartbeatResponse;

struct HeartbeatRequest {
  using Response = HeartbeatResponse;
  static constexpr Api kApi{
      .key = ApiKey::kHeartbeat, .name = "Heartbeat", .min = 0, .max = 4, .flexible = 4};

  std::string group_id;
  std::int32_t generation_id = 0;
  std::string member_id;
  std::optional<std::string> group_instance_id;  // set by static members

  static void describe(auto& field, auto& m) {
    field("group_id", m.group_id);
    field("generation_id", m.generation_id);
    field("member_id", m.member_id);
    field("group_instance_id", m.group_instance_id, {.since = 3, .nullable = 3});
  }
};
extern template struct Codec<HeartbeatRequest>;

struct HeartbeatResponse {
  static constexpr Api kApi = HeartbeatRequest::kApi;

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;

  static void describe(auto& field, auto& m) {
    field("throttle_time_ms", m.throttle_time_ms, {.since = 1});
    field("error_code", m.error_code);
  }
};
extern template struct Codec<HeartbeatResponse>;

}  // namespace odradek::protocol
