// ShareAcknowledge (key 79): what a member of a share group did with the records it got.
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

struct ShareAcknowledgeResponse;

struct ShareAcknowledgeRequest {
  using Response = ShareAcknowledgeResponse;
  static constexpr Api kApi{
      .key = ApiKey{79}, .name = "ShareAcknowledge", .min = 0, .max = 0, .flexible = 0};

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
    std::vector<AcknowledgementBatch> acknowledgement_batches;

    static void describe(auto& field, auto& m) {
      field("partition_index", m.partition_index);
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

  std::optional<std::string> group_id;
  std::optional<std::string> member_id{""};
  std::int32_t share_session_epoch = 0;
  std::vector<Topic> topics;

  static void describe(auto& field, auto& m) {
    field("group_id", m.group_id, {.nullable = 0});
    field("member_id", m.member_id, {.nullable = 0});
    field("share_session_epoch", m.share_session_epoch);
    field("topics", m.topics);
  }
};
extern template struct Codec<ShareAcknowledgeRequest>;

struct ShareAcknowledgeResponse {
  static constexpr Api kApi = ShareAcknowledgeRequest::kApi;

  struct Leader {
    BrokerId leader_id = 0;
    std::int32_t leader_epoch = 0;

    static void describe(auto& field, auto& m) {
      field("leader_id", m.leader_id);
      field("leader_epoch", m.leader_epoch);
    }
  };

  struct Partition {
    std::int32_t partition_index = 0;
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string> error_message;
    Leader current_leader;

    static void describe(auto& field, auto& m) {
      field("partition_index", m.partition_index);
      field("error_code", m.error_code);
      field("error_message", m.error_message, {.nullable = 0});
      field("current_leader", m.current_leader);
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
extern template struct Codec<ShareAcknowledgeResponse>;

}  // namespace odradek::protocol
