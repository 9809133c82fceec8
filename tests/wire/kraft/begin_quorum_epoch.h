// BeginQuorumEpoch (key 53): a new leader of a KRaft quorum tells the voters that it leads.
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

struct BeginQuorumEpochResponse;

struct BeginQuorumEpochRequest {
  using Response = BeginQuorumEpochResponse;
  static constexpr Api kApi{
      .key = ApiKey{53}, .name = "BeginQuorumEpoch", .min = 0, .max = 1, .flexible = 1};

  struct Partition {
    std::int32_t partition_index = 0;
    base::Uuid voter_directory_id;
    BrokerId leader_id = 0;
    std::int32_t leader_epoch = 0;

    static void describe(auto& field, auto& m) {
      field("partition_index", m.partition_index);
      field("voter_directory_id", m.voter_directory_id, {.since = 1});
      field("leader_id", m.leader_id);
      field("leader_epoch", m.leader_epoch);
    }
  };

  struct Topic {
    std::string topic_name;
    std::vector<Partition> partitions;

    static void describe(auto& field, auto& m) {
      field("topic_name", m.topic_name);
      field("partitions", m.partitions);
    }
  };

  struct LeaderEndpoint {
    std::string name;
    std::string host;
    std::uint16_t port = 0;

    static void describe(auto& field, auto& m) {
      field("name", m.name);
      field("host", m.host);
      field("port", m.port);
    }
  };

  std::optional<std::string> cluster_id;
  BrokerId voter_id = kNoBroker;
  std::vector<Topic> topics;
  std::vector<LeaderEndpoint> leader_endpoints;

  static void describe(auto& field, auto& m) {
    field("cluster_id", m.cluster_id, {.nullable = 0});
    field("voter_id", m.voter_id, {.since = 1});
    field("topics", m.topics);
    field("leader_endpoints", m.leader_endpoints, {.since = 1});
  }
};
extern template struct Codec<BeginQuorumEpochRequest>;

struct BeginQuorumEpochResponse {
  static constexpr Api kApi = BeginQuorumEpochRequest::kApi;

  struct Partition {
    std::int32_t partition_index = 0;
    ErrorCode error_code = ErrorCode::kNone;
    BrokerId leader_id = 0;
    std::int32_t leader_epoch = 0;

    static void describe(auto& field, auto& m) {
      field("partition_index", m.partition_index);
      field("error_code", m.error_code);
      field("leader_id", m.leader_id);
      field("leader_epoch", m.leader_epoch);
    }
  };

  struct Topic {
    std::string topic_name;
    std::vector<Partition> partitions;

    static void describe(auto& field, auto& m) {
      field("topic_name", m.topic_name);
      field("partitions", m.partitions);
    }
  };

  struct NodeEndpoint {
    BrokerId node_id = 0;
    std::string host;
    std::uint16_t port = 0;

    static void describe(auto& field, auto& m) {
      field("node_id", m.node_id);
      field("host", m.host);
      field("port", m.port);
    }
  };

  ErrorCode error_code = ErrorCode::kNone;
  std::vector<Topic> topics;
  std::vector<NodeEndpoint> node_endpoints;

  static void describe(auto& field, auto& m) {
    field("error_code", m.error_code);
    field("topics", m.topics);
    field("node_endpoints", m.node_endpoints, {.since = 1, .tag = 0});
  }
};
extern template struct Codec<BeginQuorumEpochResponse>;

}  // namespace odradek::protocol
