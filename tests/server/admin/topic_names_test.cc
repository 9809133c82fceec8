#include "server/admin/topic_names.h"

#include <gtest/gtest.h>

namespace odradek::admin {
namespace {

TEST(CheckTopicName, FollowsUpstreamsRule) {
  EXPECT_TRUE(check_topic_name("a.b_c-D9").ok());
  EXPECT_TRUE(check_topic_name(std::string(249, 'x')).ok());
  for (const std::string& name :
       {std::string(), std::string("."), std::string(".."), std::string(250, 'x'),
        std::string("a/b"), std::string("a b"), std::string("ü"), std::string("a\0b", 3)}) {
    EXPECT_FALSE(check_topic_name(name).ok()) << name;
  }
}

TEST(CollidingTopic, FindsNamesThatShareMetricNames) {
  EXPECT_EQ(colliding_topic("a.b", {"x", "a_b"}), "a_b");
  EXPECT_EQ(colliding_topic("a.b", {"a.b", "ab"}), "");
}

}  // namespace
}  // namespace odradek::admin
