// ListOffsets (key 2): the offset that belongs to a timestamp, or the first or last one.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "protocol/errors.h"
#include "protocol/types.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct ListOffsetsResponse;

struct ListOffsetsRequest {
  using Response = ListOffsetsResponse;
  static constexpr Api kApi{
      .key = ApiKey::kListOffsets, .name = "ListOffsets", .min = 0, .max = 9, .flexible = 6};

  struct Partition {
    std::int32_t partition_index = 0;
    std::int32_t current_leader_epoch = -1;
    // Ms; -1 latest, -2 earliest, -3 largest timestamp, -4 and -5 tiered.
    std::int64_t timestamp = 0;
    std::int32_t max_num_offsets = 1;

    static void describe(auto& field, auto& m) {
      field("partition_index", m.partition_index);
      field("current_leader_epoch", m.current_leader_epoch, {.since = 4});
      field("timestamp", m.timestamp);
      field("max_num_offsets", m.max_num_offsets, {.until = 0});
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

  BrokerId replica_id = 0;          // -1: a consumer; -2: a debugging one
  std::int8_t isolation_level = 0;  // 1: latest means the last stable offset
  std::vector<Topic> topics;

  static void describe(auto& field, auto& m) {
    field("replica_id", m.replica_id);
    field("isolation_level", m.isolation_level, {.since = 2});
    field("topics", m.topics);
  }
};
extern template struct Codec<ListOffsetsRequest>;

struct ListOffsetsResponse {
  static constexpr Api kApi = ListOffsetsRequest::kApi;

  struct Partition {
    std::int32_t partition_index = 0;
    ErrorCode error_code = ErrorCode::kNone;
    std::vector<std::int64_t> old_style_offsets;  // newest first
    std::int64_t timestamp = -1;
    std::int64_t offset = -1;
    std::int32_t leader_epoch = -1;  // of the record found

    static void describe(auto& field, auto& m) {
      field("partition_index", m.partition_index);
      field("error_code", m.error_code);
      field("old_style_offsets", m.old_style_offsets, {.until = 0});
      field("timestamp", m.timestamp, {.since = 1});
      field("offset", m.offset, {.since = 1});
      field("leader_epoch", m.leader_epoch, {.since = 4});
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

  std::int32_t throttle_time_ms = 0;
  std::vector<Topic> topics;

  static void describe(auto& field, auto& m) {
    field("throttle_time_ms", m.throttle_time_ms, {.since = 2});
    field("topics", m.topics);
  }
};
extern template struct Codec<ListOffsetsResponse>;

}  // namespace odradek::protocol
