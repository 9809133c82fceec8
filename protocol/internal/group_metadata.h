// GroupMetadataKey and GroupMetadataValue: the state of one classic group in __consumer_offsets.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct GroupMetadataKey {
  static constexpr Api kApi{.name = "GroupMetadataKey", .min = 2, .max = 2};

  std::string group;

  static void describe(auto& field, auto& m) { field("group", m.group); }
};
extern template struct Codec<GroupMetadataKey>;

// Version 0 below inter-broker protocol 0.10.1, 1 below 2.1, 2 below 2.3, else 3.
struct GroupMetadataValue {
  static constexpr Api kApi{.name = "GroupMetadataValue", .min = 0, .max = 4, .flexible = 4};

  struct Member {
    std::string member_id;
    std::optional<std::string> group_instance_id;  // set by static members
    std::string client_id;
    std::string client_host;
    std::int32_t rebalance_timeout = -1;  // ms
    std::int32_t session_timeout = 0;     // ms
    base::Bytes subscription;
    base::Bytes assignment;

    static void describe(auto& field, auto& m) {
      field("member_id", m.member_id);
      field("group_instance_id", m.group_instance_id, {.since = 3, .nullable = 3});
      field("client_id", m.client_id);
      field("client_host", m.client_host);
      field("rebalance_timeout", m.rebalance_timeout, {.since = 1});
      field("session_timeout", m.session_timeout);
      field("subscription", m.subscription);
      field("assignment", m.assignment);
    }
  };

  std::string protocol_type;
  std::int32_t generation = 0;
  std::optional<std::string> protocol{""};    // null: none chosen yet
  std::optional<std::string> leader{""};      // null: none
  std::int64_t current_state_timestamp = -1;  // ms; -1: unknown
  std::vector<Member> members;

  static void describe(auto& field, auto& m) {
    field("protocol_type", m.protocol_type);
    field("generation", m.generation);
    field("protocol", m.protocol, {.nullable = 0});
    field("leader", m.leader, {.nullable = 0});
    field("current_state_timestamp", m.current_state_timestamp, {.since = 2});
    field("members", m.members);
  }
};
extern template struct Codec<GroupMetadataValue>;

}  // namespace odradek::protocol
