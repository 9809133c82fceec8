// OffsetForLeaderEpoch (key 23): where an epoch of a leader ended, to find out what to truncate.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "protocol/errors.h"
#include "protocol/types.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct OffsetForLeaderEpochResponse;

struct OffsetForLeaderEpochRequest {
  using Response = OffsetForLeaderEpochResponse;
  static constexpr Api kApi{.key = ApiKey::kOffsetForLeaderEpoch,
                            .name = "OffsetForLeaderEpoch",
                            .min = 0,
                            .max = 4,
                            .flexible = 4};

  struct Partition {
    std::int32_t partition = 0;
    std::int32_t current_leader_epoch = -1;  // -1: unknown; else fences
    std::int32_t leader_epoch = 0;

    static void describe(auto& field, auto& m) {
      field("partition", m.partition);
      field("current_leader_epoch", m.current_leader_epoch, {.since = 2});
      field("leader_epoch", m.leader_epoch);
    }
  };

  struct Topic {
    std::string topic;
    std::vector<Partition> partitions;

    static void describe(auto& field, auto& m) {
      field("topic", m.topic);
      field("partitions", m.partitions);
    }
  };

  BrokerId replica_id = -2;  // -1: a consumer; -2: a debugging one
  std::vector<Topic> topics;

  static void describe(auto& field, auto& m) {
    field("replica_id", m.replica_id, {.since = 3});
    field("topics", m.topics);
  }
};
extern template struct Codec<OffsetForLeaderEpochRequest>;

struct OffsetForLeaderEpochResponse {
  static constexpr Api kApi = OffsetForLeaderEpochRequest::kApi;

  struct Partition {
    ErrorCode error_code = ErrorCode::kNone;
    std::int32_t partition = 0;
    std::int32_t leader_epoch = -1;
    std::int64_t end_offset = -1;  // -1: epoch unknown

    static void describe(auto& field, auto& m) {
      field("error_code", m.error_code);
      field("partition", m.partition);
      field("leader_epoch", m.leader_epoch, {.since = 1});
      field("end_offset", m.end_offset);
    }
  };

  struct Topic {
    std::string topic;
    std::vector<Partition> partitions;

    static void describe(auto& field, auto& m) {
      field("topic", m.topic);
      field("partitions", m.partitions);
    }
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<Topic> topics;

  static void describe(auto& field, auto& m) {
    field("throttle_time_ms", m.throttle_time_ms, {.since = 2});
    field("topics", m.topics);
  }
};
extern template struct Codec<OffsetForLeaderEpochResponse>;

}  // namespace odradek::protocol
