#include "zk/data/paths.h"

#include <gtest/gtest.h>

namespace odradek::zk::paths {
namespace {

TEST(Paths, NameEveryNode) {
  EXPECT_EQ(broker(7), "/brokers/ids/7");
  EXPECT_EQ(topic("t"), "/brokers/topics/t");
  EXPECT_EQ(partition_state("t", 12), "/brokers/topics/t/partitions/12/state");
  EXPECT_EQ(config("users/a/clients/b"), "/config/users/a/clients/b");
  EXPECT_EQ(config_change(), "/config/changes/config_change_");
  EXPECT_EQ(consumer_offset("g", "t", 3), "/consumers/g/offsets/t/3");
  EXPECT_EQ(consumer_owner("g", "t", 3), "/consumers/g/owners/t/3");
  EXPECT_EQ(consumer_id("g", "c"), "/consumers/g/ids/c");
}

TEST(Paths, KnowParentAndName) {
  EXPECT_EQ(parent("/a/b"), "/a");
  EXPECT_EQ(parent("/a"), "");
  EXPECT_EQ(name("/a/b"), "b");
}

TEST(Paths, ReadSequenceNumbers) {
  EXPECT_EQ(sequence_number("config_change_0000000012", "config_change_"), 12);
  EXPECT_EQ(sequence_number("config_change_12000000000", "config_change_"), 12'000'000'000);
  EXPECT_EQ(sequence_number("config_change_", "config_change_"), std::nullopt);
  EXPECT_EQ(sequence_number("config_change_x", "config_change_"), std::nullopt);
  EXPECT_EQ(sequence_number("other_1", "config_change_"), std::nullopt);
}

TEST(Paths, SanitizeNamesAsUpstream) {
  EXPECT_EQ(sanitize("alice.B-1_x"), "alice.B-1_x");
  EXPECT_EQ(sanitize("a b*~=,/"), "a%20b%2A%7E%3D%2C%2F");
  EXPECT_EQ(sanitize("<default>"), "%3Cdefault%3E");
  EXPECT_EQ(sanitize("\xc3\xa9"), "%C3%A9");
  for (const char* name : {"", "a b*~=,/+%", "CN=x,O=\xc3\xa9", "<default>"}) {
    EXPECT_EQ(desanitize(sanitize(name)), name);
  }
  EXPECT_EQ(desanitize("%"), std::nullopt);
  EXPECT_EQ(desanitize("%2"), std::nullopt);
  EXPECT_EQ(desanitize("%zz"), std::nullopt);
}

}  // namespace
}  // namespace odradek::zk::paths
