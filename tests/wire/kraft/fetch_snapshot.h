// FetchSnapshot (key 59): a part of a snapshot of the KRaft metadata log, whose records end
// anywhere.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "base/uuid.h"
#include "protocol/errors.h"
#include "protocol/types.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"
#include "protocol/wire/records.h"

namespace odradek::protocol {

struct FetchSnapshotResponse;

struct FetchSnapshotRequest {
  using Response = FetchSnapshotResponse;
  static constexpr Api kApi{
      .key = ApiKey{59}, .name = "FetchSnapshot", .min = 0, .max = 1, .flexible = 0};

  struct SnapshotId {
    std::int64_t end_offset = 0;
    std::int32_t epoch = 0;

    static void describe(auto& field, auto& m) {
      field("end_offset", m.end_offset);
      field("epoch", m.epoch);
    }
  };

  struct Partition {
    std::int32_t partition = 0;
    std::int32_t current_leader_epoch = 0;
    SnapshotId snapshot_id;
    std::int64_t position = 0;
    base::Uuid replica_directory_id;

    static void describe(auto& field, auto& m) {
      field("partition", m.partition);
      field("current_leader_epoch", m.current_leader_epoch);
      field("snapshot_id", m.snapshot_id);
      field("position", m.position);
      field("replica_directory_id", m.replica_directory_id, {.since = 1, .tag = 0});
    }
  };

  struct Topic {
    std::string name;
    std::vector<Partition> partitions;

    static void describe(auto& field, auto& m) {
      field("name", m.name);
      field("partitions", m.partitions);
    }
  };

  std::optional<std::string> cluster_id;
  BrokerId replica_id = kNoBroker;
  std::int32_t max_bytes = std::numeric_limits<std::int32_t>::max();
  std::vector<Topic> topics;

  static void describe(auto& field, auto& m) {
    field("cluster_id", m.cluster_id, {.nullable = 0, .tag = 0});
    field("replica_id", m.replica_id);
    field("max_bytes", m.max_bytes);
    field("topics", m.topics);
  }
};
extern template struct Codec<FetchSnapshotRequest>;

struct FetchSnapshotResponse {
  static constexpr Api kApi = FetchSnapshotRequest::kApi;

  struct SnapshotId {
    std::int64_t end_offset = 0;
    std::int32_t epoch = 0;

    static void describe(auto& field, auto& m) {
      field("end_offset", m.end_offset);
      field("epoch", m.epoch);
    }
  };

  struct Leader {
    BrokerId leader_id = 0;
    std::int32_t leader_epoch = 0;

    static void describe(auto& field, auto& m) {
      field("leader_id", m.leader_id);
      field("leader_epoch", m.leader_epoch);
    }
    bool operator==(const Leader&) const = default;
  };

  struct Partition {
    std::int32_t index = 0;
    ErrorCode error_code = ErrorCode::kNone;
    SnapshotId snapshot_id;
    Leader current_leader;
    std::int64_t size = 0;
    std::int64_t position = 0;
    Records unaligned_records;

    static void describe(auto& field, auto& m) {
      field("index", m.index);
      field("error_code", m.error_code);
      field("snapshot_id", m.snapshot_id);
      field("current_leader", m.current_leader, {.tag = 0});
      field("size", m.size);
      field("position", m.position);
      field("unaligned_records", m.unaligned_records);
    }
  };

  struct Topic {
    std::string name;
    std::vector<Partition> partitions;

    static void describe(auto& field, auto& m) {
      field("name", m.name);
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

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::vector<Topic> topics;
  std::vector<NodeEndpoint> node_endpoints;

  static void describe(auto& field, auto& m) {
    field("throttle_time_ms", m.throttle_time_ms);
    field("error_code", m.error_code);
    field("topics", m.topics);
    field("node_endpoints", m.node_endpoints, {.since = 1, .tag = 0});
  }
};
extern template struct Codec<FetchSnapshotResponse>;

}  // namespace odradek::protocol
