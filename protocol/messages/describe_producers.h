// DescribeProducers (key 61): the producers that a partition remembers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/errors.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct DescribeProducersResponse;

struct DescribeProducersRequest {
  using Response = DescribeProducersResponse;
  static constexpr Api kApi{.key = ApiKey::kDescribeProducers,
                            .name = "DescribeProducers",
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

  std::vector<Topic> topics;

  static void describe(auto& field, auto& m) { field("topics", m.topics); }
};
extern template struct Codec<DescribeProducersRequest>;

struct DescribeProducersResponse {
  static constexpr Api kApi = DescribeProducersRequest::kApi;

  struct Producer {
    std::int64_t producer_id = 0;
    std::int32_t producer_epoch = 0;
    std::int32_t last_sequence = -1;
    std::int64_t last_timestamp = -1;
    std::int32_t coordinator_epoch = 0;
    std::int64_t current_txn_start_offset = -1;  // -1: no transaction open

    static void describe(auto& field, auto& m) {
      field("producer_id", m.producer_id);
      field("producer_epoch", m.producer_epoch);
      field("last_sequence", m.last_sequence);
      field("last_timestamp", m.last_timestamp);
      field("coordinator_epoch", m.coordinator_epoch);
      field("current_txn_start_offset", m.current_txn_start_offset);
    }
  };

  struct Partition {
    std::int32_t partition_index = 0;
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string> error_message;
    std::vector<Producer> active_producers;

    static void describe(auto& field, auto& m) {
      field("partition_index", m.partition_index);
      field("error_code", m.error_code);
      field("error_message", m.error_message, {.nullable = 0});
      field("active_producers", m.active_producers);
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
extern template struct Codec<DescribeProducersResponse>;

}  // namespace odradek::protocol
