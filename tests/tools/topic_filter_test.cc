#include "tools/topic_filter.h"

#include <gtest/gtest.h>

namespace odradek::tools {
namespace {

bool allows(const char* expression, const char* topic, bool exclude_internal = false) {
  auto filter = TopicFilter::parse(expression);
  EXPECT_TRUE(filter.ok()) << expression;
  return filter.ok() && filter->allows(topic, exclude_internal);
}

TEST(TopicFilter, MatchesWholeNames) {
  EXPECT_TRUE(allows("a.c", "abc"));
  EXPECT_FALSE(allows("a\\.c", "abc"));
  EXPECT_TRUE(allows("a\\.c", "a.c"));
  EXPECT_FALSE(allows("a", "ab"));
  EXPECT_TRUE(allows("(?!x).*", "ab"));
  EXPECT_FALSE(allows("(?!x).*", "xb"));
}

TEST(TopicFilter, TakesCommasBlanksAndQuotesAsUpstream) {
  EXPECT_TRUE(allows("a, b", "b"));
  EXPECT_TRUE(allows("'a|b'", "a"));
  EXPECT_TRUE(allows("\"a\"", "a"));
}

TEST(TopicFilter, LeavesInternalTopicsOutWhenAsked) {
  EXPECT_TRUE(allows(".*", "__consumer_offsets"));
  EXPECT_FALSE(allows(".*", "__consumer_offsets", true));
  EXPECT_TRUE(allows(".*", "__mine", true));
}

TEST(TopicFilter, RefusesWhatIsNoExpression) { EXPECT_FALSE(TopicFilter::parse("a(").ok()); }

TEST(TopicFilter, KnowsNamesThatMeanOnlyThemselves) {
  EXPECT_TRUE(is_plain_topic_name("my_topic-1"));
  EXPECT_FALSE(is_plain_topic_name("my.topic"));
  EXPECT_FALSE(is_plain_topic_name("a|b"));
  EXPECT_FALSE(is_plain_topic_name(""));
}

}  // namespace
}  // namespace odradek::tools
