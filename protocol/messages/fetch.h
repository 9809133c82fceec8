// Fetch (key 1): read record batches, for consumers and for followers alike.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/uuid.h"
#include "protocol/errors.h"
#include "protocol/types.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"
#include "protocol/wire/few.h"
#include "protocol/wire/records.h"

namespace odradek::protocol {

struct FetchResponse;

struct FetchRequest {
  using Response = FetchResponse;
  static constexpr Api kApi{
      .key = ApiKey::kFetch, .name = "Fetch", .min = 0, .max = 17, .flexible = 12};

  struct ReplicaState {
    BrokerId replica_id = kNoBroker;  // the follower that asks; -1: a consumer
    std::int64_t replica_epoch = -1;  // broker epoch of the follower, -1: unknown

    static void describe(auto& field, auto& m) {
      field("replica_id", m.replica_id);
      field("replica_epoch", m.replica_epoch);
    }
    bool operator==(const ReplicaState&) const = default;
  };

  struct Partition {
    std::int32_t partition = 0;
    std::int32_t current_leader_epoch = -1;  // -1: unknown; else fences
    std::int64_t fetch_offset = 0;
    std::int32_t last_fetched_epoch = -1;  // -1: none; lets the leader find a divergence
    std::int64_t log_start_offset = -1;    // the follower's own
    std::int32_t partition_max_bytes = 0;
    base::Uuid replica_directory_id;  // KRaft only

    static void describe(auto& field, auto& m) {
      field("partition", m.partition);
      field("current_leader_epoch", m.current_leader_epoch, {.since = 9});
      field("fetch_offset", m.fetch_offset);
      field("last_fetched_epoch", m.last_fetched_epoch, {.since = 12});
      field("log_start_offset", m.log_start_offset, {.since = 5});
      field("partition_max_bytes", m.partition_max_bytes);
      field("replica_directory_id", m.replica_directory_id, {.since = 17, .tag = 0});
    }
  };

  struct Topic {
    std::string topic;
    base::Uuid topic_id;
    Few<Partition> partitions;

    static void describe(auto& field, auto& m) {
      field("topic", m.topic, {.until = 12});
      field("topic_id", m.topic_id, {.since = 13});
      field("partitions", m.partitions);
    }
  };

  struct ForgottenTopic {
    std::string topic;
    base::Uuid topic_id;
    std::vector<std::int32_t> partitions;

    static void describe(auto& field, auto& m) {
      field("topic", m.topic, {.until = 12});
      field("topic_id", m.topic_id, {.since = 13});
      field("partitions", m.partitions);
    }
  };

  std::optional<std::string> cluster_id;
  BrokerId replica_id = kNoBroker;  // the follower that asks; -1: a consumer
  ReplicaState replica_state;       // takes the place of replica_id
  std::int32_t max_wait_ms = 0;
  std::int32_t min_bytes = 0;  // answer as soon as this much is there
                               // Of the answer; its first batch may be larger.
  std::int32_t max_bytes = std::numeric_limits<std::int32_t>::max();
  std::int8_t isolation_level = 0;  // 1: only what is committed
  std::int32_t session_id = 0;      // 0: none yet
                                    // -1: no session; 0: open one; else the next of the session.
  std::int32_t session_epoch = -1;
  Few<Topic> topics;
  std::vector<ForgottenTopic> forgotten_topics_data;  // taken out of the session
  std::string rack_id;  // where the consumer is, to be sent to a near replica

  static void describe(auto& field, auto& m) {
    field("cluster_id", m.cluster_id, {.since = 12, .nullable = 12, .tag = 0});
    field("replica_id", m.replica_id, {.until = 14});
    field("replica_state", m.replica_state, {.since = 15, .tag = 1});
    field("max_wait_ms", m.max_wait_ms);
    field("min_bytes", m.min_bytes);
    field("max_bytes", m.max_bytes, {.since = 3});
    field("isolation_level", m.isolation_level, {.since = 4});
    field("session_id", m.session_id, {.since = 7});
    field("session_epoch", m.session_epoch, {.since = 7});
    field("topics", m.topics);
    field("forgotten_topics_data", m.forgotten_topics_data, {.since = 7});
    field("rack_id", m.rack_id, {.since = 11});
  }
};
extern template struct Codec<FetchRequest>;

struct FetchResponse {
  static constexpr Api kApi = FetchRequest::kApi;

  struct EpochEndOffset {
    std::int32_t epoch = -1;
    std::int64_t end_offset = -1;

    static void describe(auto& field, auto& m) {
      field("epoch", m.epoch);
      field("end_offset", m.end_offset);
    }
    bool operator==(const EpochEndOffset&) const = default;
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

  struct SnapshotId {
    std::int64_t end_offset = -1;
    std::int32_t epoch = -1;

    static void describe(auto& field, auto& m) {
      field("end_offset", m.end_offset);
      field("epoch", m.epoch);
    }
    bool operator==(const SnapshotId&) const = default;
  };

  struct AbortedTransaction {
    std::int64_t producer_id = 0;
    std::int64_t first_offset = 0;

    static void describe(auto& field, auto& m) {
      field("producer_id", m.producer_id);
      field("first_offset", m.first_offset);
    }
  };

  struct Partition {
    std::int32_t partition_index = 0;
    ErrorCode error_code = ErrorCode::kNone;
    std::int64_t high_watermark = 0;
    std::int64_t last_stable_offset = -1;  // every transaction below is decided
    std::int64_t log_start_offset = -1;
    EpochEndOffset diverging_epoch;  // where the follower must truncate
    CurrentLeader current_leader;    // set with NOT_LEADER_OR_FOLLOWER
    SnapshotId snapshot_id;          // KRaft only
    // To be skipped by a reader of committed data.
    std::optional<std::vector<AbortedTransaction>> aborted_transactions{std::in_place};
    BrokerId preferred_read_replica = kNoBroker;  // -1: stay with the leader
    Records records;

    static void describe(auto& field, auto& m) {
      field("partition_index", m.partition_index);
      field("error_code", m.error_code);
      field("high_watermark", m.high_watermark);
      field("last_stable_offset", m.last_stable_offset, {.since = 4});
      field("log_start_offset", m.log_start_offset, {.since = 5});
      field("diverging_epoch", m.diverging_epoch, {.since = 12, .tag = 0});
      field("current_leader", m.current_leader, {.since = 12, .tag = 1});
      field("snapshot_id", m.snapshot_id, {.since = 12, .tag = 2});
      field("aborted_transactions", m.aborted_transactions, {.since = 4, .nullable = 4});
      field("preferred_read_replica", m.preferred_read_replica, {.since = 11});
      field("records", m.records, {.nullable = 0});
    }
  };

  struct Topic {
    std::string topic;
    base::Uuid topic_id;
    std::vector<Partition> partitions;

    static void describe(auto& field, auto& m) {
      field("topic", m.topic, {.until = 12});
      field("topic_id", m.topic_id, {.since = 13});
      field("partitions", m.partitions);
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

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::int32_t session_id = 0;  // 0: no session
  std::vector<Topic> responses;
  std::vector<NodeEndpoint> node_endpoints;  // of the new leaders named in current_leader

  static void describe(auto& field, auto& m) {
    field("throttle_time_ms", m.throttle_time_ms, {.since = 1});
    field("error_code", m.error_code, {.since = 7});
    field("session_id", m.session_id, {.since = 7});
    field("responses", m.responses);
    field("node_endpoints", m.node_endpoints, {.since = 16, .tag = 0});
  }
};
extern template struct Codec<FetchResponse>;

}  // namespace odradek::protocol
