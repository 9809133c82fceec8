#include <algorithm>
#include <utility>

#include "server/config/topic_config.h"

namespace odradek::config {
namespace {

constexpr ConfigKey<TopicConfig> kKeys[] = {
    {"cleanup.policy", &TopicConfig::cleanup_policy, "delete", list_of("compact delete"),
     Scope::kClusterWide, Importance::kMedium,
     "What happens to old segments: delete them, compact them (keep each key's last record), or "
     "both."},
    {"compression.gzip.level", &TopicConfig::compression_gzip_level, "-1", kGzipLevel,
     Scope::kClusterWide, Importance::kMedium,
     "Level of gzip when the broker compresses: 1 (fast) to 9 (small), -1 for the library's "
     "choice."},
    {"compression.lz4.level", &TopicConfig::compression_lz4_level, "9", between(1, 17),
     Scope::kClusterWide, Importance::kMedium,
     "Level of lz4 when the broker compresses: 1 (fast) to 17 (small)."},
    {"compression.type", &TopicConfig::compression_type, "producer",
     one_of("uncompressed zstd lz4 snappy gzip producer"), Scope::kClusterWide, Importance::kMedium,
     "Compression of stored batches; producer keeps each as it was sent."},
    {"compression.zstd.level", &TopicConfig::compression_zstd_level, "3", between(-131072, 22),
     Scope::kClusterWide, Importance::kMedium,
     "Level of zstd when the broker compresses; higher is smaller and slower, negative is faster "
     "still."},
    {"delete.retention.ms", &TopicConfig::delete_retention_ms, "86400000", at_least(0),
     Scope::kClusterWide, Importance::kMedium,
     "How long the markers of deleted keys stay in a compacted topic, in milliseconds."},
    {"file.delete.delay.ms", &TopicConfig::file_delete_delay_ms, "60000", at_least(0),
     Scope::kClusterWide, Importance::kMedium,
     "How long a deleted segment's files stay, renamed, so that readers can finish."},
    {"flush.messages", &TopicConfig::flush_messages, "9223372036854775807", at_least(1),
     Scope::kClusterWide, Importance::kMedium,
     "After how many records a partition's log is forced to disk."},
    {"flush.ms", &TopicConfig::flush_ms, "9223372036854775807", at_least(0), Scope::kClusterWide,
     Importance::kMedium, "After how many milliseconds a partition's log is forced to disk."},
    {"follower.replication.throttled.replicas",
     &TopicConfig::follower_replication_throttled_replicas, "", kThrottledReplicas,
     Scope::kClusterWide, Importance::kMedium,
     "Replicas whose following is throttled, as partition:broker pairs; * for all."},
    {"index.interval.bytes", &TopicConfig::index_interval_bytes, "4096", at_least(0),
     Scope::kClusterWide, Importance::kMedium,
     "Bytes of records between two entries of the offset index."},
    {"leader.replication.throttled.replicas", &TopicConfig::leader_replication_throttled_replicas,
     "", kThrottledReplicas, Scope::kClusterWide, Importance::kMedium,
     "Replicas whose leading is throttled, as partition:broker pairs; * for all."},
    {"local.retention.bytes", &TopicConfig::local_retention_bytes, "-2", at_least(-2),
     Scope::kClusterWide, Importance::kMedium,
     "How many bytes of a tiered partition stay on local disk; -2 for as many as retention.bytes.",
     Standing::kNotBuilt},
    {"local.retention.ms", &TopicConfig::local_retention_ms, "-2", at_least(-2),
     Scope::kClusterWide, Importance::kMedium,
     "How long segments of a tiered partition stay on local disk, in milliseconds; -2 for as long "
     "as retention.ms.",
     Standing::kNotBuilt},
    {"max.compaction.lag.ms", &TopicConfig::max_compaction_lag_ms, "9223372036854775807",
     at_least(1), Scope::kClusterWide, Importance::kMedium,
     "The longest time a record may stay uncompacted, in milliseconds."},
    {"max.message.bytes", &TopicConfig::max_message_bytes, "1048588", at_least(0),
     Scope::kClusterWide, Importance::kMedium,
     "The largest record batch accepted, after compression."},
    {"message.downconversion.enable", &TopicConfig::message_downconversion_enable, "true",
     kAnyValue, Scope::kClusterWide, Importance::kLow,
     "Whether batches are rewritten for consumers that only know older formats; otherwise these "
     "get an error."},
    {"message.format.version", &TopicConfig::message_format_version, "3.0-IV1", kBrokerVersionText,
     Scope::kClusterWide, Importance::kMedium,
     "The release whose record format is stored. From inter.broker.protocol.version 3.0 on it is "
     "always the newest."},
    {"message.timestamp.after.max.ms", &TopicConfig::message_timestamp_after_max_ms,
     "9223372036854775807", at_least(0), Scope::kClusterWide, Importance::kMedium,
     "How far in the future a record's timestamp may lie, in milliseconds."},
    {"message.timestamp.before.max.ms", &TopicConfig::message_timestamp_before_max_ms,
     "9223372036854775807", at_least(0), Scope::kClusterWide, Importance::kMedium,
     "How far in the past a record's timestamp may lie, in milliseconds."},
    {"message.timestamp.difference.max.ms", &TopicConfig::message_timestamp_difference_max_ms,
     "9223372036854775807", at_least(0), Scope::kClusterWide, Importance::kMedium,
     "How far a record's timestamp may lie from the broker's clock. Deprecated: the two keys for "
     "before and after replace it."},
    {"message.timestamp.type", &TopicConfig::message_timestamp_type, "CreateTime",
     one_of("CreateTime LogAppendTime"), Scope::kClusterWide, Importance::kMedium,
     "CreateTime keeps the producer's timestamps; LogAppendTime puts the broker's in their place."},
    {"min.cleanable.dirty.ratio", &TopicConfig::min_cleanable_dirty_ratio, "0.5", between(0, 1),
     Scope::kClusterWide, Importance::kMedium,
     "The share of a log that must be new since the last cleaning for it to be worth another."},
    {"min.compaction.lag.ms", &TopicConfig::min_compaction_lag_ms, "0", at_least(0),
     Scope::kClusterWide, Importance::kMedium,
     "The shortest time a record stays uncompacted, in milliseconds."},
    {"min.insync.replicas", &TopicConfig::min_insync_replicas, "1", at_least(1),
     Scope::kClusterWide, Importance::kMedium,
     "How many replicas must be in sync for a write with acks=all to be taken."},
    {"preallocate", &TopicConfig::preallocate, "false", kAnyValue, Scope::kClusterWide,
     Importance::kMedium, "Whether the space of a new segment is taken from the disk at once."},
    {"remote.log.copy.disable", &TopicConfig::remote_log_copy_disable, "false", kAnyValue,
     Scope::kClusterWide, Importance::kMedium,
     "Whether a tiered topic stops copying to remote storage; refused in ZooKeeper mode.",
     Standing::kNotBuilt},
    {"remote.log.delete.on.disable", &TopicConfig::remote_log_delete_on_disable, "false", kAnyValue,
     Scope::kClusterWide, Importance::kMedium,
     "Whether turning tiered storage off deletes what is remote; refused in ZooKeeper mode.",
     Standing::kNotBuilt},
    {"remote.storage.enable", &TopicConfig::remote_storage_enable, "false", kAnyValue,
     Scope::kClusterWide, Importance::kMedium,
     "Whether old segments of this topic move to remote storage.", Standing::kNotBuilt},
    {"retention.bytes", &TopicConfig::retention_bytes, "-1", kAnyValue, Scope::kClusterWide,
     Importance::kMedium,
     "How large a partition may grow before old segments go; -1 for no limit."},
    {"retention.ms", &TopicConfig::retention_ms, "604800000", at_least(-1), Scope::kClusterWide,
     Importance::kMedium, "How long records are kept, in milliseconds; -1 for ever."},
    {"segment.bytes", &TopicConfig::segment_bytes, "1073741824", at_least(14), Scope::kClusterWide,
     Importance::kMedium, "The size at which a new segment is started."},
    {"segment.index.bytes", &TopicConfig::segment_index_bytes, "10485760", at_least(4),
     Scope::kClusterWide, Importance::kMedium,
     "The largest index file; rounded down to whole entries."},
    {"segment.jitter.ms", &TopicConfig::segment_jitter_ms, "0", at_least(0), Scope::kClusterWide,
     Importance::kMedium,
     "The most milliseconds taken at random from segment.ms, so that logs do not all roll "
     "together."},
    {"segment.ms", &TopicConfig::segment_ms, "604800000", at_least(1), Scope::kClusterWide,
     Importance::kMedium,
     "After how many milliseconds a new segment is started even if the last is not full."},
    {"unclean.leader.election.enable", &TopicConfig::unclean_leader_election_enable, "false",
     kAnyValue, Scope::kClusterWide, Importance::kMedium,
     "Whether a replica that is not in sync may lead when no other is left, losing records."},
};

using Synonym = std::pair<std::string_view, std::string_view>;

// A topic key and the broker key that gives its default.
constexpr Synonym kSynonyms[] = {
    {"cleanup.policy", "log.cleanup.policy"},
    {"compression.gzip.level", "compression.gzip.level"},
    {"compression.lz4.level", "compression.lz4.level"},
    {"compression.type", "compression.type"},
    {"compression.zstd.level", "compression.zstd.level"},
    {"delete.retention.ms", "log.cleaner.delete.retention.ms"},
    {"file.delete.delay.ms", "log.segment.delete.delay.ms"},
    {"flush.messages", "log.flush.interval.messages"},
    {"flush.ms", "log.flush.interval.ms"},
    {"index.interval.bytes", "log.index.interval.bytes"},
    {"local.retention.bytes", "log.local.retention.bytes"},
    {"local.retention.ms", "log.local.retention.ms"},
    {"max.compaction.lag.ms", "log.cleaner.max.compaction.lag.ms"},
    {"max.message.bytes", "message.max.bytes"},
    {"message.downconversion.enable", "log.message.downconversion.enable"},
    {"message.format.version", "log.message.format.version"},
    {"message.timestamp.after.max.ms", "log.message.timestamp.after.max.ms"},
    {"message.timestamp.before.max.ms", "log.message.timestamp.before.max.ms"},
    {"message.timestamp.difference.max.ms", "log.message.timestamp.difference.max.ms"},
    {"message.timestamp.type", "log.message.timestamp.type"},
    {"min.cleanable.dirty.ratio", "log.cleaner.min.cleanable.ratio"},
    {"min.compaction.lag.ms", "log.cleaner.min.compaction.lag.ms"},
    {"min.insync.replicas", "min.insync.replicas"},
    {"preallocate", "log.preallocate"},
    {"retention.bytes", "log.retention.bytes"},
    {"retention.ms", "log.retention.ms"},
    {"segment.bytes", "log.segment.bytes"},
    {"segment.index.bytes", "log.index.size.max.bytes"},
    {"segment.jitter.ms", "log.roll.jitter.ms"},
    {"segment.ms", "log.roll.ms"},
    {"unclean.leader.election.enable", "unclean.leader.election.enable"},
};

}  // namespace

std::span<const ConfigKey<TopicConfig>> topic_config_keys() { return kKeys; }

std::string_view topic_broker_synonym(std::string_view topic_key) {
  auto found = std::ranges::find(kSynonyms, topic_key, &Synonym::first);
  return found == std::end(kSynonyms) ? std::string_view() : found->second;
}

}  // namespace odradek::config
