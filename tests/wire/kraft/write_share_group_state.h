// WriteShareGroupState (key 85): keeps what a share group did with the records of its partitions.
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

struct WriteShareGroupStateResponse;

struct WriteShareGroupStateRequest {
  using Response = WriteShareGroupStateResponse;
  static constexpr Api kApi{
      .key = ApiKey{85}, .name = "WriteShareGroupState", .min = 0, .max = 0, .flexible = 0};

  struct StateBatch {
    std::int64_t first_offset = 0;
    std::int64_t last_offset = 0;
    std::int8_t delivery_state = 0;
    std::int16_t delivery_count = 0;

    static void describe(auto& field, auto& m) {
      field("first_offset", m.first_offset);
      field("last_offset", m.last_offset);
      field("delivery_state", m.delivery_state);
      field("delivery_count", m.delivery_count);
    }
  };

  struct Partition {
    std::int32_t partition = 0;
    std::int32_t state_epoch = 0;
    std::int32_t leader_epoch = 0;
    std::int64_t start_offset = 0;
    std::vector<StateBatch> state_batches;

    static void describe(auto& field, auto& m) {
      field("partition", m.partition);
      field("state_epoch", m.state_epoch);
      field("leader_epoch", m.leader_epoch);
      field("start_offset", m.start_offset);
      field("state_batches", m.state_batches);
    }
  };

  struct Topic {
    base::Uuid topic_id;
    std::vector<Partition> partitions;

    static void describe(auto& field, auto& m) {
      field("topic_id", m.topic_id);
      field("partitions", m.partitions);
    }
  };

  std::string group_id;
  std::vector<Topic> topics;

  static void describe(auto& field, auto& m) {
    field("group_id", m.group_id);
    field("topics", m.topics);
  }
};
extern template struct Codec<WriteShareGroupStateRequest>;

struct WriteShareGroupStateResponse {
  static constexpr Api kApi = WriteShareGroupStateRequest::kApi;

  struct Partition {
    std::int32_t partition = 0;
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string> error_message;

    static void describe(auto& field, auto& m) {
      field("partition", m.partition);
      field("error_code", m.error_code);
      field("error_message", m.error_message, {.nullable = 0});
    }
  };

  struct Topic {
    base::Uuid topic_id;
    std::vector<Partition> partitions;

    static void describe(auto& field, auto& m) {
      field("topic_id", m.topic_id);
      field("partitions", m.partitions);
    }
  };

  std::vector<Topic> results;

  static void describe(auto& field, auto& m) { field("results", m.results); }
};
extern template struct Codec<WriteShareGroupStateResponse>;

}  // namespace odradek::protocol
