// DeleteRecords (key 21): raise the start of partitions, so that older records may be removed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "protocol/errors.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct DeleteRecordsResponse;

struct DeleteRecordsRequest {
  using Response = DeleteRecordsResponse;
  static constexpr Api kApi{
      .key = ApiKey::kDeleteRecords, .name = "DeleteRecords", .min = 0, .max = 2, .flexible = 2};

  struct Partition {
    std::int32_t partition_index = 0;
    std::int64_t offset = 0;  // the new start; -1: the high watermark

    static void describe(auto& field, auto& m) {
      field("partition_index", m.partition_index);
      field("offset", m.offset);
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

  std::vector<Topic> topics;
  std::int32_t timeout_ms = 0;

  static void describe(auto& field, auto& m) {
    field("topics", m.topics);
    field("timeout_ms", m.timeout_ms);
  }
};
extern template struct Codec<DeleteRecordsRequest>;

struct DeleteRecordsResponse {
  static constexpr Api kApi = DeleteRecordsRequest::kApi;

  struct Partition {
    std::int32_t partition_index = 0;
    std::int64_t low_watermark = 0;  // smallest start of all replicas
    ErrorCode error_code = ErrorCode::kNone;

    static void describe(auto& field, auto& m) {
      field("partition_index", m.partition_index);
      field("low_watermark", m.low_watermark);
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

  std::int32_t throttle_time_ms = 0;
  std::vector<Topic> topics;

  static void describe(auto& field, auto& m) {
    field("throttle_time_ms", m.throttle_time_ms);
    field("topics", m.topics);
  }
};
extern template struct Codec<DeleteRecordsResponse>;

}  // namespace odradek::protocol
