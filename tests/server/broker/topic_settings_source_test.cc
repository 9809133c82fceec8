#include "server/broker/topic_settings_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "server/metadata/metadata_cache.h"
#include "tests/support/temporary_directory.h"

namespace odradek::broker {
namespace {

using log::LogOptions;

// A broker's default at run time, and what the logs of topics that have nothing of their own must
// hold then.
struct DefaultRow {
  const char* key;
  const char* text;
  std::function<double(const LogOptions&)> value;
  double expected;
};

double codec_number(const LogOptions& options) {
  return options.compression ? static_cast<double>(*options.compression) : -1;
}

const std::vector<DefaultRow>& default_rows() {
  static const std::vector<DefaultRow> all = {
      {"compression.type", "lz4", codec_number, 3},
      {"log.cleaner.delete.retention.ms", "7", [](auto& o) { return o.delete_retention_ms; }, 7},
      {"log.cleaner.max.compaction.lag.ms", "7", [](auto& o) { return o.max_compaction_lag_ms; },
       7},
      {"log.cleaner.min.cleanable.ratio", "0.25",
       [](auto& o) { return o.min_cleanable_dirty_ratio; }, 0.25},
      {"log.cleaner.min.compaction.lag.ms", "7", [](auto& o) { return o.min_compaction_lag_ms; },
       7},
      {"log.cleanup.policy", "compact", [](auto& o) { return o.cleanup_compact; }, 1},
      {"log.flush.interval.messages", "7", [](auto& o) { return o.flush_messages; }, 7},
      {"log.flush.interval.ms", "7", [](auto& o) { return o.flush_ms; }, 7},
      {"log.index.interval.bytes", "7", [](auto& o) { return o.index_interval_bytes; }, 7},
      {"log.index.size.max.bytes", "700", [](auto& o) { return o.segment_index_bytes; }, 700},
      {"log.message.downconversion.enable", "false", [](auto& o) { return o.down_conversion; }, 0},
      {"log.message.timestamp.after.max.ms", "7", [](auto& o) { return o.timestamp_after_max_ms; },
       7},
      {"log.message.timestamp.before.max.ms", "7",
       [](auto& o) { return o.timestamp_before_max_ms; }, 7},
      {"log.message.timestamp.difference.max.ms", "7",
       [](auto& o) { return o.timestamp_before_max_ms; }, 7},
      {"log.message.timestamp.type", "LogAppendTime", [](auto& o) { return o.log_append_time; }, 1},
      {"log.preallocate", "true", [](auto& o) { return o.preallocate; }, 1},
      {"log.retention.bytes", "7", [](auto& o) { return o.retention_bytes; }, 7},
      {"log.retention.ms", "7", [](auto& o) { return o.retention_ms; }, 7},
      {"log.roll.jitter.ms", "7", [](auto& o) { return o.segment_jitter_ms; }, 7},
      {"log.roll.ms", "7", [](auto& o) { return o.segment_ms; }, 7},
      {"log.segment.bytes", "700", [](auto& o) { return o.segment_bytes; }, 700},
      {"log.segment.delete.delay.ms", "7", [](auto& o) { return o.file_delete_delay_ms; }, 7},
      {"message.max.bytes", "7", [](auto& o) { return o.max_message_bytes; }, 7},
  };
  return all;
}

config::BrokerConfig at_start(config::Properties more = {}) {
  config::ConfigLayers layers;
  layers.file = {{"broker.id", "1"}, {"zookeeper.connect", "localhost"}, {"log.dirs", "/tmp/x"}};
  layers.file.merge(more);
  auto built = config::BrokerConfig::build(std::move(layers));
  CHECK(built.ok()) << built.error().message;
  return *built;
}

class TopicSettingsSourceTest : public ::testing::Test {
 protected:
  TopicSettingsSourceTest() {
    CHECK(logs.start([](const std::string&) { return LogOptions(); }).ok());
    source.attach(logs, replicas, [](const std::string&) {});
    auto made = logs.get_or_create({"t", 0}, LogOptions());
    CHECK(made.ok());
    log = *made;
  }
  ~TopicSettingsSourceTest() override { logs.shutdown(); }

  testing::TemporaryDirectory directory;
  metadata::MetadataCache metadata;
  log::LogManager logs{{directory.path()}, log::LogManagerOptions(), base::Clock::system()};
  replica::ReplicaSet replicas{1, metadata, base::Clock::system(), 30'000};
  zk::Session session{zk::SessionOptions(), base::Clock::system()};  // never connected
  config::DynamicConfig config{at_start()};
  TopicSettingsSource source{session, config};
  log::LogPtr log;
};

TEST_F(TopicSettingsSourceTest, TopicsFollowEveryChangedDefault) {
  for (const DefaultRow& row : default_rows()) {
    source.apply_defaults();
    EXPECT_NE(row.value(*log->options()), row.expected) << row.key << " has this value anyway";
    config.update(true, {{row.key, row.text}});
    source.apply_defaults();
    EXPECT_EQ(row.value(*log->options()), row.expected) << row.key;
    config.update(true, {});
    source.apply_defaults();
    EXPECT_NE(row.value(*log->options()), row.expected) << row.key << " is still in force";
  }
}

TEST_F(TopicSettingsSourceTest, TopicsFollowTheLevelOfTheirCodec) {
  for (const char* codec_number : {"gzip", "lz4", "zstd"}) {
    const std::string key = std::string("compression.") + codec_number + ".level";
    config.update(true, {{"compression.type", codec_number}, {key, "2"}});
    source.apply_defaults();
    EXPECT_EQ(log->options()->compression_level, 2) << key;
  }
}

}  // namespace
}  // namespace odradek::broker
