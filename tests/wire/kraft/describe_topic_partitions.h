// DescribeTopicPartitions (key 75): topics page by page, which only KRaft brokers answer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/uuid.h"
#include "protocol/errors.h"
#include "protocol/types.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

// The first partition of the next page. Not within the messages: clang 14 takes a nested type with
// initialisers for one that optional cannot make.
struct TopicPartitionCursor {
  std::string topic_name;
  std::int32_t partition_index = 0;

  static void describe(auto& field, auto& m) {
    field("topic_name", m.topic_name);
    field("partition_index", m.partition_index);
  }
};

struct DescribeTopicPartitionsResponse;

struct DescribeTopicPartitionsRequest {
  using Response = DescribeTopicPartitionsResponse;
  static constexpr Api kApi{
      .key = ApiKey{75}, .name = "DescribeTopicPartitions", .min = 0, .max = 0, .flexible = 0};

  struct Topic {
    std::string name;

    static void describe(auto& field, auto& m) { field("name", m.name); }
  };

  std::vector<Topic> topics;
  std::int32_t response_partition_limit = 2000;
  std::optional<TopicPartitionCursor> cursor;

  static void describe(auto& field, auto& m) {
    field("topics", m.topics);
    field("response_partition_limit", m.response_partition_limit);
    field("cursor", m.cursor, {.nullable = 0});
  }
};
extern template struct Codec<DescribeTopicPartitionsRequest>;

struct DescribeTopicPartitionsResponse {
  static constexpr Api kApi = DescribeTopicPartitionsRequest::kApi;

  struct Partition {
    ErrorCode error_code = ErrorCode::kNone;
    std::int32_t partition_index = 0;
    BrokerId leader_id = 0;
    std::int32_t leader_epoch = -1;
    std::vector<std::int32_t> replica_nodes;
    std::vector<std::int32_t> isr_nodes;
    std::optional<std::vector<std::int32_t>> eligible_leader_replicas;
    std::optional<std::vector<std::int32_t>> last_known_elr;
    std::vector<std::int32_t> offline_replicas;

    static void describe(auto& field, auto& m) {
      field("error_code", m.error_code);
      field("partition_index", m.partition_index);
      field("leader_id", m.leader_id);
      field("leader_epoch", m.leader_epoch);
      field("replica_nodes", m.replica_nodes);
      field("isr_nodes", m.isr_nodes);
      field("eligible_leader_replicas", m.eligible_leader_replicas, {.nullable = 0});
      field("last_known_elr", m.last_known_elr, {.nullable = 0});
      field("offline_replicas", m.offline_replicas);
    }
  };

  struct Topic {
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string> name{""};
    base::Uuid topic_id;
    bool is_internal = false;
    std::vector<Partition> partitions;
    std::int32_t topic_authorized_operations = kOperationsNotAsked;

    static void describe(auto& field, auto& m) {
      field("error_code", m.error_code);
      field("name", m.name, {.nullable = 0});
      field("topic_id", m.topic_id);
      field("is_internal", m.is_internal);
      field("partitions", m.partitions);
      field("topic_authorized_operations", m.topic_authorized_operations);
    }
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<Topic> topics;
  std::optional<TopicPartitionCursor> next_cursor;

  static void describe(auto& field, auto& m) {
    field("throttle_time_ms", m.throttle_time_ms);
    field("topics", m.topics);
    field("next_cursor", m.next_cursor, {.nullable = 0});
  }
};
extern template struct Codec<DescribeTopicPartitionsResponse>;

}  // namespace odradek::protocol
