// BrokerRegistration (key 62): a broker joins a KRaft cluster.
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

struct BrokerRegistrationResponse;

struct BrokerRegistrationRequest {
  using Response = BrokerRegistrationResponse;
  static constexpr Api kApi{
      .key = ApiKey{62}, .name = "BrokerRegistration", .min = 0, .max = 4, .flexible = 0};

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

  BrokerId broker_id = 0;
  std::string cluster_id;
  base::Uuid incarnation_id;
  std::vector<Listener> listeners;
  std::vector<Feature> features;
  std::optional<std::string> rack{""};
  bool is_migrating_zk_broker = false;
  std::vector<base::Uuid> log_dirs;
  std::int64_t previous_broker_epoch = -1;

  static void describe(auto& field, auto& m) {
    field("broker_id", m.broker_id);
    field("cluster_id", m.cluster_id);
    field("incarnation_id", m.incarnation_id);
    field("listeners", m.listeners);
    field("features", m.features);
    field("rack", m.rack, {.nullable = 0});
    field("is_migrating_zk_broker", m.is_migrating_zk_broker, {.since = 1});
    field("log_dirs", m.log_dirs, {.since = 2});
    field("previous_broker_epoch", m.previous_broker_epoch, {.since = 3});
  }
};
extern template struct Codec<BrokerRegistrationRequest>;

struct BrokerRegistrationResponse {
  static constexpr Api kApi = BrokerRegistrationRequest::kApi;

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::int64_t broker_epoch = -1;

  static void describe(auto& field, auto& m) {
    field("throttle_time_ms", m.throttle_time_ms);
    field("error_code", m.error_code);
    field("broker_epoch", m.broker_epoch);
  }
};
extern template struct Codec<BrokerRegistrationResponse>;

}  // namespace odradek::protocol
