#include "server/config/broker_keys.h"

namespace odradek::config {
namespace {

constexpr Scope kFixed = Scope::kReadOnly;
constexpr Importance kHigh = Importance::kHigh;
constexpr Standing kOld = Standing::kOldRelease;
constexpr Standing kDynamic = Standing::kDynamicOnly;
constexpr const char* kNoLimit = "9223372036854775807";

// What Kafka 2.8 still read, and what no file but only ZooKeeper may say.
constexpr ConfigKey<BrokerConfig> kKeys[] = {
    {"advertised.host.name", ConfigType::kString, nullptr, kAnyValue, kFixed, kHigh,
     "The advertised host where neither advertised.listeners nor listeners is given.", kOld},
    {"advertised.port", ConfigType::kInt, nullptr, kAnyValue, kFixed, kHigh,
     "The advertised port where neither advertised.listeners nor listeners is given.", kOld},
    {"follower.replication.throttled.rate", &QuotaConfig::follower_replication_throttled_rate,
     kNoLimit, at_least(0), Scope::kClusterWide, Importance::kMedium,
     "Bytes per second that this broker's followers take of throttled replicas.", kDynamic},
    {"host.name", ConfigType::kString, "", kAnyValue, kFixed, kHigh,
     "The host to listen on where listeners is not given.", kOld},
    {"leader.replication.throttled.rate", &QuotaConfig::leader_replication_throttled_rate, kNoLimit,
     at_least(0), Scope::kClusterWide, Importance::kMedium,
     "Bytes per second that this broker's leaders give to throttled replicas.", kDynamic},
    {"port", ConfigType::kInt, "9092", kAnyValue, kFixed, kHigh,
     "The port to listen on where listeners is not given.", kOld},
    {"quota.consumer.default", ConfigType::kLong, kNoLimit, at_least(1), kFixed, kHigh,
     "Had no effect already where quotas stand in ZooKeeper.", kOld},
    {"quota.producer.default", ConfigType::kLong, kNoLimit, at_least(1), kFixed, kHigh,
     "Had no effect already where quotas stand in ZooKeeper.", kOld},
    {"replica.alter.log.dirs.io.max.bytes.per.second",
     &QuotaConfig::replica_alter_log_dirs_io_max_bytes_per_second, kNoLimit, at_least(0),
     Scope::kClusterWide, Importance::kMedium,
     "Bytes per second for moves between this broker's log directories.", kDynamic},
    {"zookeeper.sync.time.ms", ConfigType::kInt, "2000", kAnyValue, kFixed, Importance::kLow,
     "Had no effect already in 2.8.", kOld},
};

}  // namespace

std::span<const ConfigKey<BrokerConfig>> old_keys() { return kKeys; }

}  // namespace odradek::config
