// InitializeShareGroupState (key 83): where share groups start in their partitions.
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

struct InitializeShareGroupStateResponse;

struct InitializeShareGroupStateRequest {
  using Response = InitializeShareGroupStateResponse;
  static constexpr Api kApi{
      .key = ApiKey{83}, .name = "InitializeShareGroupState", .min = 0, .max = 0, .flexible = 0};

  struct Partition {
    std::int32_t partition = 0;
    std::int32_t state_epoch = 0;
    std::int64_t start_offset = 0;

    static void describe(auto& field, auto& m) {
      field("partition", m.partition);
      field("state_epoch", m.state_epoch);
      field("start_offset", m.start_offset);
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
extern template struct Codec<InitializeShareGroupStateRequest>;

struct InitializeShareGroupStateResponse {
  static constexpr Api kApi = InitializeShareGroupStateRequest::kApi;

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
extern template struct Codec<InitializeShareGroupStateResponse>;

}  // namespace odradek::protocol
