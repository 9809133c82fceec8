#include "tools/topic_partition_filter.h"

#include <gtest/gtest.h>

namespace odradek::tools {
namespace {

// The partitions, of 0 to 5, that patterns let through.
std::string allowed(const std::string& patterns, const std::string& topic) {
  auto filter = TopicPartitionFilter::of_patterns(patterns);
  if (!filter.ok()) return filter.error().message;
  std::string text;
  for (std::int32_t partition = 0; partition < 6; ++partition) {
    if (filter->allows(protocol::TopicPartition{topic, partition}))
      text += std::to_string(partition);
  }
  EXPECT_EQ(filter->allows(topic), !text.empty()) << patterns << " " << topic;
  return text;
}

TEST(TopicPartitionFilter, TakesPartitionsAndRangesWithoutTheirUpperEnd) {
  EXPECT_EQ(allowed("t", "t"), "012345");
  EXPECT_EQ(allowed("t:", "t"), "012345");
  EXPECT_EQ(allowed("t:2", "t"), "2");
  EXPECT_EQ(allowed("t:1-3", "t"), "12");
  EXPECT_EQ(allowed("t:4-", "t"), "45");
  EXPECT_EQ(allowed("t:-2", "t"), "01");
  EXPECT_EQ(allowed(":5", "any"), "5");
}

TEST(TopicPartitionFilter, TakesSeveralExpressionsOfTopics) {
  EXPECT_EQ(allowed("a.*:0,b:1,", "ab"), "0");
  EXPECT_EQ(allowed("a.*:0,b:1", "b"), "1");
  EXPECT_EQ(allowed("a.*:0,.*:3", "ab"), "03");
  EXPECT_EQ(allowed("a.*:0,b:1", "cab"), "");
}

TEST(TopicPartitionFilter, RefusesWhatIsNoPattern) {
  for (const char* text : {"t:a", "t:1-a", "t:1-2-3", "t:1:2", "t:+1", "t:99999999999"}) {
    EXPECT_EQ(allowed(text, "t"), "Invalid rule specification: " + std::string(text));
  }
  EXPECT_FALSE(TopicPartitionFilter::of_patterns("(:1").ok());
}

TEST(TopicPartitionFilter, TakesATopicAndIds) {
  auto filter = TopicPartitionFilter::of_topic("t.*", "0,2");
  ASSERT_TRUE(filter.ok());
  EXPECT_TRUE(filter->allows(protocol::TopicPartition{"t1", 2}));
  EXPECT_FALSE(filter->allows(protocol::TopicPartition{"t1", 1}));
  EXPECT_FALSE(filter->allows(protocol::TopicPartition{"u", 2}));
  EXPECT_TRUE(TopicPartitionFilter::of_topic("", "")->allows(protocol::TopicPartition{"x", 9}));
  EXPECT_EQ(TopicPartitionFilter::of_topic("t", "0,x").error().message,
            "--partitions expects a comma separated list of numeric partition ids, but received: "
            "0,x");
}

}  // namespace
}  // namespace odradek::tools
