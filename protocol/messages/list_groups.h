// ListGroups (key 16): every group that this broker coordinates.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "protocol/errors.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct ListGroupsResponse;

struct ListGroupsRequest {
  using Response = ListGroupsResponse;
  static constexpr Api kApi{
      .key = ApiKey::kListGroups, .name = "ListGroups", .min = 0, .max = 5, .flexible = 3};

  std::vector<std::string> states_filter;  // empty: all
  std::vector<std::string> types_filter;   // empty: all

  static void describe(auto& field, auto& m) {
    field("states_filter", m.states_filter, {.since = 4});
    field("types_filter", m.types_filter, {.since = 5});
  }
};
extern template struct Codec<ListGroupsRequest>;

struct ListGroupsResponse {
  static constexpr Api kApi = ListGroupsRequest::kApi;

  struct Group {
    std::string group_id;
    std::string protocol_type;
    std::string group_state;
    std::string group_type;

    static void describe(auto& field, auto& m) {
      field("group_id", m.group_id);
      field("protocol_type", m.protocol_type);
      field("group_state", m.group_state, {.since = 4});
      field("group_type", m.group_type, {.since = 5});
    }
  };

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::vector<Group> groups;

  static void describe(auto& field, auto& m) {
    field("throttle_time_ms", m.throttle_time_ms, {.since = 1});
    field("error_code", m.error_code);
    field("groups", m.groups);
  }
};
extern template struct Codec<ListGroupsResponse>;

}  // namespace odradek::protocol
