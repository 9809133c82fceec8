// JoinGroup (key 11): a consumer enters a group, and waits until everybody has.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "protocol/errors.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct JoinGroupResponse;

struct JoinGroupRequest {
  using Response = JoinGroupResponse;
  static constexpr Api kApi{
      .key = ApiKey::kJoinGroup, .name = "JoinGroup", .min = 0, .max = 9, .flexible = 6};

  struct Protocol {
    std::string name;
    base::Bytes metadata;

    static void describe(auto& field, auto& m) {
      field("name", m.name);
      field("metadata", m.metadata);
    }
  };

  std::string group_id;
  std::int32_t session_timeout_ms = 0;
  std::int32_t rebalance_timeout_ms = -1;        // -1: as the session timeout
  std::string member_id;                         // empty: give me one
  std::optional<std::string> group_instance_id;  // set by static members
  std::string protocol_type;
  std::vector<Protocol> protocols;    // most wanted first
  std::optional<std::string> reason;  // for the log

  static void describe(auto& field, auto& m) {
    field("group_id", m.group_id);
    field("session_timeout_ms", m.session_timeout_ms);
    field("rebalance_timeout_ms", m.rebalance_timeout_ms, {.since = 1});
    field("member_id", m.member_id);
    field("group_instance_id", m.group_instance_id, {.since = 5, .nullable = 5});
    field("protocol_type", m.protocol_type);
    field("protocols", m.protocols);
    field("reason", m.reason, {.since = 8, .nullable = 8});
  }
};
extern template struct Codec<JoinGroupRequest>;

struct JoinGroupResponse {
  static constexpr Api kApi = JoinGroupRequest::kApi;

  struct Member {
    std::string member_id;
    std::optional<std::string> group_instance_id;  // set by static members
    base::Bytes metadata;

    static void describe(auto& field, auto& m) {
      field("member_id", m.member_id);
      field("group_instance_id", m.group_instance_id, {.since = 5, .nullable = 5});
      field("metadata", m.metadata);
    }
  };

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::int32_t generation_id = -1;
  std::optional<std::string> protocol_type;
  std::optional<std::string> protocol_name{""};
  std::string leader;            // its member id
  bool skip_assignment = false;  // the leader need not assign again
  std::string member_id;
  std::vector<Member> members;  // all of them to the leader, nobody to the others

  static void describe(auto& field, auto& m) {
    field("throttle_time_ms", m.throttle_time_ms, {.since = 2});
    field("error_code", m.error_code);
    field("generation_id", m.generation_id);
    field("protocol_type", m.protocol_type, {.since = 7, .nullable = 7});
    field("protocol_name", m.protocol_name, {.nullable = 7});
    field("leader", m.leader);
    field("skip_assignment", m.skip_assignment, {.since = 9});
    field("member_id", m.member_id);
    field("members", m.members);
  }
};
extern template struct Codec<JoinGroupResponse>;

}  // namespace odradek::protocol
