// UpdateMetadata (key 6): the controller tells every broker what the cluster looks like.
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

struct UpdateMetadataResponse;

struct UpdateMetadataRequest {
  using Response = UpdateMetadataResponse;
  static constexpr Api kApi{
      .key = ApiKey::kUpdateMetadata, .name = "UpdateMetadata", .min = 0, .max = 8, .flexible = 6};

  struct PartitionState {
    std::string topic_name;
    std::int32_t partition_index = 0;
    std::int32_t controller_epoch = 0;
    BrokerId leader = 0;  // -1: none; -2: the topic is being deleted
    std::int32_t leader_epoch = 0;
    std::vector<BrokerId> isr;
    std::int32_t zk_version = 0;  // of the state znode
    std::vector<BrokerId> replicas;
    std::vector<BrokerId> offline_replicas;

    static void describe(auto& field, auto& m) {
      field("topic_name", m.topic_name, {.until = 4});
      field("partition_index", m.partition_index);
      field("controller_epoch", m.controller_epoch);
      field("leader", m.leader);
      field("leader_epoch", m.leader_epoch);
      field("isr", m.isr);
      field("zk_version", m.zk_version);
      field("replicas", m.replicas);
      field("offline_replicas", m.offline_replicas, {.since = 4});
    }
  };

  struct TopicState {
    std::string topic_name;
    base::Uuid topic_id;
    std::vector<PartitionState> partition_states;

    static void describe(auto& field, auto& m) {
      field("topic_name", m.topic_name);
      field("topic_id", m.topic_id, {.since = 7});
      field("partition_states", m.partition_states);
    }
  };

  struct Endpoint {
    std::int32_t port = 0;
    std::string host;
    std::string listener;
    std::int16_t security_protocol = 0;  // 0 PLAINTEXT, 1 SSL, 2 SASL_PLAINTEXT, 3 SASL_SSL

    static void describe(auto& field, auto& m) {
      field("port", m.port);
      field("host", m.host);
      field("listener", m.listener, {.since = 3});
      field("security_protocol", m.security_protocol);
    }
  };

  struct Broker {
    BrokerId id = 0;
    std::string v0_host;
    std::int32_t v0_port = 0;
    std::vector<Endpoint> endpoints;
    std::optional<std::string> rack;

    static void describe(auto& field, auto& m) {
      field("id", m.id);
      field("v0_host", m.v0_host, {.until = 0});
      field("v0_port", m.v0_port, {.until = 0});
      field("endpoints", m.endpoints, {.since = 1});
      field("rack", m.rack, {.since = 2, .nullable = 2});
    }
  };

  BrokerId controller_id = 0;
  bool is_kraft_controller = false;  // true from the KRaft controller of a migrating cluster
  std::int8_t type = 0;              // 0: unknown; 1: some partitions; 2: all there are
  std::int32_t controller_epoch = 0;
  std::int64_t broker_epoch = -1;  // czxid of the broker znode; -1: unknown
  std::vector<PartitionState> ungrouped_partition_states;
  std::vector<TopicState> topic_states;
  std::vector<Broker> live_brokers;

  static void describe(auto& field, auto& m) {
    field("controller_id", m.controller_id);
    field("is_k_raft_controller", m.is_kraft_controller, {.since = 8});
    field("type", m.type, {.since = 8, .tag = 0});
    field("controller_epoch", m.controller_epoch);
    field("broker_epoch", m.broker_epoch, {.since = 5});
    field("ungrouped_partition_states", m.ungrouped_partition_states, {.until = 4});
    field("topic_states", m.topic_states, {.since = 5});
    field("live_brokers", m.live_brokers);
  }
};
extern template struct Codec<UpdateMetadataRequest>;

struct UpdateMetadataResponse {
  static constexpr Api kApi = UpdateMetadataRequest::kApi;

  ErrorCode error_code = ErrorCode::kNone;

  static void describe(auto& field, auto& m) { field("error_code", m.error_code); }
};
extern template struct Codec<UpdateMetadataResponse>;

}  // namespace odradek::protocol
