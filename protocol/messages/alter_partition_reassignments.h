// AlterPartitionReassignments (key 45): start or cancel the move of partitions to other replicas.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/errors.h"
#include "protocol/types.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct AlterPartitionReassignmentsResponse;

struct AlterPartitionReassignmentsRequest {
  using Response = AlterPartitionReassignmentsResponse;
  static constexpr Api kApi{.key = ApiKey::kAlterPartitionReassignments,
                            .name = "AlterPartitionReassignments",
                            .min = 0,
                            .max = 0,
                            .flexible = 0};

  struct Partition {
    std::int32_t partition_index = 0;
    std::optional<std::vector<BrokerId>> replicas;  // null: cancel

    static void describe(auto& field, auto& m) {
      field("partition_index", m.partition_index);
      field("replicas", m.replicas, {.nullable = 0});
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

  std::int32_t timeout_ms = 60000;
  std::vector<Topic> topics;

  static void describe(auto& field, auto& m) {
    field("timeout_ms", m.timeout_ms);
    field("topics", m.topics);
  }
};
extern template struct Codec<AlterPartitionReassignmentsRequest>;

struct AlterPartitionReassignmentsResponse {
  static constexpr Api kApi = AlterPartitionReassignmentsRequest::kApi;

  struct Partition {
    std::int32_t partition_index = 0;
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string> error_message;

    static void describe(auto& field, auto& m) {
      field("partition_index", m.partition_index);
      field("error_code", m.error_code);
      field("error_message", m.error_message, {.nullable = 0});
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
  ErrorCode error_code = ErrorCode::kNone;
  std::optional<std::string> error_message;
  std::vector<Topic> responses;

  static void describe(auto& field, auto& m) {
    field("throttle_time_ms", m.throttle_time_ms);
    field("error_code", m.error_code);
    field("error_message", m.error_message, {.nullable = 0});
    field("responses", m.responses);
  }
};
extern template struct Codec<AlterPartitionReassignmentsResponse>;

}  // namespace odradek::protocol
