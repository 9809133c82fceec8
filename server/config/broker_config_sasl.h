// SASL, delegation tokens and the encoding of stored passwords: a part of BrokerConfig, each member
// named as its key.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/config/value_types.h"

namespace odradek::config {

// Defaults and meanings stand in broker_keys_sasl.cc.
struct SaslConfig {
  std::int64_t connections_max_reauth_ms = 0;
  ClassName sasl_client_callback_handler_class;
  std::vector<std::string> sasl_enabled_mechanisms;
  Password sasl_jaas_config;
  std::string sasl_kerberos_kinit_cmd;
  std::int64_t sasl_kerberos_min_time_before_relogin = 0;
  std::vector<std::string> sasl_kerberos_principal_to_local_rules;
  std::string sasl_kerberos_service_name;
  double sasl_kerberos_ticket_renew_jitter = 0;
  double sasl_kerberos_ticket_renew_window_factor = 0;
  ClassName sasl_login_callback_handler_class;
  ClassName sasl_login_class;
  std::optional<std::int32_t> sasl_login_connect_timeout_ms;
  std::optional<std::int32_t> sasl_login_read_timeout_ms;
  std::int16_t sasl_login_refresh_buffer_seconds = 0;
  std::int16_t sasl_login_refresh_min_period_seconds = 0;
  double sasl_login_refresh_window_factor = 0;
  double sasl_login_refresh_window_jitter = 0;
  std::int64_t sasl_login_retry_backoff_max_ms = 0;
  std::int64_t sasl_login_retry_backoff_ms = 0;
  std::string sasl_mechanism_inter_broker_protocol;
  std::int32_t sasl_oauthbearer_clock_skew_seconds = 0;
  std::vector<std::string> sasl_oauthbearer_expected_audience;
  std::string sasl_oauthbearer_expected_issuer;
  std::int64_t sasl_oauthbearer_jwks_endpoint_refresh_ms = 0;
  std::int64_t sasl_oauthbearer_jwks_endpoint_retry_backoff_max_ms = 0;
  std::int64_t sasl_oauthbearer_jwks_endpoint_retry_backoff_ms = 0;
  std::string sasl_oauthbearer_jwks_endpoint_url;
  std::string sasl_oauthbearer_scope_claim_name;
  std::string sasl_oauthbearer_sub_claim_name;
  std::string sasl_oauthbearer_token_endpoint_url;
  ClassName sasl_server_callback_handler_class;
  std::int32_t sasl_server_max_receive_size = 0;
  std::int64_t delegation_token_expiry_check_interval_ms = 0;
  std::int64_t delegation_token_expiry_time_ms = 0;
  Password delegation_token_master_key;
  std::int64_t delegation_token_max_lifetime_ms = 0;
  Password delegation_token_secret_key;
  std::string password_encoder_cipher_algorithm;
  std::int32_t password_encoder_iterations = 0;
  std::int32_t password_encoder_key_length = 0;
  std::string password_encoder_keyfactory_algorithm;
  Password password_encoder_old_secret;
  Password password_encoder_secret;
};

}  // namespace odradek::config
