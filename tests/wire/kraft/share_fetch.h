// ShareFetch (key 78): records for a member of a share group, and what it did with earlier ones.
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

struct ShareFetchResponse;

struct ShareFetchRequest {
  using Response = ShareFetchResponse;
  static constexpr Api kApi{
      .key = ApiKey{78}, .name = "ShareFetch", .min = 0, .max = 0, .flexible = 0};

  struct AcknowledgementBatch {
    std::int64_t first_offset = 0;
    std::int64_t last_offset = 0;
    std::vector<std::int8_t> acknowledge_types;

    static void describe(auto& field, auto& m) {
      field("first_offset", m.first_offset);
      field("last_offset", m.last_offset);
      field("acknowledge_types", m.acknowledge_types);
    }
  };

  struct Partition {
    std::int32_t partition_index = 0;
    std::int32_t partition_max_bytes = 0;
    std::vector<AcknowledgementBatch> acknowledgement_batches;

    static void describe(auto& field, auto& m) {
      field("partition_index", m.partition_index);
      field("partition_max_bytes", m.partition_max_bytes);
      field("acknowledgement_batches", m.acknowledgement_batches);
    }
  };

  struct Topic {
    base::Uuid topic_id;
    std::vector<Partition> partitions;

    static void describe(auto& field, auto& m) {
      field("topic_id", m.topic_id);
      field("partitions", m.partitions);
    }
  };

  struct ForgottenTopic {
    base::Uuid topic_id;
    std::vector<std::int32_t> partitions;

    static void describe(auto& field, auto& m) {
      field("topic_id", m.topic_id);
      field("partitions", m.partitions);
    }
  };

  std::optional<std::string> group_id;
  std::optional<std::string> member_id{""};
  std::int32_t share_session_epoch = 0;
  std::int32_t max_wait_ms = 0;
  std::int32_t min_bytes = 0;
  std::int32_t max_bytes = std::numeric_limits<std::int32_t>::max();
  std::vector<Topic> topics;
  std::vector<ForgottenTopic> forgotten_topics_data;

  static void describe(auto& field, auto& m) {
    field("group_id", m.group_id, {.nullable = 0});
    field("member_id", m.member_id, {.nullable = 0});
    field("share_session_epoch", m.share_session_epoch);
    field("max_wait_ms", m.max_wait_ms);
    field("min_bytes", m.min_bytes);
    field("max_bytes", m.max_bytes);
    field("topics", m.topics);
    field("forgotten_topics_data", m.forgotten_topics_data);
  }
};
extern template struct Codec<ShareFetchRequest>;

struct ShareFetchResponse {
  static constexpr Api kApi = ShareFetchRequest::kApi;

  struct Leader {
    BrokerId leader_id = 0;
    std::int32_t leader_epoch = 0;

    static void describe(auto& field, auto& m) {
      field("leader_id", m.leader_id);
      field("leader_epoch", m.leader_epoch);
    }
  };

  struct AcquiredRange {
    std::int64_t first_offset = 0;
    std::int64_t last_offset = 0;
    std::int16_t delivery_count = 0;

    static void describe(auto& field, auto& m) {
      field("first_offset", m.first_offset);
      field("last_offset", m.last_offset);
      field("delivery_count", m.delivery_count);
    }
  };

  struct Partition {
    std::int32_t partition_index = 0;
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string> error_message;
    ErrorCode acknowledge_error_code = ErrorCode::kNone;
    std::optional<std::string> acknowledge_error_message;
    Leader current_leader;
    Records records;
    std::vector<AcquiredRange> acquired_records;

    static void describe(auto& field, auto& m) {
      field("partition_index", m.partition_index);
      field("error_code", m.error_code);
      field("error_message", m.error_message, {.nullable = 0});
      field("acknowledge_error_code", m.acknowledge_error_code);
      field("acknowledge_error_message", m.acknowledge_error_message, {.nullable = 0});
      field("current_leader", m.current_leader);
      field("records", m.records, {.nullable = 0});
      field("acquired_records", m.acquired_records);
    }
  };

  struct Topic {
    base::Uuid topic_id;
    std::vector<Partition> partitions;

    static void describe(auto& field, auto& m) {
      field("topic_id", m.topic_id);
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
  std::optional<std::string> error_message;
  std::vector<Topic> responses;
  std::vector<NodeEndpoint> node_endpoints;

  static void describe(auto& field, auto& m) {
    field("throttle_time_ms", m.throttle_time_ms);
    field("error_code", m.error_code);
    field("error_message", m.error_message, {.nullable = 0});
    field("responses", m.responses);
    field("node_endpoints", m.node_endpoints);
  }
};
extern template struct Codec<ShareFetchResponse>;

}  // namespace odradek::protocol
