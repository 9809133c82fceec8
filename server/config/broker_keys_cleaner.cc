#include "server/config/broker_keys.h"

namespace odradek::config {
namespace {

constexpr ConfigKey<BrokerConfig> kKeys[] = {
    {"log.cleaner.backoff.ms", &LogConfig::log_cleaner_backoff_ms, "15000", at_least(0),
     Scope::kClusterWide, Importance::kMedium,
     "How long the cleaner rests when there is nothing to clean, in milliseconds."},
    {"log.cleaner.dedupe.buffer.size", &LogConfig::log_cleaner_dedupe_buffer_size, "134217728",
     kAnyValue, Scope::kClusterWide, Importance::kMedium,
     "Memory of all cleaner threads for the keys they have seen, in bytes; more than 1 MiB for "
     "each thread."},
    {"log.cleaner.delete.retention.ms", &LogConfig::log_cleaner_delete_retention_ms, "86400000",
     at_least(0), Scope::kClusterWide, Importance::kMedium,
     "How long the markers of deleted keys stay in compacted topics, in milliseconds."},
    {"log.cleaner.enable", &LogConfig::log_cleaner_enable, "true", kAnyValue, Scope::kReadOnly,
     Importance::kMedium,
     "Whether the cleaner runs. Without it compacted topics, offsets among them, grow for ever."},
    {"log.cleaner.io.buffer.load.factor", &LogConfig::log_cleaner_io_buffer_load_factor, "0.9",
     kAnyValue, Scope::kClusterWide, Importance::kMedium,
     "How full the cleaner's key table may get: more keys per pass, more collisions."},
    {"log.cleaner.io.buffer.size", &LogConfig::log_cleaner_io_buffer_size, "524288", at_least(0),
     Scope::kClusterWide, Importance::kMedium,
     "Memory of all cleaner threads for reading and writing, in bytes."},
    {"log.cleaner.io.max.bytes.per.second", &LogConfig::log_cleaner_io_max_bytes_per_second,
     "1.7976931348623157E308", kAnyValue, Scope::kClusterWide, Importance::kMedium,
     "How much the cleaner reads and writes per second, in bytes."},
    {"log.cleaner.max.compaction.lag.ms", &LogConfig::log_cleaner_max_compaction_lag_ms,
     "9223372036854775807", at_least(1), Scope::kClusterWide, Importance::kMedium,
     "The longest time a record may stay uncompacted, in milliseconds."},
    {"log.cleaner.min.cleanable.ratio", &LogConfig::log_cleaner_min_cleanable_ratio, "0.5",
     between(0, 1), Scope::kClusterWide, Importance::kMedium,
     "The share of a log that must be new since the last cleaning for it to be worth another."},
    {"log.cleaner.min.compaction.lag.ms", &LogConfig::log_cleaner_min_compaction_lag_ms, "0",
     at_least(0), Scope::kClusterWide, Importance::kMedium,
     "The shortest time a record stays uncompacted, in milliseconds."},
    {"log.cleaner.threads", &LogConfig::log_cleaner_threads, "1", at_least(0), Scope::kClusterWide,
     Importance::kMedium, "Threads that compact logs."},
};

}  // namespace

std::span<const ConfigKey<BrokerConfig>> cleaner_keys() { return kKeys; }

}  // namespace odradek::config
