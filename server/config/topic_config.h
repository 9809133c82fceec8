// TopicConfig: the settings of one topic's logs, its own where given and the broker's otherwise.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/config/config_key.h"
#include "server/config/described_config.h"
#include "server/config/properties.h"

namespace odradek::config {

struct BrokerConfig;

// A member is named as its key with '_' for '.'.
struct TopicConfig {
  std::vector<std::string> cleanup_policy;
  std::int32_t compression_gzip_level = 0;
  std::int32_t compression_lz4_level = 0;
  std::string compression_type;
  std::int32_t compression_zstd_level = 0;
  std::int64_t delete_retention_ms = 0;
  std::int64_t file_delete_delay_ms = 0;
  std::int64_t flush_messages = 0;
  std::int64_t flush_ms = 0;
  std::vector<std::string> follower_replication_throttled_replicas;
  std::int32_t index_interval_bytes = 0;
  std::vector<std::string> leader_replication_throttled_replicas;
  std::int64_t local_retention_bytes = 0;
  std::int64_t local_retention_ms = 0;
  std::int64_t max_compaction_lag_ms = 0;
  std::int32_t max_message_bytes = 0;
  bool message_downconversion_enable = false;
  std::string message_format_version;
  std::int64_t message_timestamp_after_max_ms = 0;
  std::int64_t message_timestamp_before_max_ms = 0;
  std::int64_t message_timestamp_difference_max_ms = 0;
  std::string message_timestamp_type;
  double min_cleanable_dirty_ratio = 0;
  std::int64_t min_compaction_lag_ms = 0;
  std::int32_t min_insync_replicas = 0;
  bool preallocate = false;
  bool remote_log_copy_disable = false;
  bool remote_log_delete_on_disable = false;
  bool remote_storage_enable = false;
  std::int64_t retention_bytes = 0;
  std::int64_t retention_ms = 0;
  std::int32_t segment_bytes = 0;
  std::int32_t segment_index_bytes = 0;
  std::int64_t segment_jitter_ms = 0;
  std::int64_t segment_ms = 0;
  bool unclean_leader_election_enable = false;

  // Every member has its default, as with a broker that was given nothing.
  TopicConfig();

  // The broker's values, replaced by what `overrides` (the map of /config/topics/<t>) gives. Values
  // that cannot be read are refused; unknown names are refused too (kInvalidConfig).
  static base::Result<TopicConfig> build(const BrokerConfig& broker, const Properties& overrides);

  // As build, for maps that come from ZooKeeper: what is unknown or wrong is left out and told in
  // `problems`, so that one bad entry never hides the others.
  static TopicConfig build_leniently(const BrokerConfig& broker, const Properties& overrides,
                                     std::vector<std::string>& problems);

  bool compact() const;          // cleanup.policy has "compact"
  bool delete_old() const;       // cleanup.policy has "delete"
  bool log_append_time() const;  // message.timestamp.type is LogAppendTime
  // The allowed distances before and after the broker's clock; the deprecated difference key counts
  // for one of them as long as that one is not given.
  std::int64_t timestamp_before_max_ms() const;
  std::int64_t timestamp_after_max_ms() const;

  // What this topic was given itself.
  const Properties& overrides() const { return overrides_; }

  // All keys as DescribeConfigs answers, by name. Broker synonyms need the broker's settings.
  std::vector<DescribedConfig> describe(const BrokerConfig& broker) const;

 private:
  // Reads the text of each default, for the one of which all others are copies: there are as many
  // as topics.
  struct FromTexts {};
  explicit TopicConfig(FromTexts);

  Properties overrides_;
};

// The 36 rows, sorted by name. `broker_key` of a row is found with topic_broker_synonym().
std::span<const ConfigKey<TopicConfig>> topic_config_keys();
const ConfigKey<TopicConfig>* find_topic_config_key(std::string_view name);

// The broker key whose value is this topic key's default, or "" for keys of topics only.
std::string_view topic_broker_synonym(std::string_view topic_key);

// For CreateTopics and AlterConfigs: unknown names, wrong values and contradictions between keys
// are refused with kInvalidConfig. `existing` is the map before the change, if the topic exists.
base::Status check_topic_config(const BrokerConfig& broker, const Properties& overrides,
                                const Properties* existing = nullptr);

}  // namespace odradek::config
