#include "tools/reassignment_plan.h"

#include <gtest/gtest.h>

#include "tools/replication_throttles.h"

namespace odradek::tools {
namespace {

TEST(ReassignmentPlan, IsReadWithItsDirectories) {
  auto plan = parse_reassignment_plan(
      R"({"version":1,"partitions":[{"topic":"t","partition":1,"replicas":[2,3],)"
      R"("log_dirs":["any","/d"]},{"topic":"t","partition":0,"replicas":[1]}]})");
  ASSERT_TRUE(plan.ok()) << plan.error().message;
  ASSERT_EQ(plan->partitions.size(), 2u);
  EXPECT_EQ(plan->targets().at({"t", 1}), (Replicas{2, 3}));
  ASSERT_EQ(plan->log_dirs.size(), 1u);
  EXPECT_EQ(plan->log_dirs.begin()->first.to_string(), "t-1-3");
  EXPECT_EQ(plan->log_dirs.begin()->second, "/d");
  EXPECT_EQ(format_reassignment(plan->targets()),
            R"({"version":1,"partitions":[{"topic":"t","partition":0,"replicas":[1],)"
            R"("log_dirs":["any"]},{"topic":"t","partition":1,"replicas":[2,3],)"
            R"("log_dirs":["any","any"]}]})");
}

TEST(ReassignmentPlan, RefusesWhatUpstreamRefuses) {
  auto said = [](std::string_view text) {
    auto plan = parse_reassignment_plan(text);
    if (!plan.ok()) return plan.error().message;
    base::Status checked = check_reassignment_plan(*plan);
    return checked.ok() ? std::string() : checked.error().message;
  };
  EXPECT_EQ(said("no json"), "The input string is not a valid JSON");
  EXPECT_EQ(said(R"({"version":2})"), "Not supported version field value 2");
  EXPECT_EQ(said("{}"), "Partition reassignment list cannot be empty");
  EXPECT_EQ(said(R"({"partitions":[{"topic":"t","partition":0,"replicas":[]}]})"),
            "Partition replica list cannot be empty");
  EXPECT_EQ(said(R"({"partitions":[{"topic":"t","partition":0,"replicas":[1,2,1]}]})"),
            "Partition replica lists may not contain duplicate entries: t-0 contains multiple "
            "entries for 1");
  EXPECT_EQ(said(R"({"partitions":[{"topic":"t","partition":0,"replicas":[1]},)"
                 R"({"topic":"t","partition":0,"replicas":[2]}]})"),
            "Partition reassignment contains duplicate topic partitions: t-0");
  EXPECT_EQ(said(R"({"partitions":[{"topic":"t","partition":0,"replicas":[1,2],)"
                 R"("log_dirs":["any"]}]})"),
            "Size of replicas list [1, 2] is different from size of log dirs list [any] for "
            "partition t-0");
}

TEST(ReassignmentPlan, ReadsTheOtherDocumentsToo) {
  EXPECT_EQ(*parse_topics_to_move(R"({"topics":[{"topic":"a"},{"topic":"b"}],"version":1})"),
            (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(parse_topics_to_move(R"({"topics":[{"topic":"a"},{"topic":"a"}]})").error().message,
            "List of topics to reassign contains duplicate entries: [a]");
  EXPECT_EQ(*parse_partition_list(R"({"partitions":[{"topic":"a","partition":3}]})"),
            (std::vector<TopicPartition>{{"a", 3}}));
  EXPECT_FALSE(parse_partition_list(R"({"partitions":[{"topic":"a"}]})").ok());
  auto offsets =
      parse_offsets(R"({"partitions":[{"topic":"a","partition":3,"offset":-1}],"version":1})");
  EXPECT_EQ(offsets->at({"a", 3}), -1);
  EXPECT_EQ(parse_offsets("{}").error().message, "Missing partitions field");
}

TEST(ReplicationThrottles, HoldBackSourcesAndDestinations) {
  const MoveMap moves =
      moves_of({}, {{{"t", 0}, {2, 3}}, {{"t", 10}, {1}}}, {{{"t", 0}, {1, 2}}, {{"t", 10}, {1}}});
  EXPECT_EQ(leader_throttles(moves).at("t"), "0:1,0:2,10:1");
  EXPECT_EQ(follower_throttles(moves).at("t"), "0:3");
  EXPECT_EQ(moving_brokers(moves), (std::set<BrokerId>{1, 2, 3}));
}

TEST(ReplicationThrottles, OfAMoveUnderWayComeFromWhereItCameFrom) {
  const MoveMap moves =
      moves_of({{{"t", 0}, {.replicas = {3, 1}, .adding = {3}, .removing = {1}}},
                {{"other", 0}, {.replicas = {2, 1}, .adding = {2}, .removing = {}}}},
               {{{"t", 0}, {4}}}, {{{"t", 0}, {3, 1}}});
  EXPECT_EQ(leader_throttles(moves).at("t"), "0:1");
  EXPECT_EQ(follower_throttles(moves).at("t"), "0:4");
  EXPECT_EQ(follower_throttles(moves).at("other"), "0:2");
}

}  // namespace
}  // namespace odradek::tools
