// FindCoordinator (key 10): which broker coordinates a group or a transactional id.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/errors.h"
#include "protocol/types.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct FindCoordinatorResponse;

struct FindCoordinatorRequest {
  using Response = FindCoordinatorResponse;
  static constexpr Api kApi{.key = ApiKey::kFindCoordinator,
                            .name = "FindCoordinator",
                            .min = 0,
                            .max = 6,
                            .flexible = 3};

  std::string key;
  std::int8_t key_type = 0;  // 0: group; 1: transactional id
  std::vector<std::string> coordinator_keys;

  static void describe(auto& field, auto& m) {
    field("key", m.key, {.until = 3});
    field("key_type", m.key_type, {.since = 1});
    field("coordinator_keys", m.coordinator_keys, {.since = 4});
  }
};
extern template struct Codec<FindCoordinatorRequest>;

struct FindCoordinatorResponse {
  static constexpr Api kApi = FindCoordinatorRequest::kApi;

  struct Coordinator {
    std::string key;
    BrokerId node_id = 0;
    std::string host;
    std::int32_t port = 0;
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string> error_message;

    static void describe(auto& field, auto& m) {
      field("key", m.key);
      field("node_id", m.node_id);
      field("host", m.host);
      field("port", m.port);
      field("error_code", m.error_code);
      field("error_message", m.error_message, {.nullable = 0});
    }
  };

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::optional<std::string> error_message;
  BrokerId node_id = 0;
  std::string host;
  std::int32_t port = 0;
  std::vector<Coordinator> coordinators;

  static void describe(auto& field, auto& m) {
    field("throttle_time_ms", m.throttle_time_ms, {.since = 1});
    field("error_code", m.error_code, {.until = 3});
    field("error_message", m.error_message, {.since = 1, .until = 3, .nullable = 1});
    field("node_id", m.node_id, {.until = 3});
    field("host", m.host, {.until = 3});
    field("port", m.port, {.until = 3});
    field("coordinators", m.coordinators, {.since = 4});
  }
};
extern template struct Codec<FindCoordinatorResponse>;

}  // namespace odradek::protocol
