// ElectLeaders (key 43): have the controller elect preferred or unclean leaders.
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

struct ElectLeadersResponse;

struct ElectLeadersRequest {
  using Response = ElectLeadersResponse;
  static constexpr Api kApi{
      .key = ApiKey::kElectLeaders, .name = "ElectLeaders", .min = 0, .max = 2, .flexible = 2};

  struct Topic {
    std::string topic;
    std::vector<std::int32_t> partitions;

    static void describe(auto& field, auto& m) {
      field("topic", m.topic);
      field("partitions", m.partitions);
    }
  };

  std::int8_t election_type = 0;                                      // 0: preferred; 1: unclean
  std::optional<std::vector<Topic>> topic_partitions{std::in_place};  // null: all
  std::int32_t timeout_ms = 60000;

  static void describe(auto& field, auto& m) {
    field("election_type", m.election_type, {.since = 1});
    field("topic_partitions", m.topic_partitions, {.nullable = 0});
    field("timeout_ms", m.timeout_ms);
  }
};
extern template struct Codec<ElectLeadersRequest>;

struct ElectLeadersResponse {
  static constexpr Api kApi = ElectLeadersRequest::kApi;

  struct Partition {
    std::int32_t partition_id = 0;
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string> error_message;

    static void describe(auto& field, auto& m) {
      field("partition_id", m.partition_id);
      field("error_code", m.error_code);
      field("error_message", m.error_message, {.nullable = 0});
    }
  };

  struct Topic {
    std::string topic;
    std::vector<Partition> partition_result;

    static void describe(auto& field, auto& m) {
      field("topic", m.topic);
      field("partition_result", m.partition_result);
    }
  };

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::vector<Topic> replica_election_results;

  static void describe(auto& field, auto& m) {
    field("throttle_time_ms", m.throttle_time_ms);
    field("error_code", m.error_code, {.since = 1});
    field("replica_election_results", m.replica_election_results);
  }
};
extern template struct Codec<ElectLeadersResponse>;

}  // namespace odradek::protocol
