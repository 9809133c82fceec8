// Listeners, sockets and connection limits: a part of BrokerConfig, each member named as its key.
#pragma once

#include <cstdint>
#include <string>

namespace odradek::config {

// Defaults and meanings stand in broker_keys_network.cc.
struct NetworkConfig {
  std::string advertised_listeners;
  std::int32_t connection_failed_authentication_delay_ms = 0;
  std::int64_t connections_max_idle_ms = 0;
  std::string control_plane_listener_name;
  std::string listener_security_protocol_map;
  std::string listeners;
  std::int32_t max_connection_creation_rate = 0;
  std::int32_t max_connections = 0;
  std::int32_t max_connections_per_ip = 0;
  std::string max_connections_per_ip_overrides;
  std::int32_t num_network_threads = 0;
  std::int64_t queued_max_request_bytes = 0;
  std::int32_t queued_max_requests = 0;
  std::int32_t socket_listen_backlog_size = 0;
  std::int32_t socket_receive_buffer_bytes = 0;
  std::int32_t socket_request_max_bytes = 0;
  std::int32_t socket_send_buffer_bytes = 0;
};

}  // namespace odradek::config
