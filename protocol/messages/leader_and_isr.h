// LeaderAndIsr (key 4): the controller tells a broker which partitions it leads or follows.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/uuid.h"
#include "protocol/errors.h"
#include "protocol/types.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct LeaderAndIsrResponse;

struct LeaderAndIsrRequest {
  using Response = LeaderAndIsrResponse;
  static constexpr Api kApi{
      .key = ApiKey::kLeaderAndIsr, .name = "LeaderAndIsr", .min = 0, .max = 7, .flexible = 4};

  struct PartitionState {
    std::string topic_name;
    std::int32_t partition_index = 0;
    std::int32_t controller_epoch = 0;
    BrokerId leader = 0;
    std::int32_t leader_epoch = 0;
    std::vector<BrokerId> isr;
    std::int32_t partition_epoch = 0;  // zkVersion of the state znode
    std::vector<BrokerId> replicas;
    std::vector<BrokerId> adding_replicas;
    std::vector<BrokerId> removing_replicas;
    bool is_new = false;                    // the replica may start empty
    std::int8_t leader_recovery_state = 0;  // 1: after an unclean election

    static void describe(auto& field, auto& m) {
      field("topic_name", m.topic_name, {.until = 1});
      field("partition_index", m.partition_index);
      field("controller_epoch", m.controller_epoch);
      field("leader", m.leader);
      field("leader_epoch", m.leader_epoch);
      field("isr", m.isr);
      field("partition_epoch", m.partition_epoch);
      field("replicas", m.replicas);
      field("adding_replicas", m.adding_replicas, {.since = 3});
      field("removing_replicas", m.removing_replicas, {.since = 3});
      field("is_new", m.is_new, {.since = 1});
      field("leader_recovery_state", m.leader_recovery_state, {.since = 6});
    }
  };

  struct TopicState {
    std::string topic_name;
    base::Uuid topic_id;
    std::vector<PartitionState> partition_states;

    static void describe(auto& field, auto& m) {
      field("topic_name", m.topic_name);
      field("topic_id", m.topic_id, {.since = 5});
      field("partition_states", m.partition_states);
    }
  };

  struct LiveLeader {
    BrokerId broker_id = 0;
    std::string host_name;
    std::int32_t port = 0;

    static void describe(auto& field, auto& m) {
      field("broker_id", m.broker_id);
      field("host_name", m.host_name);
      field("port", m.port);
    }
  };

  BrokerId controller_id = 0;
  bool is_kraft_controller = false;  // true from the KRaft controller of a migrating cluster
  std::int32_t controller_epoch = 0;
  std::int64_t broker_epoch = -1;  // czxid of the broker znode; -1: unknown
  std::int8_t type = 0;            // 0: unknown; 1: some partitions; 2: all that the broker has
  std::vector<PartitionState> ungrouped_partition_states;
  std::vector<TopicState> topic_states;
  std::vector<LiveLeader> live_leaders;

  static void describe(auto& field, auto& m) {
    field("controller_id", m.controller_id);
    field("is_k_raft_controller", m.is_kraft_controller, {.since = 7});
    field("controller_epoch", m.controller_epoch);
    field("broker_epoch", m.broker_epoch, {.since = 2});
    field("type", m.type, {.since = 5});
    field("ungrouped_partition_states", m.ungrouped_partition_states, {.until = 1});
    field("topic_states", m.topic_states, {.since = 2});
    field("live_leaders", m.live_leaders);
  }
};
extern template struct Codec<LeaderAndIsrRequest>;

struct LeaderAndIsrResponse {
  static constexpr Api kApi = LeaderAndIsrRequest::kApi;

  struct PartitionError {
    std::string topic_name;
    std::int32_t partition_index = 0;
    ErrorCode error_code = ErrorCode::kNone;

    static void describe(auto& field, auto& m) {
      field("topic_name", m.topic_name, {.until = 4});
      field("partition_index", m.partition_index);
      field("error_code", m.error_code);
    }
  };

  struct TopicError {
    base::Uuid topic_id;
    std::vector<PartitionError> partition_errors;

    static void describe(auto& field, auto& m) {
      field("topic_id", m.topic_id);
      field("partition_errors", m.partition_errors);
    }
  };

  ErrorCode error_code = ErrorCode::kNone;
  std::vector<PartitionError> partition_errors;
  std::vector<TopicError> topics;

  static void describe(auto& field, auto& m) {
    field("error_code", m.error_code);
    field("partition_errors", m.partition_errors, {.until = 4});
    field("topics", m.topics, {.since = 5});
  }
};
extern template struct Codec<LeaderAndIsrResponse>;

}  // namespace odradek::protocol
