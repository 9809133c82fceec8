// ShareGroupDescribe (key 77): share groups with their members.
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

struct ShareGroupDescribeResponse;

struct ShareGroupDescribeRequest {
  using Response = ShareGroupDescribeResponse;
  static constexpr Api kApi{
      .key = ApiKey{77}, .name = "ShareGroupDescribe", .min = 0, .max = 0, .flexible = 0};

  std::vector<std::string> group_ids;
  bool include_authorized_operations = false;

  static void describe(auto& field, auto& m) {
    field("group_ids", m.group_ids);
    field("include_authorized_operations", m.include_authorized_operations);
  }
};
extern template struct Codec<ShareGroupDescribeRequest>;

struct ShareGroupDescribeResponse {
  static constexpr Api kApi = ShareGroupDescribeRequest::kApi;

  struct Topic {
    base::Uuid topic_id;
    std::string topic_name;
    std::vector<std::int32_t> partitions;

    static void describe(auto& field, auto& m) {
      field("topic_id", m.topic_id);
      field("topic_name", m.topic_name);
      field("partitions", m.partitions);
    }
  };

  struct Assignment {
    std::vector<Topic> topic_partitions;

    static void describe(auto& field, auto& m) { field("topic_partitions", m.topic_partitions); }
  };

  struct Member {
    std::string member_id;
    std::optional<std::string> rack_id;
    std::int32_t member_epoch = 0;
    std::string client_id;
    std::string client_host;
    std::vector<std::string> subscribed_topic_names;
    Assignment assignment;

    static void describe(auto& field, auto& m) {
      field("member_id", m.member_id);
      field("rack_id", m.rack_id, {.nullable = 0});
      field("member_epoch", m.member_epoch);
      field("client_id", m.client_id);
      field("client_host", m.client_host);
      field("subscribed_topic_names", m.subscribed_topic_names);
      field("assignment", m.assignment);
    }
  };

  struct Group {
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string> error_message;
    std::string group_id;
    std::string group_state;
    std::int32_t group_epoch = 0;
    std::int32_t assignment_epoch = 0;
    std::string assignor_name;
    std::vector<Member> members;
    std::int32_t authorized_operations = kOperationsNotAsked;

    static void describe(auto& field, auto& m) {
      field("error_code", m.error_code);
      field("error_message", m.error_message, {.nullable = 0});
      field("group_id", m.group_id);
      field("group_state", m.group_state);
      field("group_epoch", m.group_epoch);
      field("assignment_epoch", m.assignment_epoch);
      field("assignor_name", m.assignor_name);
      field("members", m.members);
      field("authorized_operations", m.authorized_operations);
    }
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<Group> groups;

  static void describe(auto& field, auto& m) {
    field("throttle_time_ms", m.throttle_time_ms);
    field("groups", m.groups);
  }
};
extern template struct Codec<ShareGroupDescribeResponse>;

}  // namespace odradek::protocol
