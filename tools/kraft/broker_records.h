// Records of __cluster_metadata about brokers and controllers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/uuid.h"
#include "protocol/wire/api.h"

namespace odradek::tools {

struct NodeEndpoint {
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

struct NodeFeature {
  std::string name;
  std::int16_t min_supported_version = 0;
  std::int16_t max_supported_version = 0;

  static void describe(auto& field, auto& m) {
    field("name", m.name);
    field("min_supported_version", m.min_supported_version);
    field("max_supported_version", m.max_supported_version);
  }
};

struct RegisterBrokerRecord {
  static constexpr std::int16_t kType = 0;
  static constexpr protocol::Api kApi{.name = "RegisterBrokerRecord", .max = 3, .flexible = 0};

  std::int32_t broker_id = 0;
  bool is_migrating_zk_broker = false;
  base::Uuid incarnation_id;
  std::int64_t broker_epoch = 0;
  std::vector<NodeEndpoint> end_points;
  std::vector<NodeFeature> features;
  std::optional<std::string> rack;
  bool fenced = false;
  bool in_controlled_shutdown = false;
  std::vector<base::Uuid> log_dirs;

  static void describe(auto& field, auto& m) {
    field("broker_id", m.broker_id);
    field("is_migrating_zk_broker", m.is_migrating_zk_broker, {.since = 2});
    field("incarnation_id", m.incarnation_id);
    field("broker_epoch", m.broker_epoch);
    field("end_points", m.end_points);
    field("features", m.features);
    field("rack", m.rack, {.nullable = 0});
    field("fenced", m.fenced);
    field("in_controlled_shutdown", m.in_controlled_shutdown, {.since = 1});
    field("log_dirs", m.log_dirs, {.since = 3, .tag = 0});
  }
};

struct UnregisterBrokerRecord {
  static constexpr std::int16_t kType = 1;
  static constexpr protocol::Api kApi{.name = "UnregisterBrokerRecord", .max = 0, .flexible = 0};

  std::int32_t broker_id = 0;
  std::int64_t broker_epoch = 0;

  static void describe(auto& field, auto& m) {
    field("broker_id", m.broker_id);
    field("broker_epoch", m.broker_epoch);
  }
};

struct FenceBrokerRecord {
  static constexpr std::int16_t kType = 7;
  static constexpr protocol::Api kApi{.name = "FenceBrokerRecord", .max = 0, .flexible = 0};

  std::int32_t id = 0;
  std::int64_t epoch = 0;

  static void describe(auto& field, auto& m) {
    field("id", m.id);
    field("epoch", m.epoch);
  }
};

struct UnfenceBrokerRecord {
  static constexpr std::int16_t kType = 8;
  static constexpr protocol::Api kApi{.name = "UnfenceBrokerRecord", .max = 0, .flexible = 0};

  std::int32_t id = 0;
  std::int64_t epoch = 0;

  static void describe(auto& field, auto& m) {
    field("id", m.id);
    field("epoch", m.epoch);
  }
};

struct BrokerRegistrationChangeRecord {
  static constexpr std::int16_t kType = 17;
  static constexpr protocol::Api kApi{
      .name = "BrokerRegistrationChangeRecord", .max = 2, .flexible = 0};

  std::int32_t broker_id = 0;
  std::int64_t broker_epoch = 0;
  std::int8_t fenced = 0;
  std::int8_t in_controlled_shutdown = 0;
  std::vector<base::Uuid> log_dirs;

  static void describe(auto& field, auto& m) {
    field("broker_id", m.broker_id);
    field("broker_epoch", m.broker_epoch);
    field("fenced", m.fenced, {.tag = 0});
    field("in_controlled_shutdown", m.in_controlled_shutdown, {.since = 1, .tag = 1});
    field("log_dirs", m.log_dirs, {.since = 2, .tag = 2});
  }
};

struct RegisterControllerRecord {
  static constexpr std::int16_t kType = 27;
  static constexpr protocol::Api kApi{.name = "RegisterControllerRecord", .max = 0, .flexible = 0};

  std::int32_t controller_id = 0;
  base::Uuid incarnation_id;
  bool zk_migration_ready = false;
  std::vector<NodeEndpoint> end_points;
  std::vector<NodeFeature> features;

  static void describe(auto& field, auto& m) {
    field("controller_id", m.controller_id);
    field("incarnation_id", m.incarnation_id);
    field("zk_migration_ready", m.zk_migration_ready);
    field("end_points", m.end_points);
    field("features", m.features);
  }
};

}  // namespace odradek::tools
