// Tiered storage: a part of BrokerConfig, each member named as its key.
#pragma once

#include <cstdint>
#include <string>

namespace odradek::config {

// Defaults and meanings stand in broker_keys_remote.cc.
struct RemoteStorageConfig {
  std::int64_t log_local_retention_bytes = 0;
  std::int64_t log_local_retention_ms = 0;
  std::int32_t remote_fetch_max_wait_ms = 0;
  std::int64_t remote_log_index_file_cache_total_size_bytes = 0;
  std::int32_t remote_log_manager_copier_thread_pool_size = 0;
  std::int64_t remote_log_manager_copy_max_bytes_per_second = 0;
  std::int32_t remote_log_manager_copy_quota_window_num = 0;
  std::int32_t remote_log_manager_copy_quota_window_size_seconds = 0;
  std::int32_t remote_log_manager_expiration_thread_pool_size = 0;
  std::int64_t remote_log_manager_fetch_max_bytes_per_second = 0;
  std::int32_t remote_log_manager_fetch_quota_window_num = 0;
  std::int32_t remote_log_manager_fetch_quota_window_size_seconds = 0;
  std::int64_t remote_log_manager_task_interval_ms = 0;
  std::int64_t remote_log_manager_task_retry_backoff_max_ms = 0;
  std::int64_t remote_log_manager_task_retry_backoff_ms = 0;
  double remote_log_manager_task_retry_jitter = 0;
  std::int32_t remote_log_manager_thread_pool_size = 0;
  std::int32_t remote_log_metadata_custom_metadata_max_bytes = 0;
  std::string remote_log_metadata_manager_class_name;
  std::string remote_log_metadata_manager_class_path;
  std::string remote_log_metadata_manager_impl_prefix;
  std::string remote_log_metadata_manager_listener_name;
  std::int32_t remote_log_reader_max_pending_tasks = 0;
  std::int32_t remote_log_reader_threads = 0;
  std::string remote_log_storage_manager_class_name;
  std::string remote_log_storage_manager_class_path;
  std::string remote_log_storage_manager_impl_prefix;
  bool remote_log_storage_system_enable = false;
};

}  // namespace odradek::config
