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
  auto changed = change_config(now,
                               {{"retention.ms", Operation::kDelete, {}},
                                {"segment.bytes", Operation::kSet, "3"},
                                {"cleanup.policy", Operation::kAppend, "compact,delete"}},
                               ConfigOwner::kTopic);
  ASSERT_TRUE(changed.ok());
  EXPECT_EQ(*changed,
            (config::Properties{{"segment.bytes", "3"}, {"cleanup.policy", "delete,compact"}}));
  auto less = change_config(*changed, {{"cleanup.policy", Operation::kSubtract, "delete"}},
                            ConfigOwner::kTopic);
  EXPECT_EQ(less->at("cleanup.policy"), "compact");
  EXPECT_EQ(
      said(change_config(now, {{"segment.bytes", Operation::kAppend, "1"}}, ConfigOwner::kTopic)),
      "Config value append is not allowed for config key: segment.bytes");
  EXPECT_EQ(said(change_config(now, {{"no.such", Operation::kSubtract, "1"}}, ConfigOwner::kTopic)),
            "Unknown config name: no.such");
}

TEST(ConfigChanges, KnowsListsOfBrokers) {
  auto grown = change_config({},
                             {{"max.connections.per.ip.overrides", Operation::kSet, "a:1"},
                              {"metric.reporters", Operation::kAppend, "b"},
                              {"log.cleanup.policy", Operation::kAppend, "compact"}},
                             ConfigOwner::kBroker);
  ASSERT_TRUE(grown.ok());
  EXPECT_EQ(grown->at("log.cleanup.policy"), "delete,compact");
  EXPECT_EQ(grown->at("metric.reporters"), "b");
  EXPECT_EQ(said(change_config({}, {{"cleanup.policy", Operation::kAppend, "compact"}},
                               ConfigOwner::kBroker)),
            "Unknown config name: cleanup.policy");
}

}  // namespace
}  // namespace odradek::admin
