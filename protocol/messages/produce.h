// Produce (key 0): append record batches to partitions that this broker leads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/errors.h"
#include "protocol/types.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"
#include "protocol/wire/few.h"
#include "protocol/wire/records.h"

namespace odradek::protocol {

struct ProduceResponse;

struct ProduceRequest {
  using Response = ProduceResponse;
  static constexpr Api kApi{
      .key = ApiKey::kProduce, .name = "Produce", .min = 0, .max = 11, .flexible = 9};

  struct Partition {
    std::int32_t index = 0;
    Records records;  // a view into the request's frame

    static void describe(auto& field, auto& m) {
      field("index", m.index);
      field("records", m.records, {.nullable = 0});
    }
  };

  struct Topic {
    std::string name;
    Few<Partition> partition_data;

    static void describe(auto& field, auto& m) {
      field("name", m.name);
      field("partition_data", m.partition_data);
    }
  };

  std::optional<std::string> transactional_id;  // null: not transactional
  std::int16_t acks = 0;        // 0: no answer; 1: the leader only; -1: every in-sync replica
  std::int32_t timeout_ms = 0;  // how long acks -1 may take
  Few<Topic> topic_data;

  static void describe(auto& field, auto& m) {
    field("transactional_id", m.transactional_id, {.since = 3, .nullable = 3});
    field("acks", m.acks);
    field("timeout_ms", m.timeout_ms);
    field("topic_data", m.topic_data);
  }
};
extern template struct Codec<ProduceRequest>;

struct ProduceResponse {
  static constexpr Api kApi = ProduceRequest::kApi;

  struct RecordError {
    std::int32_t batch_index = 0;  // of the record within its batch
    std::optional<std::string> batch_index_error_message;

    static void describe(auto& field, auto& m) {
      field("batch_index", m.batch_index);
      field("batch_index_error_message", m.batch_index_error_message, {.nullable = 0});
    }
  };

  struct CurrentLeader {
    BrokerId leader_id = kNoBroker;
    std::int32_t leader_epoch = -1;

    static void describe(auto& field, auto& m) {
      field("leader_id", m.leader_id);
      field("leader_epoch", m.leader_epoch);
    }
    bool operator==(const CurrentLeader&) const = default;
  };

  struct Partition {
    std::int32_t index = 0;
    ErrorCode error_code = ErrorCode::kNone;
    std::int64_t base_offset = 0;          // of the first record
    std::int64_t log_append_time_ms = -1;  // -1: the topic keeps the time of creation
    std::int64_t log_start_offset = -1;
    std::vector<RecordError> record_errors;  // why single records dropped the batch
    std::optional<std::string> error_message;
    CurrentLeader current_leader;  // set with NOT_LEADER_OR_FOLLOWER

    static void describe(auto& field, auto& m) {
      field("index", m.index);
      field("error_code", m.error_code);
      field("base_offset", m.base_offset);
      field("log_append_time_ms", m.log_append_time_ms, {.since = 2});
      field("log_start_offset", m.log_start_offset, {.since = 5});
      field("record_errors", m.record_errors, {.since = 8});
      field("error_message", m.error_message, {.since = 8, .nullable = 8});
      field("current_leader", m.current_leader, {.since = 10, .tag = 0});
    }
  };

  struct Topic {
    std::string name;
    std::vector<Partition> partition_responses;

    static void describe(auto& field, auto& m) {
      field("name", m.name);
      field("partition_responses", m.partition_responses);
    }
  };

  struct NodeEndpoint {
    BrokerId node_id = 0;
    std::string host;
    std::int32_t port = 0;
    std::optional<std::string> rack;

    static void describe(auto& field, auto& m) {
      field("node_id", m.node_id);
      field("host", m.host);
      field("port", m.port);
      field("rack", m.rack, {.nullable = 0});
    }
  };

  std::vector<Topic> responses;
  std::int32_t throttle_time_ms = 0;
  std::vector<NodeEndpoint> node_endpoints;  // of the new leaders named in current_leader

  static void describe(auto& field, auto& m) {
    field("responses", m.responses);
    field("throttle_time_ms", m.throttle_time_ms, {.since = 1});
    field("node_endpoints", m.node_endpoints, {.since = 10, .tag = 0});
  }
};
extern template struct Codec<ProduceResponse>;

}  // namespace odradek::protocol
