// StopReplica (key 5): the controller tells a broker to stop replicas, and perhaps to delete them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "protocol/errors.h"
#include "protocol/types.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct StopReplicaResponse;

struct StopReplicaRequest {
  using Response = StopReplicaResponse;
  static constexpr Api kApi{
      .key = ApiKey::kStopReplica, .name = "StopReplica", .min = 0, .max = 4, .flexible = 2};

  struct UngroupedPartition {
    std::string topic_name;
    std::int32_t partition_index = 0;

    static void describe(auto& field, auto& m) {
      field("topic_name", m.topic_name);
      field("partition_index", m.partition_index);
    }
  };

  struct Topic {
    std::string name;
    std::vector<std::int32_t> partition_indexes;

    static void describe(auto& field, auto& m) {
      field("name", m.name);
      field("partition_indexes", m.partition_indexes);
    }
  };

  struct PartitionState {
    std::int32_t partition_index = 0;
    std::int32_t leader_epoch = -1;  // -1: unknown; -2: the topic is being deleted
    bool delete_partition = false;

    static void describe(auto& field, auto& m) {
      field("partition_index", m.partition_index);
      field("leader_epoch", m.leader_epoch);
      field("delete_partition", m.delete_partition);
    }
  };

  struct TopicState {
    std::string topic_name;
    std::vector<PartitionState> partition_states;

    static void describe(auto& field, auto& m) {
      field("topic_name", m.topic_name);
      field("partition_states", m.partition_states);
    }
  };

  BrokerId controller_id = 0;
  bool is_kraft_controller = false;  // true from the KRaft controller of a migrating cluster
  std::int32_t controller_epoch = 0;
  std::int64_t broker_epoch = -1;  // czxid of the broker znode; -1: unknown
  bool delete_partitions = false;
  std::vector<UngroupedPartition> ungrouped_partitions;
  std::vector<Topic> topics;
  std::vector<TopicState> topic_states;

  static void describe(auto& field, auto& m) {
    field("controller_id", m.controller_id);
    field("is_k_raft_controller", m.is_kraft_controller, {.since = 4});
    field("controller_epoch", m.controller_epoch);
    field("broker_epoch", m.broker_epoch, {.since = 1});
    field("delete_partitions", m.delete_partitions, {.until = 2});
    field("ungrouped_partitions", m.ungrouped_partitions, {.until = 0});
    field("topics", m.topics, {.since = 1, .until = 2});
    field("topic_states", m.topic_states, {.since = 3});
  }
};
extern template struct Codec<StopReplicaRequest>;

struct StopReplicaResponse {
  static constexpr Api kApi = StopReplicaRequest::kApi;

  struct PartitionError {
    std::string topic_name;
    std::int32_t partition_index = 0;
    ErrorCode error_code = ErrorCode::kNone;

    static void describe(auto& field, auto& m) {
      field("topic_name", m.topic_name);
      field("partition_index", m.partition_index);
      field("error_code", m.error_code);
    }
  };

  ErrorCode error_code = ErrorCode::kNone;
  std::vector<PartitionError> partition_errors;

  static void describe(auto& field, auto& m) {
    field("error_code", m.error_code);
    field("partition_errors", m.partition_errors);
  }
};
extern template struct Codec<StopReplicaResponse>;

}  // namespace odradek::protocol
