// ControllerRegistration (key 70): a controller joins a KRaft cluster.
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

struct ControllerRegistrationResponse;

struct ControllerRegistrationRequest {
  using Response = ControllerRegistrationResponse;
  static constexpr Api kApi{
      .key = ApiKey{70}, .name = "ControllerRegistration", .min = 0, .max = 0, .flexible = 0};

  struct Listener {
    std::string name;
    std::string host;
    std::uint16_t port = 0;
    std::int16_t security_protocol = 0;

    static void describe(auto& field, auto& m) {
      field("name", m.name);
      field("host", m.host);
      field("port", m.port);
      field("security_protocol", m.security_protocol);
    }
  };

  struct Feature {
    std::string name;
    std::int16_t min_supported_version = 0;
    std::int16_t max_supported_version = 0;

    static void describe(auto& field, auto& m) {
      field("name", m.name);
      field("min_supported_version", m.min_supported_version);
      field("max_supported_version", m.max_supported_version);
    }
  };

  BrokerId controller_id = 0;
  base::Uuid incarnation_id;
  bool zk_migration_ready = false;
  std::vector<Listener> listeners;
  std::vector<Feature> features;

  static void describe(auto& field, auto& m) {
    field("controller_id", m.controller_id);
    field("incarnation_id", m.incarnation_id);
    field("zk_migration_ready", m.zk_migration_ready);
    field("listeners", m.listeners);
    field("features", m.features);
  }
};
extern template struct Codec<ControllerRegistrationRequest>;

struct ControllerRegistrationResponse {
  static constexpr Api kApi = ControllerRegistrationRequest::kApi;

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::optional<std::string> error_message{""};

  static void describe(auto& field, auto& m) {
    field("throttle_time_ms", m.throttle_time_ms);
    field("error_code", m.error_code);
    field("error_message", m.error_message, {.nullable = 0});
  }
};
extern template struct Codec<ControllerRegistrationResponse>;

}  // namespace odradek::protocol
