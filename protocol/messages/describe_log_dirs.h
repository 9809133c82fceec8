// DescribeLogDirs (key 35): what lies in this broker's log directories.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocol/errors.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct DescribeLogDirsResponse;

struct DescribeLogDirsRequest {
  using Response = DescribeLogDirsResponse;
  static constexpr Api kApi{.key = ApiKey::kDescribeLogDirs,
                            .name = "DescribeLogDirs",
                            .min = 0,
                            .max = 4,
                            .flexible = 2};

  struct Topic {
    std::string topic;
    std::vector<std::int32_t> partitions;

    static void describe(auto& field, auto& m) {
      field("topic", m.topic);
      field("partitions", m.partitions);
    }
  };

  std::optional<std::vector<Topic>> topics{std::in_place};  // null: all

  static void describe(auto& field, auto& m) { field("topics", m.topics, {.nullable = 0}); }
};
extern template struct Codec<DescribeLogDirsRequest>;

struct DescribeLogDirsResponse {
  static constexpr Api kApi = DescribeLogDirsRequest::kApi;

  struct Partition {
    std::int32_t partition_index = 0;
    std::int64_t partition_size = 0;
    std::int64_t offset_lag = 0;
    bool is_future_key = false;  // a copy that will replace the current one

    static void describe(auto& field, auto& m) {
      field("partition_index", m.partition_index);
      field("partition_size", m.partition_size);
      field("offset_lag", m.offset_lag);
      field("is_future_key", m.is_future_key);
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

  struct Dir {
    ErrorCode error_code = ErrorCode::kNone;
    std::string log_dir;
    std::vector<Topic> topics;
    std::int64_t total_bytes = -1;   // of the volume; -1: unknown
    std::int64_t usable_bytes = -1;  // of the volume; -1: unknown

    static void describe(auto& field, auto& m) {
      field("error_code", m.error_code);
      field("log_dir", m.log_dir);
      field("topics", m.topics);
      field("total_bytes", m.total_bytes, {.since = 4});
      field("usable_bytes", m.usable_bytes, {.since = 4});
    }
  };

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::vector<Dir> results;

  static void describe(auto& field, auto& m) {
    field("throttle_time_ms", m.throttle_time_ms);
    field("error_code", m.error_code, {.since = 3});
    field("results", m.results);
  }
};
extern template struct Codec<DescribeLogDirsResponse>;

}  // namespace odradek::protocol
