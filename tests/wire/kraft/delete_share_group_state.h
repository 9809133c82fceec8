// DeleteShareGroupState (key 86): forgets what a share group did with the records of its
// partitions.
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

struct DeleteShareGroupStateResponse;

struct DeleteShareGroupStateRequest {
  using Response = DeleteShareGroupStateResponse;
  static constexpr Api kApi{
      .key = ApiKey{86}, .name = "DeleteShareGroupState", .min = 0, .max = 0, .flexible = 0};

  struct Partition {
    std::int32_t partition = 0;

    static void describe(auto& field, auto& m) { field("partition", m.partition); }
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
extern template struct Codec<DeleteShareGroupStateRequest>;

struct DeleteShareGroupStateResponse {
  static constexpr Api kApi = DeleteShareGroupStateRequest::kApi;

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
extern template struct Codec<DeleteShareGroupStateResponse>;

}  // namespace odradek::protocol
