// How quotas are measured: a part of BrokerConfig, each member named as its key.
#pragma once

#include <cstdint>
#include <string>

#include "server/config/value_types.h"

namespace odradek::config {

// Defaults and meanings stand in broker_keys_quota.cc.
struct QuotaConfig {
  std::int32_t alter_log_dirs_replication_quota_window_num = 0;
  std::int32_t alter_log_dirs_replication_quota_window_size_seconds = 0;
  ClassName client_quota_callback_class;
  std::int32_t controller_quota_window_num = 0;
  std::int32_t controller_quota_window_size_seconds = 0;
  std::int32_t quota_window_num = 0;
  std::int32_t quota_window_size_seconds = 0;
  std::int32_t replication_quota_window_num = 0;
  std::int32_t replication_quota_window_size_seconds = 0;

  // Bytes per second, set at run time only.
  std::int64_t leader_replication_throttled_rate = 0;
  std::int64_t follower_replication_throttled_rate = 0;
  std::int64_t replica_alter_log_dirs_io_max_bytes_per_second = 0;
};

}  // namespace odradek::config
