// OffsetFetch (key 9): a group asks how far it has read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocol/errors.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct OffsetFetchResponse;

struct OffsetFetchRequest {
  using Response = OffsetFetchResponse;
  static constexpr Api kApi{
      .key = ApiKey::kOffsetFetch, .name = "OffsetFetch", .min = 0, .max = 9, .flexible = 6};

  struct Topic {
    std::string name;
    std::vector<std::int32_t> partition_indexes;

    static void describe(auto& field, auto& m) {
      field("name", m.name);
      field("partition_indexes", m.partition_indexes);
    }
  };

  struct Group {
    std::string group_id;
    std::optional<std::string> member_id;
    std::int32_t member_epoch = -1;                           // KRaft only
    std::optional<std::vector<Topic>> topics{std::in_place};  // null: all of the group

    static void describe(auto& field, auto& m) {
      field("group_id", m.group_id);
      field("member_id", m.member_id, {.since = 9, .nullable = 9});
      field("member_epoch", m.member_epoch, {.since = 9});
      field("topics", m.topics, {.nullable = 0});
    }
  };

  std::string group_id;
  std::optional<std::vector<Topic>> topics{std::in_place};  // null: all of the group
  std::vector<Group> groups;
  bool require_stable = false;  // refuse while a transaction has offsets pending

  static void describe(auto& field, auto& m) {
    field("group_id", m.group_id, {.until = 7});
    field("topics", m.topics, {.until = 7, .nullable = 2});
    field("groups", m.groups, {.since = 8});
    field("require_stable", m.require_stable, {.since = 7});
  }
};
extern template struct Codec<OffsetFetchRequest>;

struct OffsetFetchResponse {
  static constexpr Api kApi = OffsetFetchRequest::kApi;

  struct Partition {
    std::int32_t partition_index = 0;
    std::int64_t committed_offset = 0;  // -1: none
    std::int32_t committed_leader_epoch = -1;
    std::optional<std::string> metadata{""};
    ErrorCode error_code = ErrorCode::kNone;

    static void describe(auto& field, auto& m) {
      field("partition_index", m.partition_index);
      field("committed_offset", m.committed_offset);
      field("committed_leader_epoch", m.committed_leader_epoch, {.since = 5});
      field("metadata", m.metadata, {.nullable = 0});
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

  struct Group {
    std::string group_id;
    std::vector<Topic> topics;
    ErrorCode error_code = ErrorCode::kNone;

    static void describe(auto& field, auto& m) {
      field("group_id", m.group_id);
      field("topics", m.topics);
      field("error_code", m.error_code);
    }
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<Topic> topics;
  ErrorCode error_code = ErrorCode::kNone;
  std::vector<Group> groups;

  static void describe(auto& field, auto& m) {
    field("throttle_time_ms", m.throttle_time_ms, {.since = 3});
    field("topics", m.topics, {.until = 7});
    field("error_code", m.error_code, {.since = 2, .until = 7});
    field("groups", m.groups, {.since = 8});
  }
};
extern template struct Codec<OffsetFetchResponse>;

}  // namespace odradek::protocol
