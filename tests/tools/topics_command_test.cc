#include "tools/topics_command.h"

#include <gtest/gtest.h>

namespace odradek::tools {
namespace {

using Words = std::vector<std::string>;

// What is wrong with a command line; empty: nothing.
std::string problem_of(const Words& words) {
  const OptionParser parser(topics_options());
  auto options = parser.parse(words);
  if (!options.ok()) return options.error().message;
  if (auto problem = check_topics_options(*options)) return *problem;
  auto command = topics_command(*options);
  return command.ok() ? "" : command.error().message;
}

TopicsCommand command_of(const Words& words) {
  const OptionParser parser(topics_options());
  auto options = parser.parse(words);
  EXPECT_TRUE(options.ok());
  EXPECT_EQ(check_topics_options(*options), std::nullopt);
  auto command = topics_command(*options);
  EXPECT_TRUE(command.ok());
  return *command;
}

TEST(TopicsCommand, WantsExactlyOneAction) {
  std::string expected =
      "Command must include exactly one action: --list, --describe, --create, --alter or --delete";
  EXPECT_EQ(problem_of({"--bootstrap-server", "b:1"}), expected);
  EXPECT_EQ(problem_of({"--bootstrap-server", "b:1", "--list", "--describe"}), expected);
}

TEST(TopicsCommand, WantsBrokersOrZookeeper) {
  EXPECT_EQ(problem_of({"--list"}), "--bootstrap-server must be specified");
  EXPECT_EQ(problem_of({"--list", "--bootstrap-server", "b:1", "--zookeeper", "z:1"}),
            "Only one of --bootstrap-server or --zookeeper must be specified");
  EXPECT_EQ(problem_of({"--list", "--zookeeper", "z:1"}), "");
}

TEST(TopicsCommand, NamesConflictsAsUpstream) {
  Words base{"--bootstrap-server", "b:1", "--topic", "t"};
  auto with = [&](Words more) {
    more.insert(more.begin(), base.begin(), base.end());
    return problem_of(more);
  };
  EXPECT_EQ(with({"--list", "--config", "a=b"}),
            "Option \"[config]\" can't be used with option \"[list]\"");
  EXPECT_EQ(with({"--create", "--replica-assignment", "1:2", "--partitions", "2"}),
            "Option \"[replica-assignment]\" can't be used with option \"[partitions]\"");
  EXPECT_EQ(with({"--describe", "--unavailable-partitions", "--topics-with-overrides"}),
            "Option \"[unavailable-partitions]\" can't be used with option "
            "\"[topics-with-overrides]\"");
  EXPECT_EQ(with({"--delete", "--if-not-exists"}),
            "Option \"[if-not-exists]\" can't be used with option \"[delete]\"");
  EXPECT_EQ(with({"--alter"}), "Missing required argument \"[partitions]\"");
  EXPECT_EQ(problem_of({"--bootstrap-server", "b:1", "--create"}),
            "Missing required argument \"[topic]\"");
}

TEST(TopicsCommand, ReadsWhatToCreate) {
  TopicsCommand command = command_of({"--bootstrap-server", "b:1", "--create", "--topic", "t",
                                      "--partitions", "3", "--replication-factor", "2", "--config",
                                      "a = b", "--config", "c=d=e", "--if-not-exists"});
  EXPECT_EQ(command.action, TopicsAction::kCreate);
  EXPECT_EQ(command.partitions, 3);
  EXPECT_EQ(command.replication_factor, 2);
  EXPECT_EQ(command.configs, (config::Properties{{"a", "b"}, {"c", "d=e"}}));
  EXPECT_TRUE(command.if_not_exists);
}

TEST(TopicsCommand, RefusesCountsOutOfRange) {
  Words base{"--bootstrap-server", "b:1", "--create", "--topic", "t"};
  auto with = [&](Words more) {
    more.insert(more.begin(), base.begin(), base.end());
    return problem_of(more);
  };
  EXPECT_EQ(with({"--partitions", "0"}), "The partitions must be greater than 0");
  EXPECT_EQ(with({"--replication-factor", "32768"}),
            "The replication factor must be between 1 and 32767 inclusive");
  EXPECT_EQ(with({"--config", "a"}),
            "requirement failed: Invalid topic config: all configs to be added must be in the "
            "format \"key=val\".");
}

TEST(TopicsCommand, ParsesAReplicaAssignment) {
  auto assignment = parse_replica_assignment("0:1,1: 2 ,2:0");
  ASSERT_TRUE(assignment.ok());
  std::map<std::int32_t, std::vector<protocol::BrokerId>> expected{
      {0, {0, 1}}, {1, {1, 2}}, {2, {2, 0}}};
  EXPECT_EQ(*assignment, expected);
}

TEST(TopicsCommand, RefusesAReplicaAssignmentThatCannotBe) {
  EXPECT_EQ(parse_replica_assignment("1:1").error().message,
            "Partition replica lists may not contain duplicate entries: 1");
  EXPECT_EQ(parse_replica_assignment("1:2,3").error().message,
            "Partition 1 has different replication factor: 3");
  EXPECT_FALSE(parse_replica_assignment("1:x").ok());
}

}  // namespace
}  // namespace odradek::tools
