// Vote (key 52): asks a voter of a KRaft quorum for its vote.
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

struct VoteResponse;

struct VoteRequest {
  using Response = VoteResponse;
  static constexpr Api kApi{.key = ApiKey{52}, .name = "Vote", .min = 0, .max = 1, .flexible = 0};

  struct Partition {
    std::int32_t partition_index = 0;
    std::int32_t candidate_epoch = 0;
    BrokerId candidate_id = 0;
    base::Uuid candidate_directory_id;
    base::Uuid voter_directory_id;
    std::int32_t last_offset_epoch = 0;
    std::int64_t last_offset = 0;

    static void describe(auto& field, auto& m) {
      field("partition_index", m.partition_index);
      field("candidate_epoch", m.candidate_epoch);
      field("candidate_id", m.candidate_id);
      field("candidate_directory_id", m.candidate_directory_id, {.since = 1});
      field("voter_directory_id", m.voter_directory_id, {.since = 1});
      field("last_offset_epoch", m.last_offset_epoch);
      field("last_offset", m.last_offset);
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

  std::optional<std::string> cluster_id;
  BrokerId voter_id = kNoBroker;
  std::vector<Topic> topics;

  static void describe(auto& field, auto& m) {
    field("cluster_id", m.cluster_id, {.nullable = 0});
    field("voter_id", m.voter_id, {.since = 1});
    field("topics", m.topics);
  }
};
extern template struct Codec<VoteRequest>;

struct VoteResponse {
  static constexpr Api kApi = VoteRequest::kApi;

  struct Partition {
    std::int32_t partition_index = 0;
    ErrorCode error_code = ErrorCode::kNone;
    BrokerId leader_id = 0;
    std::int32_t leader_epoch = 0;
    bool vote_granted = false;

    static void describe(auto& field, auto& m) {
      field("partition_index", m.partition_index);
      field("error_code", m.error_code);
      field("leader_id", m.leader_id);
      field("leader_epoch", m.leader_epoch);
      field("vote_granted", m.vote_granted);
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
extern template struct Codec<VoteResponse>;

}  // namespace odradek::protocol
