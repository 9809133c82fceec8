#include "server/admin/config_changes.h"

#include <gtest/gtest.h>

#include "protocol/errors.h"

namespace odradek::admin {
namespace {

using Operation = ConfigChange::Operation;

std::string said(const base::Result<config::Properties>& result) {
  return result.ok() ? "" : result.error().message;
}

TEST(ConfigChanges, RefuseKeysNamedTwiceAndMissingValues) {
  EXPECT_TRUE(check_changes({{"a", Operation::kSet, "1"}, {"b", Operation::kDelete, {}}}).ok());
  EXPECT_EQ(
      check_changes({{"a", Operation::kSet, "1"}, {"a", Operation::kDelete, {}}}).error().message,
      "Error due to duplicate config keys");
  EXPECT_EQ(
      check_changes({{"a", Operation::kSet, {}}, {"b", Operation::kAppend, {}}}).error().message,
      "Null value not supported for : a, b");
}

TEST(ConfigChanges, SetRemoveAndWorkOnLists) {
  const config::Properties now{{"retention.ms", "1"}, {"segment.bytes", "2"}};
  auto changed =
      change_topic_config(now, {{"retention.ms", Operation::kDelete, {}},
                                {"segment.bytes", Operation::kSet, "3"},
                                {"cleanup.policy", Operation::kAppend, "compact,delete"}});
  ASSERT_TRUE(changed.ok());
  EXPECT_EQ(*changed,
            (config::Properties{{"segment.bytes", "3"}, {"cleanup.policy", "delete,compact"}}));
  auto less = change_topic_config(*changed, {{"cleanup.policy", Operation::kSubtract, "delete"}});
  EXPECT_EQ(less->at("cleanup.policy"), "compact");
  EXPECT_EQ(said(change_topic_config(now, {{"segment.bytes", Operation::kAppend, "1"}})),
            "Config value append is not allowed for config key: segment.bytes");
  EXPECT_EQ(said(change_topic_config(now, {{"no.such", Operation::kSubtract, "1"}})),
            "Unknown config name: no.such");
}

}  // namespace
}  // namespace odradek::admin
