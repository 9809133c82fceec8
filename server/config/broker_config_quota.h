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
};

}  // namespace odradek::config
