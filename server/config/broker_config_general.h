// What this broker is and how much it works at once: a part of BrokerConfig, each member named as
// its key.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace odradek::config {

// Defaults and meanings stand in broker_keys_general.cc.
struct GeneralConfig {
  std::string authorizer_class_name;
  std::int32_t background_threads = 0;
  std::int32_t broker_id = 0;
  bool broker_id_generation_enable = false;
  std::string broker_rack;
  std::int32_t compression_gzip_level = 0;
  std::int32_t compression_lz4_level = 0;
  std::string compression_type;
  std::int32_t compression_zstd_level = 0;
  bool controlled_shutdown_enable = false;
  std::int32_t controlled_shutdown_max_retries = 0;
  std::int64_t controlled_shutdown_retry_backoff_ms = 0;
  bool delete_topic_enable = false;
  std::string early_start_listeners;
  std::int32_t fetch_max_bytes = 0;
  std::int32_t max_incremental_fetch_session_cache_slots = 0;
  std::int32_t message_max_bytes = 0;
  std::int32_t num_io_threads = 0;
  std::optional<std::int32_t> num_replica_alter_log_dirs_threads;
  std::int32_t request_timeout_ms = 0;
  std::int32_t reserved_broker_max_id = 0;
  std::int64_t socket_connection_setup_timeout_max_ms = 0;
  std::int64_t socket_connection_setup_timeout_ms = 0;
  bool unstable_api_versions_enable = false;
  bool auto_include_jmx_reporter = false;
  std::int32_t kafka_metrics_polling_interval_secs = 0;
  std::vector<std::string> kafka_metrics_reporters;
  std::vector<std::string> metric_reporters;
  std::int32_t metrics_num_samples = 0;
  std::string metrics_recording_level;
  std::int64_t metrics_sample_window_ms = 0;
};

}  // namespace odradek::config
