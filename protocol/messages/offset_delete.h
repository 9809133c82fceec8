// OffsetDelete (key 47): forget the offsets that a group committed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "protocol/errors.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct OffsetDeleteResponse;

struct OffsetDeleteRequest {
  using Response = OffsetDeleteResponse;
  static constexpr Api kApi{
      .key = ApiKey::kOffsetDelete, .name = "OffsetDelete", .min = 0, .max = 0};

  struct Partition {
    std::int32_t partition_index = 0;

    static void describe(auto& field, auto& m) { field("partition_index", m.partition_index); }
  };

  struct Topic {
    std::string name;
    std::vector<Partition> partitions;

    static void describe(auto& field, auto& m) {
      field("name", m.name);
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
extern template struct Codec<OffsetDeleteRequest>;

struct OffsetDeleteResponse {
  static constexpr Api kApi = OffsetDeleteRequest::kApi;

  struct Partition {
    std::int32_t partition_index = 0;
    ErrorCode error_code = ErrorCode::kNone;

    static void describe(auto& field, auto& m) {
      field("partition_index", m.partition_index);
      field("error_code", m.error_code);
    }
  };

  struct Topic {
    std::string name;
    std::vector<Partition> partitions;

    static void describe(auto& field, auto& m) {
      field("name", m.name);
      field("partitions", m.partitions);
    }
  };

  ErrorCode error_code = ErrorCode::kNone;
  std::int32_t throttle_time_ms = 0;
  std::vector<Topic> topics;

  static void describe(auto& field, auto& m) {
    field("error_code", m.error_code);
    field("throttle_time_ms", m.throttle_time_ms);
    field("topics", m.topics);
  }
};
extern template struct Codec<OffsetDeleteResponse>;

}  // namespace odradek::protocol
