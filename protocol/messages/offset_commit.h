// OffsetCommit (key 8): a group stores how far it has read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/errors.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct OffsetCommitResponse;

struct OffsetCommitRequest {
  using Response = OffsetCommitResponse;
  static constexpr Api kApi{
      .key = ApiKey::kOffsetCommit, .name = "OffsetCommit", .min = 0, .max = 9, .flexible = 8};

  struct Partition {
    std::int32_t partition_index = 0;
    std::int64_t committed_offset = 0;
    std::int32_t committed_leader_epoch = -1;
    std::int64_t commit_timestamp = -1;  // -1: the broker's time
    std::optional<std::string> committed_metadata{""};

    static void describe(auto& field, auto& m) {
      field("partition_index", m.partition_index);
      field("committed_offset", m.committed_offset);
      field("committed_leader_epoch", m.committed_leader_epoch, {.since = 6});
      field("commit_timestamp", m.commit_timestamp, {.since = 1, .until = 1});
      field("committed_metadata", m.committed_metadata, {.nullable = 0});
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

  std::string group_id;
  std::int32_t generation_id_or_member_epoch = -1;  // -1: the client is in no group
  std::string member_id;
  std::optional<std::string> group_instance_id;  // set by static members
  std::int64_t retention_time_ms = -1;           // -1: the broker's own
  std::vector<Topic> topics;

  static void describe(auto& field, auto& m) {
    field("group_id", m.group_id);
    field("generation_id_or_member_epoch", m.generation_id_or_member_epoch, {.since = 1});
    field("member_id", m.member_id, {.since = 1});
    field("group_instance_id", m.group_instance_id, {.since = 7, .nullable = 7});
    field("retention_time_ms", m.retention_time_ms, {.since = 2, .until = 4});
    field("topics", m.topics);
  }
};
extern template struct Codec<OffsetCommitRequest>;

struct OffsetCommitResponse {
  static constexpr Api kApi = OffsetCommitRequest::kApi;

  struct Partition {
    std::int32_t partition_index = 0;
    ErrorCode error_code = ErrorCode::kNone;

    static void describe(auto& field, auto& m) {
      field("partition_index", m.partition_index);
      field("error_code", m.error_code);
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

  std::int32_t throttle_time_ms = 0;
  std::vector<Topic> topics;

  static void describe(auto& field, auto& m) {
    field("throttle_time_ms", m.throttle_time_ms, {.since = 3});
    field("topics", m.topics);
  }
};
extern template struct Codec<OffsetCommitResponse>;

}  // namespace odradek::protocol
