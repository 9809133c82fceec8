// DeleteGroups (key 42): delete empty groups with their offsets.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "protocol/errors.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct DeleteGroupsResponse;

struct DeleteGroupsRequest {
  using Response = DeleteGroupsResponse;
  static constexpr Api kApi{
      .key = ApiKey::kDeleteGroups, .name = "DeleteGroups", .min = 0, .max = 2, .flexible = 2};

  std::vector<std::string> groups_names;

  static void describe(auto& field, auto& m) { field("groups_names", m.groups_names); }
};
extern template struct Codec<DeleteGroupsRequest>;

struct DeleteGroupsResponse {
  static constexpr Api kApi = DeleteGroupsRequest::kApi;

  struct Group {
    std::string group_id;
    ErrorCode error_code = ErrorCode::kNone;

    static void describe(auto& field, auto& m) {
      field("group_id", m.group_id);
      field("error_code", m.error_code);
    }
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<Group> results;

  static void describe(auto& field, auto& m) {
    field("throttle_time_ms", m.throttle_time_ms);
    field("results", m.results);
  }
};
extern template struct Codec<DeleteGroupsResponse>;

}  // namespace odradek::protocol
