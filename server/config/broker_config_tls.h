// TLS on listeners and between brokers: a part of BrokerConfig, each member named as its key.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "server/config/value_types.h"

namespace odradek::config {

// Defaults and meanings stand in broker_keys_tls.cc.
struct TlsConfig {
  ClassName principal_builder_class;
  std::string security_providers;
  bool ssl_allow_dn_changes = false;
  bool ssl_allow_san_changes = false;
  std::vector<std::string> ssl_cipher_suites;
  std::string ssl_client_auth;
  std::vector<std::string> ssl_enabled_protocols;
  std::string ssl_endpoint_identification_algorithm;
  ClassName ssl_engine_factory_class;
  Password ssl_key_password;
  std::string ssl_keymanager_algorithm;
  Password ssl_keystore_certificate_chain;
  Password ssl_keystore_key;
  std::string ssl_keystore_location;
  Password ssl_keystore_password;
  std::string ssl_keystore_type;
  std::string ssl_principal_mapping_rules;
  std::string ssl_protocol;
  std::string ssl_provider;
  std::string ssl_secure_random_implementation;
  std::string ssl_trustmanager_algorithm;
  Password ssl_truststore_certificates;
  std::string ssl_truststore_location;
  Password ssl_truststore_password;
  std::string ssl_truststore_type;
};

}  // namespace odradek::config
