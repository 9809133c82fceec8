#include "server/config/broker_keys.h"

namespace odradek::config {
namespace {

constexpr ConfigKey<BrokerConfig> kKeys[] = {
    {"group.initial.rebalance.delay.ms", &GroupConfig::group_initial_rebalance_delay_ms, "3000",
     kAnyValue, Scope::kReadOnly, Importance::kMedium,
     "How long a new group waits for more members before its first rebalance, in milliseconds."},
    {"group.max.session.timeout.ms", &GroupConfig::group_max_session_timeout_ms, "1800000",
     kAnyValue, Scope::kReadOnly, Importance::kMedium,
     "The longest session timeout a group member may ask for, in milliseconds."},
    {"group.max.size", &GroupConfig::group_max_size, "2147483647", at_least(1), Scope::kReadOnly,
     Importance::kMedium, "How many members a group may have."},
    {"group.min.session.timeout.ms", &GroupConfig::group_min_session_timeout_ms, "6000", kAnyValue,
     Scope::kReadOnly, Importance::kMedium,
     "The shortest session timeout a group member may ask for, in milliseconds."},
    {"offset.metadata.max.bytes", &GroupConfig::offset_metadata_max_bytes, "4096", kAnyValue,
     Scope::kReadOnly, Importance::kHigh,
     "The longest text a client may store with a committed offset."},
    {"offsets.commit.required.acks", &GroupConfig::offsets_commit_required_acks, "-1", kAnyValue,
     Scope::kReadOnly, Importance::kHigh,
     "Acks that a commit in __consumer_offsets waits for; -1 means all in-sync replicas. "
     "Deprecated."},
    {"offsets.commit.timeout.ms", &GroupConfig::offsets_commit_timeout_ms, "5000", at_least(1),
     Scope::kReadOnly, Importance::kHigh,
     "How long a commit waits for its replicas, in milliseconds."},
    {"offsets.load.buffer.size", &GroupConfig::offsets_load_buffer_size, "5242880", at_least(1),
     Scope::kReadOnly, Importance::kHigh, "Bytes read at a time when groups are loaded."},
    {"offsets.retention.check.interval.ms", &GroupConfig::offsets_retention_check_interval_ms,
     "600000", at_least(1), Scope::kReadOnly, Importance::kHigh,
     "How often expired offsets are looked for, in milliseconds."},
    {"offsets.retention.minutes", &GroupConfig::offsets_retention_minutes, "10080", at_least(1),
     Scope::kReadOnly, Importance::kHigh,
     "How long offsets stay after their group is empty, in minutes."},
    {"offsets.storage", &GroupConfig::offsets_storage, "both", one_of("zookeeper kafka both"),
     Scope::kReadOnly, Importance::kHigh,
     "Where committed offsets live: zookeeper keeps them in /consumers/<group>/offsets alone, "
     "kafka in __consumer_offsets alone, both in the two, so that either can be read. Ours; Kafka "
     "does not know it."},
    {"offsets.topic.compression.codec", &GroupConfig::offsets_topic_compression_codec, "0",
     kAnyValue, Scope::kReadOnly, Importance::kHigh,
     "Compression in __consumer_offsets: 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd."},
    {"offsets.topic.num.partitions", &GroupConfig::offsets_topic_num_partitions, "50", at_least(1),
     Scope::kReadOnly, Importance::kHigh,
     "Partitions of __consumer_offsets. Must never change once the topic exists."},
    {"offsets.topic.replication.factor", &GroupConfig::offsets_topic_replication_factor, "3",
     at_least(1), Scope::kReadOnly, Importance::kHigh,
     "Replicas of __consumer_offsets. It is not created before that many brokers are there."},
    {"offsets.topic.segment.bytes", &GroupConfig::offsets_topic_segment_bytes, "104857600",
     at_least(1), Scope::kReadOnly, Importance::kHigh,
     "Segment size of __consumer_offsets; small ones load faster."},
};

}  // namespace

std::span<const ConfigKey<BrokerConfig>> group_keys() { return kKeys; }

}  // namespace odradek::config
