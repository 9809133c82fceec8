#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>

#include "server/broker/settings.h"
#include "server/config/topic_config.h"

namespace odradek::broker {
namespace {

using replica::TopicSettings;
using Value = std::function<double(const TopicSettings&)>;

// What a topic's own value of a key is to change in its running logs and partitions, or why
// nothing.
struct Row {
  const char* key;
  const char* text;
  Value value;
  double expected = 0;
  const char* without_effect = "";
  const char* together_with = "";  // compression.type, for the levels
};

double codec(const TopicSettings& settings) {
  return settings.log.compression ? static_cast<double>(*settings.log.compression) : -1;
}

double level(const TopicSettings& settings) { return settings.log.compression_level; }

constexpr const char* kTiered = "storage beyond the broker is refused in ZooKeeper mode here";

std::vector<Row> rows() {
  return {
      {"cleanup.policy", "compact", [](auto& s) { return s.log.cleanup_compact; }, 1},
      {"compression.gzip.level", "7", level, 7, "", "gzip"},
      {"compression.lz4.level", "8", level, 8, "", "lz4"},
      {"compression.type", "lz4", codec, 3},
      {"compression.zstd.level", "9", level, 9, "", "zstd"},
      {"delete.retention.ms", "7", [](auto& s) { return s.log.delete_retention_ms; }, 7},
      {"file.delete.delay.ms", "7", [](auto& s) { return s.log.file_delete_delay_ms; }, 7},
      {"flush.messages", "7", [](auto& s) { return s.log.flush_messages; }, 7},
      {"flush.ms", "7", [](auto& s) { return s.log.flush_ms; }, 7},
      {"follower.replication.throttled.replicas", "3:1",
       [](auto& s) { return s.throttled_followers.contains(3, 1); }, 1},
      {"index.interval.bytes", "7", [](auto& s) { return s.log.index_interval_bytes; }, 7},
      {"leader.replication.throttled.replicas", "*",
       [](auto& s) { return s.throttled_leaders.contains(5, 2); }, 1},
      {"local.retention.bytes", "7", {}, 0, kTiered},
      {"local.retention.ms", "7", {}, 0, kTiered},
      {"max.compaction.lag.ms", "7", [](auto& s) { return s.log.max_compaction_lag_ms; }, 7},
      {"max.message.bytes", "7", [](auto& s) { return s.log.max_message_bytes; }, 7},
      {"message.downconversion.enable", "false", [](auto& s) { return s.log.down_conversion; }, 0},
      {"message.format.version",
       "0.10.0",
       {},
       0,
       "does not count from inter.broker.protocol.version 3.0 on, as upstream"},
      {"message.timestamp.after.max.ms", "7", [](auto& s) { return s.log.timestamp_after_max_ms; },
       7},
      {"message.timestamp.before.max.ms", "7",
       [](auto& s) { return s.log.timestamp_before_max_ms; }, 7},
      {"message.timestamp.difference.max.ms", "7",
       [](auto& s) { return s.log.timestamp_before_max_ms; }, 7},
      {"message.timestamp.type", "LogAppendTime", [](auto& s) { return s.log.log_append_time; }, 1},
      {"min.cleanable.dirty.ratio", "0.25", [](auto& s) { return s.log.min_cleanable_dirty_ratio; },
       0.25},
      {"min.compaction.lag.ms", "7", [](auto& s) { return s.log.min_compaction_lag_ms; }, 7},
      {"min.insync.replicas", "2", [](auto& s) { return s.min_insync_replicas; }, 2},
      {"preallocate", "true", [](auto& s) { return s.log.preallocate; }, 1},
      {"remote.log.copy.disable", "true", {}, 0, kTiered},
      {"remote.log.delete.on.disable", "true", {}, 0, kTiered},
      {"remote.storage.enable", "true", {}, 0, kTiered},
      {"retention.bytes", "7", [](auto& s) { return s.log.retention_bytes; }, 7},
      {"retention.ms", "7", [](auto& s) { return s.log.retention_ms; }, 7},
      {"segment.bytes", "700", [](auto& s) { return s.log.segment_bytes; }, 700},
      {"segment.index.bytes", "700", [](auto& s) { return s.log.segment_index_bytes; }, 700},
      {"segment.jitter.ms", "7", [](auto& s) { return s.log.segment_jitter_ms; }, 7},
      {"segment.ms", "7", [](auto& s) { return s.log.segment_ms; }, 7},
      {"unclean.leader.election.enable",
       "true",
       {},
       0,
       "is the controller's: it reads it when it elects, and is told when it becomes true"},
  };
}

TopicSettings settings_with(const config::Properties& own) {
  config::BrokerConfig broker;
  auto topic = config::TopicConfig::build(broker, own);
  EXPECT_TRUE(topic.ok()) << (topic.ok() ? "" : topic.error().message);
  return topic ? topic_settings(*topic, broker) : TopicSettings();
}

TEST(TopicKeys, AllStandInTheTable) {
  std::set<std::string> listed;
  for (const Row& row : rows()) listed.insert(row.key);
  std::set<std::string> known;
  for (const auto& key : config::topic_config_keys()) known.emplace(key.name);
  EXPECT_EQ(listed, known);
  EXPECT_EQ(known.size(), 36U);
}

TEST(TopicKeys, ReachTheLogsAndPartitionsOfTheTopic) {
  for (const Row& row : rows()) {
    if (!row.value) {
      EXPECT_STRNE(row.without_effect, "") << row.key;
      continue;
    }
    config::Properties others;
    if (*row.together_with != '\0') others["compression.type"] = row.together_with;
    config::Properties own = others;
    own[row.key] = row.text;
    EXPECT_NE(row.value(settings_with(others)), row.expected) << row.key << " is so anyway";
    EXPECT_EQ(row.value(settings_with(own)), row.expected) << row.key;
  }
}

}  // namespace
}  // namespace odradek::broker
