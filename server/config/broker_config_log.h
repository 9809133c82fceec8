// Where and how logs are stored, and the cleaner that compacts them: a part of BrokerConfig, each
// member named as its key.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/config/value_types.h"

namespace odradek::config {

// Defaults and meanings stand in broker_keys_log.cc.
struct LogConfig {
  ClassName alter_config_policy_class_name;
  bool auto_create_topics_enable = false;
  ClassName create_topic_policy_class_name;
  std::vector<std::string> log_cleanup_policy;
  std::string log_dir;
  std::string log_dirs;
  std::int64_t log_flush_interval_messages = 0;
  std::optional<std::int64_t> log_flush_interval_ms;
  std::int32_t log_flush_offset_checkpoint_interval_ms = 0;
  std::int64_t log_flush_scheduler_interval_ms = 0;
  std::int32_t log_flush_start_offset_checkpoint_interval_ms = 0;
  std::int32_t log_index_interval_bytes = 0;
  std::int32_t log_index_size_max_bytes = 0;
  std::int64_t log_initial_task_delay_ms = 0;
  bool log_message_downconversion_enable = false;
  std::string log_message_format_version;
  std::int64_t log_message_timestamp_after_max_ms = 0;
  std::int64_t log_message_timestamp_before_max_ms = 0;
  std::int64_t log_message_timestamp_difference_max_ms = 0;
  std::string log_message_timestamp_type;
  bool log_preallocate = false;
  std::int64_t log_retention_bytes = 0;
  std::int64_t log_retention_check_interval_ms = 0;
  std::int32_t log_retention_hours = 0;
  std::optional<std::int32_t> log_retention_minutes;
  std::optional<std::int64_t> log_retention_ms;
  std::int32_t log_roll_hours = 0;
  std::int32_t log_roll_jitter_hours = 0;
  std::optional<std::int64_t> log_roll_jitter_ms;
  std::optional<std::int64_t> log_roll_ms;
  std::int32_t log_segment_bytes = 0;
  std::int64_t log_segment_delete_delay_ms = 0;
  std::int32_t min_insync_replicas = 0;
  std::int32_t num_partitions = 0;
  std::int32_t num_recovery_threads_per_data_dir = 0;
  std::int64_t log_cleaner_backoff_ms = 0;
  std::int64_t log_cleaner_dedupe_buffer_size = 0;
  std::int64_t log_cleaner_delete_retention_ms = 0;
  bool log_cleaner_enable = false;
  double log_cleaner_io_buffer_load_factor = 0;
  std::int32_t log_cleaner_io_buffer_size = 0;
  double log_cleaner_io_max_bytes_per_second = 0;
  std::int64_t log_cleaner_max_compaction_lag_ms = 0;
  double log_cleaner_min_cleanable_ratio = 0;
  std::int64_t log_cleaner_min_compaction_lag_ms = 0;
  std::int32_t log_cleaner_threads = 0;
};

}  // namespace odradek::config
