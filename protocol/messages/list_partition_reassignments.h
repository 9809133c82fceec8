// ListPartitionReassignments (key 46): the moves of partitions that are under way.
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

struct ListPartitionReassignmentsResponse;

struct ListPartitionReassignmentsRequest {
  using Response = ListPartitionReassignmentsResponse;
  static constexpr Api kApi{.key = ApiKey::kListPartitionReassignments,
                            .name = "ListPartitionReassignments",
                            .min = 0,
                            .max = 0,
                            .flexible = 0};

  struct Topic {
    std::string name;
    std::vector<std::int32_t> partition_indexes;

    static void describe(auto& field, auto& m) {
      field("name", m.name);
      field("partition_indexes", m.partition_indexes);
    }
  };

  std::int32_t timeout_ms = 60000;
  std::optional<std::vector<Topic>> topics;  // null: all

  static void describe(auto& field, auto& m) {
    field("timeout_ms", m.timeout_ms);
    field("topics", m.topics, {.nullable = 0});
  }
};
extern template struct Codec<ListPartitionReassignmentsRequest>;

struct ListPartitionReassignmentsResponse {
  static constexpr Api kApi = ListPartitionReassignmentsRequest::kApi;

  struct Partition {
    std::int32_t partition_index = 0;
    std::vector<BrokerId> replicas;
    std::vector<BrokerId> adding_replicas;
    std::vector<BrokerId> removing_replicas;

    static void describe(auto& field, auto& m) {
      field("partition_index", m.partition_index);
      field("replicas", m.replicas);
      field("adding_replicas", m.adding_replicas);
      field("removing_replicas", m.removing_replicas);
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
  std::vector<Topic> topics;

  static void describe(auto& field, auto& m) {
    field("throttle_time_ms", m.throttle_time_ms);
    field("error_code", m.error_code);
    field("error_message", m.error_message, {.nullable = 0});
    field("topics", m.topics);
  }
};
extern template struct Codec<ListPartitionReassignmentsResponse>;

}  // namespace odradek::protocol
