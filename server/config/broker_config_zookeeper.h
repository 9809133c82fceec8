// Where ZooKeeper is and how to speak to it: a part of BrokerConfig, each member named as its key.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/config/value_types.h"

namespace odradek::config {

// Defaults and meanings stand in broker_keys_zookeeper.cc.
struct ZookeeperConfig {
  std::string zookeeper_client_cnxn_socket;
  std::string zookeeper_connect;
  std::optional<std::int32_t> zookeeper_connection_timeout_ms;
  std::int32_t zookeeper_max_in_flight_requests = 0;
  std::int32_t zookeeper_session_timeout_ms = 0;
  bool zookeeper_set_acl = false;
  std::vector<std::string> zookeeper_ssl_cipher_suites;
  bool zookeeper_ssl_client_enable = false;
  bool zookeeper_ssl_crl_enable = false;
  std::vector<std::string> zookeeper_ssl_enabled_protocols;
  std::string zookeeper_ssl_endpoint_identification_algorithm;
  std::string zookeeper_ssl_keystore_location;
  Password zookeeper_ssl_keystore_password;
  std::string zookeeper_ssl_keystore_type;
  bool zookeeper_ssl_ocsp_enable = false;
  std::string zookeeper_ssl_protocol;
  std::string zookeeper_ssl_truststore_location;
  Password zookeeper_ssl_truststore_password;
  std::string zookeeper_ssl_truststore_type;
};

}  // namespace odradek::config
