#include "server/config/topic_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/config/broker_config.h"

namespace odradek::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

BrokerConfig broker(Properties file) {
  auto config = BrokerConfig::build({.file = std::move(file)});
  EXPECT_TRUE(config.ok());
  return *config;
}

DescribedConfig described(const TopicConfig& topic, const BrokerConfig& of, const char* name) {
  for (auto& each : topic.describe(of)) {
    if (each.name == name) return each;
  }
  ADD_FAILURE() << name;
  return {};
}

std::string refusal(Properties overrides, Properties file = {}) {
  auto fine = check_topic_config(broker(std::move(file)), overrides);
  return fine ? "" : fine.error().message;
}

TEST(TopicConfig, TakesTheBrokersValuesAndItsOwn) {
  auto topic = TopicConfig::build(broker({{"log.retention.hours", "1"},
                                          {"log.segment.bytes", "100"},
                                          {"log.roll.ms", "5"},
                                          {"log.index.size.max.bytes", "80"},
                                          {"message.max.bytes", "9"}}),
                                  {{"segment.bytes", "200"}, {"cleanup.policy", "compact,delete"}});
  ASSERT_TRUE(topic.ok());
  EXPECT_EQ(topic->retention_ms, 3600000);
  EXPECT_EQ(topic->segment_bytes, 200);
  EXPECT_EQ(topic->segment_ms, 5);
  EXPECT_EQ(topic->segment_index_bytes, 80);
  EXPECT_EQ(topic->max_message_bytes, 9);
  EXPECT_TRUE(topic->compact());
  EXPECT_TRUE(topic->delete_old());
  EXPECT_EQ(topic->overrides().size(), 2u);
}

TEST(TopicConfig, LeavesOutWhatIsWrongInZookeeper) {
  std::vector<std::string> problems;
  auto topic = TopicConfig::build_leniently(
      BrokerConfig(), {{"segment.bytes", "1"}, {"nonsense", "2"}, {"retention.ms", "3"}}, problems);
  EXPECT_EQ(topic.segment_bytes, 1073741824);
  EXPECT_EQ(topic.retention_ms, 3);
  EXPECT_EQ(topic.overrides().size(), 1u);
  EXPECT_THAT(problems, ElementsAre(HasSubstr("nonsense"), HasSubstr("segment.bytes")));
}

TEST(TopicConfig, RefusesWrongMaps) {
  EXPECT_EQ(refusal({}), "");
  EXPECT_EQ(refusal({{"no.such.key", "1"}}), "Unknown topic config name: no.such.key");
  EXPECT_EQ(refusal({{"segment.bytes", "13"}}),
            "Invalid value 13 for configuration segment.bytes: Value must be at least 14");
  EXPECT_THAT(refusal({{"min.compaction.lag.ms", "5"}, {"max.compaction.lag.ms", "4"}}),
              HasSubstr("min.compaction.lag.ms (5) > max.compaction.lag.ms (4)"));
  EXPECT_THAT(refusal({{"remote.log.copy.disable", "true"}}), HasSubstr("Zookeeper"));
  EXPECT_THAT(refusal({{"remote.storage.enable", "true"}}), HasSubstr("disabled in the broker"));
  EXPECT_THAT(refusal({{"remote.storage.enable", "true"}, {"cleanup.policy", "compact"}},
                      {{"remote.log.storage.system.enable", "true"}}),
              HasSubstr("compacted"));
  EXPECT_THAT(
      refusal(
          {{"remote.storage.enable", "true"}, {"retention.ms", "5"}, {"local.retention.ms", "6"}},
          {{"remote.log.storage.system.enable", "true"}}),
      HasSubstr("local.retention.ms"));
  EXPECT_EQ(refusal({{"leader.replication.throttled.replicas", "0:1,12:34"}}), "");
  EXPECT_EQ(refusal({{"leader.replication.throttled.replicas", "*"}}), "");
  EXPECT_THAT(refusal({{"leader.replication.throttled.replicas", "0:a"}}),
              HasSubstr("[partitionId]"));
}

TEST(TopicConfig, CountsTheDeprecatedDifferenceUntilItsSuccessorsAreGiven) {
  auto topic = TopicConfig::build(BrokerConfig(), {{"message.timestamp.difference.max.ms", "9"},
                                                   {"message.timestamp.after.max.ms", "3"}});
  ASSERT_TRUE(topic.ok());
  EXPECT_EQ(topic->timestamp_before_max_ms(), 9);
  EXPECT_EQ(topic->timestamp_after_max_ms(), 3);
}

TEST(TopicConfig, DescribesWhereValuesComeFrom) {
  auto of = broker({{"log.retention.hours", "1"}});
  auto topic = TopicConfig::build(of, {{"segment.bytes", "200"}});
  ASSERT_TRUE(topic.ok());
  EXPECT_EQ(topic->describe(of).size(), 36u);

  auto segment = described(*topic, of, "segment.bytes");
  EXPECT_EQ(segment.source, ConfigSource::kDynamicTopic);
  EXPECT_THAT(
      segment.synonyms,
      ElementsAre(ConfigSynonym{"segment.bytes", "200", ConfigSource::kDynamicTopic},
                  ConfigSynonym{"log.segment.bytes", "1073741824", ConfigSource::kDefault}));
  EXPECT_FALSE(segment.read_only);

  auto throttled = described(*topic, of, "leader.replication.throttled.replicas");
  EXPECT_EQ(throttled.value, "");
  EXPECT_TRUE(throttled.is_default());
  EXPECT_THAT(throttled.synonyms, IsEmpty());

  EXPECT_EQ(described(*topic, of, "retention.ms").value, "3600000");
  EXPECT_EQ(described(*topic, of, "min.cleanable.dirty.ratio").value, "0.5");
}

}  // namespace
}  // namespace odradek::config
