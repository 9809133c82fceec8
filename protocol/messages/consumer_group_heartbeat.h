// ConsumerGroupHeartbeat (key 68): heartbeat of the KRaft-only group protocol, known so that it can
// be refused.
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

struct ConsumerGroupHeartbeatResponse;

struct ConsumerGroupHeartbeatRequest {
  using Response = ConsumerGroupHeartbeatResponse;
  static constexpr Api kApi{.key = ApiKey::kConsumerGroupHeartbeat,
                            .name = "ConsumerGroupHeartbeat",
                            .min = 0,
                            .max = 0,
                            .flexible = 0};

  struct Topic {
    base::Uuid topic_id;
    std::vector<std::int32_t> partitions;

    static void describe(auto& field, auto& m) {
      field("topic_id", m.topic_id);
      field("partitions", m.partitions);
    }
  };

  std::string group_id;
  std::string member_id;
  std::int32_t member_epoch = 0;
  std::optional<std::string> instance_id;
  std::optional<std::string> rack_id;
  std::int32_t rebalance_timeout_ms = -1;
  std::optional<std::vector<std::string>> subscribed_topic_names;
  std::optional<std::string> server_assignor;
  std::optional<std::vector<Topic>> topic_partitions;

  static void describe(auto& field, auto& m) {
    field("group_id", m.group_id);
    field("member_id", m.member_id);
    field("member_epoch", m.member_epoch);
    field("instance_id", m.instance_id, {.nullable = 0});
    field("rack_id", m.rack_id, {.nullable = 0});
    field("rebalance_timeout_ms", m.rebalance_timeout_ms);
    field("subscribed_topic_names", m.subscribed_topic_names, {.nullable = 0});
    field("server_assignor", m.server_assignor, {.nullable = 0});
    field("topic_partitions", m.topic_partitions, {.nullable = 0});
  }
};
extern template struct Codec<ConsumerGroupHeartbeatRequest>;

struct ConsumerGroupHeartbeatResponse {
  static constexpr Api kApi = ConsumerGroupHeartbeatRequest::kApi;

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
extern template struct Codec<ConsumerGroupHeartbeatResponse>;

}  // namespace odradek::protocol
