#include "server/config/broker_keys.h"

namespace odradek::config {
namespace {

constexpr ConfigKey<BrokerConfig> kKeys[] = {
    {"alter.log.dirs.replication.quota.window.num",
     &QuotaConfig::alter_log_dirs_replication_quota_window_num, "11", at_least(1), Scope::kReadOnly,
     Importance::kLow, "Samples kept for the quota on moves between log directories."},
    {"alter.log.dirs.replication.quota.window.size.seconds",
     &QuotaConfig::alter_log_dirs_replication_quota_window_size_seconds, "1", at_least(1),
     Scope::kReadOnly, Importance::kLow, "Length of such a sample, in seconds."},
    {"client.quota.callback.class", &QuotaConfig::client_quota_callback_class, nullptr, kAnyValue,
     Scope::kReadOnly, Importance::kLow, "Java plugin that decides clients' quotas.",
     Standing::kJavaOnly},
    {"controller.quota.window.num", &QuotaConfig::controller_quota_window_num, "11", at_least(1),
     Scope::kReadOnly, Importance::kLow,
     "Samples kept for the quota on topic and partition changes."},
    {"controller.quota.window.size.seconds", &QuotaConfig::controller_quota_window_size_seconds,
     "1", at_least(1), Scope::kReadOnly, Importance::kLow, "Length of such a sample, in seconds."},
    {"quota.window.num", &QuotaConfig::quota_window_num, "11", at_least(1), Scope::kReadOnly,
     Importance::kLow, "Samples kept for clients' quotas."},
    {"quota.window.size.seconds", &QuotaConfig::quota_window_size_seconds, "1", at_least(1),
     Scope::kReadOnly, Importance::kLow, "Length of such a sample, in seconds."},
    {"replication.quota.window.num", &QuotaConfig::replication_quota_window_num, "11", at_least(1),
     Scope::kReadOnly, Importance::kLow, "Samples kept for the quota on replication."},
    {"replication.quota.window.size.seconds", &QuotaConfig::replication_quota_window_size_seconds,
     "1", at_least(1), Scope::kReadOnly, Importance::kLow, "Length of such a sample, in seconds."},
};

}  // namespace

std::span<const ConfigKey<BrokerConfig>> quota_keys() { return kKeys; }

}  // namespace odradek::config
