// DescribeQuorum (key 55): the voters and observers of a KRaft quorum and how far they have come.
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

struct DescribeQuorumResponse;

struct DescribeQuorumRequest {
  using Response = DescribeQuorumResponse;
  static constexpr Api kApi{
      .key = ApiKey{55}, .name = "DescribeQuorum", .min = 0, .max = 2, .flexible = 0};

  struct Partition {
    std::int32_t partition_index = 0;

    static void describe(auto& field, auto& m) { field("partition_index", m.partition_index); }
  };

  struct Topic {
    std::string topic_name;
    std::vector<Partition> partitions;

    static void describe(auto& field, auto& m) {
      field("topic_name", m.topic_name);
      field("partitions", m.partitions);
    }
  };

  std::vector<Topic> topics;

  static void describe(auto& field, auto& m) { field("topics", m.topics); }
};
extern template struct Codec<DescribeQuorumRequest>;

struct DescribeQuorumResponse {
  static constexpr Api kApi = DescribeQuorumRequest::kApi;

  struct ReplicaState {
    BrokerId replica_id = 0;
    base::Uuid replica_directory_id;
    std::int64_t log_end_offset = 0;
    std::int64_t last_fetch_timestamp = -1;
    std::int64_t last_caught_up_timestamp = -1;

    static void describe(auto& field, auto& m) {
      field("replica_id", m.replica_id);
      field("replica_directory_id", m.replica_directory_id, {.since = 2});
      field("log_end_offset", m.log_end_offset);
      field("last_fetch_timestamp", m.last_fetch_timestamp, {.since = 1});
      field("last_caught_up_timestamp", m.last_caught_up_timestamp, {.since = 1});
    }
  };

  struct Partition {
    std::int32_t partition_index = 0;
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string> error_message{""};
    BrokerId leader_id = 0;
    std::int32_t leader_epoch = 0;
    std::int64_t high_watermark = 0;
    std::vector<ReplicaState> current_voters;
    std::vector<ReplicaState> observers;

    static void describe(auto& field, auto& m) {
      field("partition_index", m.partition_index);
      field("error_code", m.error_code);
      field("error_message", m.error_message, {.since = 2, .nullable = 2});
      field("leader_id", m.leader_id);
      field("leader_epoch", m.leader_epoch);
      field("high_watermark", m.high_watermark);
      field("current_voters", m.current_voters);
      field("observers", m.observers);
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

  struct Listener {
    std::string name;
    std::string host;
    std::uint16_t port = 0;

    static void describe(auto& field, auto& m) {
      field("name", m.name);
      field("host", m.host);
      field("port", m.port);
    }
  };

  struct Node {
    BrokerId node_id = 0;
    std::vector<Listener> listeners;

    static void describe(auto& field, auto& m) {
      field("node_id", m.node_id);
      field("listeners", m.listeners);
    }
  };

  ErrorCode error_code = ErrorCode::kNone;
  std::optional<std::string> error_message{""};
  std::vector<Topic> topics;
  std::vector<Node> nodes;

  static void describe(auto& field, auto& m) {
    field("error_code", m.error_code);
    field("error_message", m.error_message, {.since = 2, .nullable = 2});
    field("topics", m.topics);
    field("nodes", m.nodes, {.since = 2});
  }
};
extern template struct Codec<DescribeQuorumResponse>;

}  // namespace odradek::protocol
