// ShareGroupHeartbeat (key 76): a member of a share group lives and hears what it is assigned.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/uuid.h"
#include "protocol/errors.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct ShareGroupHeartbeatResponse;

struct ShareGroupHeartbeatRequest {
  using Response = ShareGroupHeartbeatResponse;
  static constexpr Api kApi{
      .key = ApiKey{76}, .name = "ShareGroupHeartbeat", .min = 0, .max = 0, .flexible = 0};

  std::string group_id;
  std::string member_id;
  std::int32_t member_epoch = 0;
  std::optional<std::string> rack_id;
  std::optional<std::vector<std::string>> subscribed_topic_names;

  static void describe(auto& field, auto& m) {
    field("group_id", m.group_id);
    field("member_id", m.member_id);
    field("member_epoch", m.member_epoch);
    field("rack_id", m.rack_id, {.nullable = 0});
    field("subscribed_topic_names", m.subscribed_topic_names, {.nullable = 0});
  }
};
extern template struct Codec<ShareGroupHeartbeatRequest>;

struct ShareGroupHeartbeatResponse {
  static constexpr Api kApi = ShareGroupHeartbeatRequest::kApi;

  struct Topic {
    base::Uuid topic_id;
    std::vector<std::int32_t> partitions;

    static void describe(auto& field, auto& m) {
      field("topic_id", m.topic_id);
      field("partitions", m.partitions);
    }
  };

  struct Assignment {
    std::vector<Topic> topic_partitions;

    static void describe(auto& field, auto& m) { field("topic_partitions", m.topic_partitions); }
  };

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::optional<std::string> error_message;
  std::optional<std::string> member_id;
  std::int32_t member_epoch = 0;
  std::int32_t heartbeat_interval_ms = 0;
  std::optional<Assignment> assignment;

  static void describe(auto& field, auto& m) {
    field("throttle_time_ms", m.throttle_time_ms);
    field("error_code", m.error_code);
    field("error_message", m.error_message, {.nullable = 0});
    field("member_id", m.member_id, {.nullable = 0});
    field("member_epoch", m.member_epoch);
    field("heartbeat_interval_ms", m.heartbeat_interval_ms);
    field("assignment", m.assignment, {.nullable = 0});
  }
};
extern template struct Codec<ShareGroupHeartbeatResponse>;

}  // namespace odradek::protocol
