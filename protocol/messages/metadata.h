// Metadata (key 3): brokers, topics, partitions and their leaders, as this broker knows them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/uuid.h"
#include "protocol/errors.h"
#include "protocol/types.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct MetadataResponse;

struct MetadataRequest {
  using Response = MetadataResponse;
  static constexpr Api kApi{
      .key = ApiKey::kMetadata, .name = "Metadata", .min = 0, .max = 12, .flexible = 9};

  struct Topic {
    base::Uuid topic_id;  // looked up when the name is null
    std::optional<std::string> name{""};

    static void describe(auto& field, auto& m) {
      field("topic_id", m.topic_id, {.since = 10});
      field("name", m.name, {.nullable = 10});
    }
  };

  std::optional<std::vector<Topic>> topics{std::in_place};  // null: all (in version 0: empty)
  bool allow_auto_topic_creation = true;
  bool include_cluster_authorized_operations = false;
  bool include_topic_authorized_operations = false;

  static void describe(auto& field, auto& m) {
    field("topics", m.topics, {.nullable = 1});
    field("allow_auto_topic_creation", m.allow_auto_topic_creation, {.since = 4});
    field("include_cluster_authorized_operations", m.include_cluster_authorized_operations,
          {.since = 8, .until = 10});
    field("include_topic_authorized_operations", m.include_topic_authorized_operations,
          {.since = 8});
  }
};
extern template struct Codec<MetadataRequest>;

struct MetadataResponse {
  static constexpr Api kApi = MetadataRequest::kApi;

  struct Broker {
    BrokerId node_id = 0;
    std::string host;
    std::int32_t port = 0;
    std::optional<std::string> rack;

    static void describe(auto& field, auto& m) {
      field("node_id", m.node_id);
      field("host", m.host);
      field("port", m.port);
      field("rack", m.rack, {.since = 1, .nullable = 1});
    }
  };

  struct Partition {
    ErrorCode error_code = ErrorCode::kNone;
    std::int32_t partition_index = 0;
    BrokerId leader_id = 0;  // -1: none
    std::int32_t leader_epoch = -1;
    std::vector<BrokerId> replica_nodes;
    std::vector<BrokerId> isr_nodes;
    std::vector<BrokerId> offline_replicas;

    static void describe(auto& field, auto& m) {
      field("error_code", m.error_code);
      field("partition_index", m.partition_index);
      field("leader_id", m.leader_id);
      field("leader_epoch", m.leader_epoch, {.since = 7});
      field("replica_nodes", m.replica_nodes);
      field("isr_nodes", m.isr_nodes);
      field("offline_replicas", m.offline_replicas, {.since = 5});
    }
  };

  struct Topic {
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string> name{""};
    base::Uuid topic_id;
    bool is_internal = false;
    std::vector<Partition> partitions;
    std::int32_t topic_authorized_operations = kOperationsNotAsked;  // a bit per operation code

    static void describe(auto& field, auto& m) {
      field("error_code", m.error_code);
      field("name", m.name, {.nullable = 12});
      field("topic_id", m.topic_id, {.since = 10});
      field("is_internal", m.is_internal, {.since = 1});
      field("partitions", m.partitions);
      field("topic_authorized_operations", m.topic_authorized_operations, {.since = 8});
    }
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<Broker> brokers;
  std::optional<std::string> cluster_id;
  BrokerId controller_id = kNoBroker;  // -1: unknown
  std::vector<Topic> topics;
  // A bit per operation code.
  std::int32_t cluster_authorized_operations = kOperationsNotAsked;

  static void describe(auto& field, auto& m) {
    field("throttle_time_ms", m.throttle_time_ms, {.since = 3});
    field("brokers", m.brokers);
    field("cluster_id", m.cluster_id, {.since = 2, .nullable = 2});
    field("controller_id", m.controller_id, {.since = 1});
    field("topics", m.topics);
    field("cluster_authorized_operations", m.cluster_authorized_operations,
          {.since = 8, .until = 10});
  }
};
extern template struct Codec<MetadataResponse>;

}  // namespace odradek::protocol
