#include "tools/topic_description.h"

#include <gtest/gtest.h>

namespace odradek::tools {
namespace {

TopicDescription orders() {
  TopicDescription topic{.name = "orders"};
  topic.id = *base::Uuid::parse("xbb5asYuTKCFgoeRHjNLtQ");
  topic.partitions = {{.index = 0, .leader = 1, .replicas = {1, 2}, .isr = {1, 2}},
                      {.index = 1, .leader = -1, .replicas = {2, 1}, .isr = {2}}};
  topic.configs = {{"cleanup.policy", "compact"}, {"segment.bytes", "100"}};
  topic.min_insync_replicas = 2;
  return topic;
}

TEST(TopicDescription, PrintsTopicAndPartitionsAsUpstream) {
  EXPECT_EQ(format_topic(orders(), {}, {1, 2}),
            "Topic: orders\tTopicId: xbb5asYuTKCFgoeRHjNLtQ\tPartitionCount: 2\tReplicationFactor: "
            "2\tConfigs: cleanup.policy=compact,segment.bytes=100\n"
            "\tTopic: orders\tPartition: 0\tLeader: 1\tReplicas: 1,2\tIsr: 1,2\tElr: "
            "N/A\tLastKnownElr: N/A\n"
            "\tTopic: orders\tPartition: 1\tLeader: none\tReplicas: 2,1\tIsr: 2\tElr: "
            "N/A\tLastKnownElr: N/A\n");
}

TEST(TopicDescription, LeavesAwayWhatOldReleasesDoNotHave) {
  TopicDescription topic = orders();
  topic.id = {};
  topic.shows_elr = false;
  topic.marked_for_deletion = true;
  topic.partitions.pop_back();
  EXPECT_EQ(format_topic(topic, {}, {1, 2}),
            "Topic: orders\tPartitionCount: 1\tReplicationFactor: 2\tConfigs: "
            "cleanup.policy=compact,segment.bytes=100\tMarkedForDeletion: true\n"
            "\tTopic: orders\tPartition: 0\tLeader: 1\tReplicas: 1,2\tIsr: "
            "1,2\tMarkedForDeletion: true\n");
}

TEST(TopicDescription, PrintsOnlyThePartitionsAskedFor) {
  auto lines = [](DescribeFilter filter, std::set<protocol::BrokerId> alive) {
    std::string text = format_topic(orders(), filter, alive);
    std::string partitions;
    for (char index : {'0', '1'}) {
      if (text.find(std::string("Partition: ") + index) != std::string::npos) partitions += index;
    }
    EXPECT_EQ(text.find("PartitionCount"), std::string::npos);
    return partitions;
  };
  EXPECT_EQ(lines({.under_replicated = true}, {1, 2}), "1");
  EXPECT_EQ(lines({.unavailable = true}, {1, 2}), "1");
  EXPECT_EQ(lines({.unavailable = true}, {2}), "01");
  EXPECT_EQ(lines({.under_min_isr = true}, {1, 2}), "1");
  EXPECT_EQ(lines({.at_min_isr = true}, {1, 2}), "0");
}

TEST(TopicDescription, PrintsOnlyTopicsWithOverrides) {
  TopicDescription topic = orders();
  EXPECT_EQ(format_topic(topic, {.with_overrides = true}, {}).find("Partition: "),
            std::string::npos);
  topic.configs.clear();
  EXPECT_EQ(format_topic(topic, {.with_overrides = true}, {}), "");
}

TEST(TopicDescription, ShowsAReassignmentAndDoesNotCountWhatItAdds) {
  TopicDescription topic = orders();
  topic.partitions.resize(1);
  topic.partitions[0].replicas = {3, 1, 2};
  topic.partitions[0].reassignment = {.replicas = {3, 1, 2}, .adding = {3}, .removing = {2}};
  std::string text = format_topic(topic, {}, {1, 2, 3});
  EXPECT_NE(text.find("ReplicationFactor: 2\t"), std::string::npos);
  EXPECT_NE(text.find("\tAdding Replicas: 3\tRemoving Replicas: 2\tElr"), std::string::npos);
  EXPECT_EQ(format_topic(topic, {.under_replicated = true}, {1, 2, 3}), "");
}

// The order in which a JVM of any release prints these.
TEST(TopicDescription, OrdersConfigsAsAHashMapOfJava) {
  const std::vector<std::string> expected{"compression.type", "cleanup.policy", "segment.bytes",
                                          "unclean.leader.election.enable"};
  std::vector<std::string> keys(expected.rbegin(), expected.rend());
  for (int i = 0; i < 32; ++i) keys.push_back("k" + std::to_string(i));  // a topic has 36
  sort_as_hash_map(keys);
  std::erase_if(keys, [](const std::string& key) { return key.starts_with("k"); });
  EXPECT_EQ(keys, expected);
}

TEST(TopicDescription, KeepsTheOrderOfConfigsThatShareABucket) {
  std::vector<std::string> keys{"segment.bytes", "retention.ms"};
  sort_as_hash_map(keys);
  EXPECT_EQ(keys, (std::vector<std::string>{"segment.bytes", "retention.ms"}));
}

}  // namespace
}  // namespace odradek::tools
