#include "server/config/topic_config.h"

#include <algorithm>
#include <cstdint>

#include "base/log.h"
#include "base/text.h"
#include "protocol/errors.h"
#include "server/config/broker_config.h"

namespace odradek::config {
namespace {

using Key = ConfigKey<TopicConfig>;

constexpr std::int64_t kNoLimit = INT64_MAX;

base::Error refuse_setting(std::string why) {
  return base::Error(protocol::ErrorCode::kInvalidConfig, std::move(why));
}

// What the broker's settings say, before a topic's own.
TopicConfig defaults_from(const BrokerConfig& broker) {
  TopicConfig topic;
  topic.cleanup_policy = broker.log_cleanup_policy;
  topic.compression_gzip_level = broker.compression_gzip_level;
  topic.compression_lz4_level = broker.compression_lz4_level;
  topic.compression_type = broker.compression_type;
  topic.compression_zstd_level = broker.compression_zstd_level;
  topic.delete_retention_ms = broker.log_cleaner_delete_retention_ms;
  topic.file_delete_delay_ms = broker.log_segment_delete_delay_ms;
  topic.flush_messages = broker.log_flush_interval_messages;
  topic.flush_ms = broker.log_flush_time_ms();
  topic.index_interval_bytes = broker.log_index_interval_bytes;
  topic.local_retention_bytes = broker.log_local_retention_bytes;
  topic.local_retention_ms = broker.log_local_retention_ms;
  topic.max_compaction_lag_ms = broker.log_cleaner_max_compaction_lag_ms;
  topic.max_message_bytes = broker.message_max_bytes;
  topic.message_downconversion_enable = broker.log_message_downconversion_enable;
  topic.message_format_version = broker.log_message_format_version;
  topic.message_timestamp_after_max_ms = broker.log_message_timestamp_after_max_ms;
  topic.message_timestamp_before_max_ms = broker.log_message_timestamp_before_max_ms;
  topic.message_timestamp_difference_max_ms = broker.log_message_timestamp_difference_max_ms;
  topic.message_timestamp_type = broker.log_message_timestamp_type;
  topic.min_cleanable_dirty_ratio = broker.log_cleaner_min_cleanable_ratio;
  topic.min_compaction_lag_ms = broker.log_cleaner_min_compaction_lag_ms;
  topic.min_insync_replicas = broker.min_insync_replicas;
  topic.preallocate = broker.log_preallocate;
  topic.retention_bytes = broker.log_retention_bytes;
  topic.retention_ms = broker.log_retention_time_ms();
  topic.segment_bytes = broker.log_segment_bytes;
  topic.segment_index_bytes = broker.log_index_size_max_bytes;
  topic.segment_jitter_ms = broker.log_roll_time_jitter_ms();
  topic.segment_ms = broker.log_roll_time_ms();
  topic.unclean_leader_election_enable = broker.unclean_leader_election_enable;
  return topic;
}

base::Status set_value(TopicConfig& topic, const std::string& name, const std::string& text) {
  const Key* key = find_topic_config_key(name);
  if (key == nullptr) return refuse_setting("Unknown topic config name: " + name);
  auto read = key->set(topic, text);
  if (read) return {};
  if (key->validator.kind() == Validator::Kind::kThrottledList) {
    // As a JVM broker prints a list, and begins this one sentence.
    auto items = base::split_list(text);
    return invalid_value(name, "[" + base::join(items, ", ") + "]", false,
                         name + " " + read.error().message);
  }
  return invalid_value(name, text, key->sensitive(), read.error().message);
}

bool has(const std::vector<std::string>& items, std::string_view wanted) {
  return std::ranges::find(items, wanted) != items.end();
}

// Local retention may not outlast the whole.
base::Status check_local(const std::string& key, std::int64_t local, std::int64_t total) {
  constexpr std::int64_t kSameAsTotal = -2;
  if (total < 0 || local == kSameAsTotal || (local != -1 && local <= total)) return {};
  std::string why =
      local == -1
          ? "Value must not be -1 as " + key + " value is set as " + std::to_string(total) + "."
          : "Value must not be more than " + key + " property value: " + std::to_string(total);
  return invalid_value("local." + key, std::to_string(local), false, why);
}

base::Status check_remote(const BrokerConfig& broker, const TopicConfig& topic,
                          const Properties* existing) {
  if (topic.remote_log_copy_disable || topic.remote_log_delete_on_disable) {
    return refuse_setting(
        "It is invalid to set `remote.log.delete.on.disable` or `remote.log.copy.disable` under "
        "Zookeeper's mode.");
  }
  if (!topic.remote_storage_enable) {
    bool was_on = existing != nullptr && existing->contains("remote.storage.enable") &&
                  existing->at("remote.storage.enable") == "true";
    if (was_on)
      return refuse_setting("It is invalid to disable remote storage without deleting the topic");
    return {};
  }
  if (!broker.remote_log_storage_system_enable) {
    return refuse_setting(
        "Tiered Storage functionality is disabled in the broker. Topic cannot be configured with "
        "remote log storage.");
  }
  if (topic.compact())
    return refuse_setting("Remote log storage is unsupported for the compacted topics");
  if (auto fine =
          check_local("retention.bytes", topic.local_retention_bytes, topic.retention_bytes);
      !fine) {
    return fine;
  }
  return check_local("retention.ms", topic.local_retention_ms, topic.retention_ms);
}

}  // namespace

TopicConfig::TopicConfig() {
  static const TopicConfig kDefaults{FromTexts()};
  *this = kDefaults;
}

TopicConfig::TopicConfig(FromTexts) {
  for (const Key& key : topic_config_keys()) {
    auto read = key.set(*this, key.default_value());
    CHECK(read.ok()) << key.name << " has a default that cannot be read";
  }
}

base::Result<TopicConfig> TopicConfig::build(const BrokerConfig& broker,
                                             const Properties& overrides) {
  TopicConfig topic = defaults_from(broker);
  for (const auto& [name, text] : overrides) {
    if (auto set = set_value(topic, name, text); !set) return set.error();
  }
  topic.overrides_ = overrides;
  return topic;
}

TopicConfig TopicConfig::build_leniently(const BrokerConfig& broker, const Properties& overrides,
                                         std::vector<std::string>& problems) {
  TopicConfig topic = defaults_from(broker);
  for (const auto& [name, text] : overrides) {
    if (auto set = set_value(topic, name, text); !set) {
      problems.push_back(set.error().message);
    } else {
      topic.overrides_[name] = text;
    }
  }
  return topic;
}

bool TopicConfig::compact() const { return has(cleanup_policy, "compact"); }
bool TopicConfig::delete_old() const { return has(cleanup_policy, "delete"); }
bool TopicConfig::log_append_time() const { return message_timestamp_type == "LogAppendTime"; }

std::int64_t TopicConfig::timestamp_before_max_ms() const {
  return message_timestamp_before_max_ms != kNoLimit ? message_timestamp_before_max_ms
                                                     : message_timestamp_difference_max_ms;
}

std::int64_t TopicConfig::timestamp_after_max_ms() const {
  return message_timestamp_after_max_ms != kNoLimit ? message_timestamp_after_max_ms
                                                    : message_timestamp_difference_max_ms;
}

std::vector<DescribedConfig> TopicConfig::describe(const BrokerConfig& broker) const {
  std::vector<DescribedConfig> all;
  TopicConfig copy = *this;
  for (const Key& key : topic_config_keys()) {
    DescribedConfig described;
    described.name = std::string(key.name);
    described.type = key.type();
    described.doc = key.doc;
    described.read_only = false;
    described.value = value_text(key.member.in(copy));
    std::string_view synonym = topic_broker_synonym(key.name);
    if (!synonym.empty()) described.synonyms = broker.synonyms(synonym);
    if (overrides_.contains(key.name)) {
      described.synonyms.insert(described.synonyms.begin(),
                                {described.name, described.value, ConfigSource::kDynamicTopic});
    }
    if (!described.synonyms.empty()) described.source = described.synonyms.front().source;
    all.push_back(std::move(described));
  }
  return all;
}

const ConfigKey<TopicConfig>* find_topic_config_key(std::string_view name) {
  auto keys = topic_config_keys();
  auto found = std::ranges::lower_bound(keys, name, {}, &Key::name);
  return found != keys.end() && found->name == name ? &*found : nullptr;
}

base::Status check_topic_config(const BrokerConfig& broker, const Properties& overrides,
                                const Properties* existing) {
  auto topic = TopicConfig::build(broker, overrides);
  if (!topic) return topic.error();
  if (topic->min_compaction_lag_ms > topic->max_compaction_lag_ms) {
    return refuse_setting("conflict topic config setting min.compaction.lag.ms (" +
                          std::to_string(topic->min_compaction_lag_ms) +
                          ") > max.compaction.lag.ms (" +
                          std::to_string(topic->max_compaction_lag_ms) + ")");
  }
  return check_remote(broker, *topic, existing);
}

}  // namespace odradek::config
