// Replication between brokers and the controller: a part of BrokerConfig, each member named as its
// key.
#pragma once

#include <cstdint>
#include <string>

namespace odradek::config {

// Defaults and meanings stand in broker_keys_replica.cc.
struct ReplicaConfig {
  bool auto_leader_rebalance_enable = false;
  std::int32_t controller_socket_timeout_ms = 0;
  std::int32_t default_replication_factor = 0;
  std::int32_t delete_records_purgatory_purge_interval_requests = 0;
  std::int32_t fetch_purgatory_purge_interval_requests = 0;
  std::string inter_broker_listener_name;
  std::string inter_broker_protocol_version;
  std::int64_t leader_imbalance_check_interval_seconds = 0;
  std::int32_t leader_imbalance_per_broker_percentage = 0;
  bool lone_leader_flush_enable = false;
  std::int32_t num_replica_fetchers = 0;
  std::int32_t producer_purgatory_purge_interval_requests = 0;
  std::int32_t replica_fetch_backoff_ms = 0;
  std::int32_t replica_fetch_max_bytes = 0;
  std::int32_t replica_fetch_min_bytes = 0;
  std::int32_t replica_fetch_response_max_bytes = 0;
  std::int32_t replica_fetch_wait_max_ms = 0;
  std::int64_t replica_high_watermark_checkpoint_interval_ms = 0;
  std::int64_t replica_lag_time_max_ms = 0;
  std::string replica_selector_class;
  std::int32_t replica_socket_receive_buffer_bytes = 0;
  std::int32_t replica_socket_timeout_ms = 0;
  std::string security_inter_broker_protocol;
  bool unclean_leader_election_enable = false;
  bool unclean_restart_check_enable = false;
};

}  // namespace odradek::config
