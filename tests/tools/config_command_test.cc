#include "tools/config_command.h"

#include <gtest/gtest.h>

#include "tools/config_changes.h"

namespace odradek::tools {
namespace {

using Words = std::vector<std::string>;

base::Result<ConfigCommand> parsed(Words words, const std::string& where = "--bootstrap-server") {
  static const OptionParser parser(config_options());
  if (!where.empty()) words.insert(words.end(), {where, "h:1"});
  auto options = parser.parse(words);
  if (!options) return options.error();
  if (auto problem = check_config_usage(*options)) return base::Error(*problem);
  return config_command(*options);
}

std::string problem_of(const Words& words, const std::string& where = "--bootstrap-server") {
  auto command = parsed(words, where);
  return command.ok() ? "" : command.error().message;
}

// "users=alice clients=<default> brokers=*"
std::string entities_of(const Words& words) {
  auto command = parsed(words);
  if (!command.ok()) return command.error().message;
  std::string text;
  for (const ConfigEntity& entity : command->entities) {
    text += entity.type + "=";
    text += entity.is_default() ? "<default>" : entity.name.value_or("*");
    text += " ";
  }
  return text;
}

TEST(ConfigCommand, TakesEntitiesByTypeAndByFlag) {
  EXPECT_EQ(entities_of({"--describe", "--topic", "t"}), "topics=t ");
  EXPECT_EQ(entities_of({"--describe", "--entity-type", "topics"}), "topics=* ");
  EXPECT_EQ(entities_of({"--describe", "--user", "u", "--client-defaults"}),
            "users=u clients=<default> ");
  EXPECT_EQ(entities_of({"--describe", "--user-defaults", "--client", "c"}),
            "clients=c users=<default> ");
  EXPECT_EQ(entities_of({"--describe", "--entity-type", "users", "--entity-default",
                         "--entity-type", "clients", "--entity-name", "c"}),
            "users=<default> clients=c ");
  EXPECT_EQ(entities_of({"--describe", "--entity-type", "clients", "--entity-name", "c",
                         "--entity-type", "users", "--entity-default"}),
            "clients=c users=<default> ");
  EXPECT_EQ(entities_of({"--describe", "--entity-type", "users", "--entity-name", "u",
                         "--entity-type", "clients"}),
            "users=u clients=* ");
}

TEST(ConfigCommand, NamesWhatIsWrongAsUpstream) {
  EXPECT_EQ(problem_of({"--topic", "t"}),
            "Command must include exactly one action: --describe, --alter");
  EXPECT_EQ(problem_of({"--describe", "--topic", "t", "--add-config", "a=b"}),
            "Option \"[describe]\" can't be used with option \"[add-config]\"");
  EXPECT_EQ(problem_of({"--describe"}), "At least one entity type must be specified");
  EXPECT_EQ(problem_of({"--describe", "--topic", "t", "--user", "u"}),
            "Only 'users' and 'clients' entity types may be specified together");
  EXPECT_EQ(problem_of({"--describe", "--entity-type", "topics", "--topic", "t"}),
            "Duplicate entity type(s) specified: topics");
  EXPECT_EQ(problem_of({"--describe", "--entity-type", "users", "--client", "c"}),
            "--entity-{type,name,default} should not be used in conjunction with specific entity "
            "flags");
  EXPECT_EQ(problem_of({"--alter", "--topic", "t"}),
            "At least one of --add-config, --add-config-file, or --delete-config must be specified "
            "with --alter");
  EXPECT_EQ(problem_of({"--alter", "--entity-type", "topics", "--add-config", "a=b"}),
            "an entity name must be specified with --alter of topics");
  EXPECT_EQ(problem_of({"--describe", "--broker", "one"}),
            "The entity name for brokers must be a valid integer broker id, but it is: one");
  EXPECT_EQ(problem_of({"--alter", "--topic", "t", "--add-config", "a/b=1"}),
            "Invalid character found for config key: a/b");
  EXPECT_EQ(problem_of({"--describe", "--topic", "t"}, ""),
            "One of the required --bootstrap-server, --boostrap-controller, or --zookeeper "
            "arguments must be specified");
}

TEST(ConfigCommand, RefusesWhatNeedsAnotherKindOfCluster) {
  EXPECT_NE(problem_of({"--describe", "--topic", "t"}, "--bootstrap-controller").find("KRaft"),
            std::string::npos);
  EXPECT_NE(problem_of({"--describe", "--user", "u", "--zk-tls-config-file", "f"}, "--zookeeper")
                .find("plain text"),
            std::string::npos);
  EXPECT_EQ(problem_of({"--describe", "--broker-logger", "1"}, "--zookeeper"),
            "Invalid entity type broker-loggers, the entity type must be one of topics, clients, "
            "users, brokers, ips with a --zookeeper argument");
  EXPECT_EQ(problem_of({"--describe", "--topic", "t"}, "--zookeeper"), "");
}

TEST(ConfigCommand, ReadsChanges) {
  auto command = parsed({"--alter", "--topic", "t", "--add-config",
                         "a=1,b=[2,3],c=", "--delete-config", "d, e", "--delete-config", "f"});
  ASSERT_TRUE(command.ok());
  EXPECT_EQ(command->added, (config::Properties{{"a", "1"}, {"b", "2,3"}, {"c", ""}}));
  EXPECT_EQ(command->deleted, (Words{"d", "e", "f"}));
}

TEST(ConfigCommand, KeepsSeparatorsBetweenBrackets) {
  auto configs = parse_added_configs("SCRAM-SHA-256=[iterations=8192,password=a=b,c] , x = y");
  ASSERT_TRUE(configs.ok());
  EXPECT_EQ(*configs,
            (config::Properties{{"SCRAM-SHA-256", "iterations=8192,password=a=b,c"}, {"x", "y"}}));
  EXPECT_FALSE(parse_added_configs("a").ok());
  EXPECT_FALSE(parse_added_configs("a=b=c").ok());
  EXPECT_FALSE(parse_added_configs("").ok());
  EXPECT_FALSE(parse_added_configs("a=1,,b=2").ok());
}

TEST(ConfigChanges, AllowOfUsersQuotasOrCredentialsAlone) {
  auto problem = [](const Words& words) {
    Words all{"--alter", "--add-config"};
    all.insert(all.end(), words.begin(), words.end());
    auto command = parsed(all);
    if (!command.ok()) return command.error().message;
    base::Status fine = check_client_changes(*command);
    return fine.ok() ? std::string() : fine.error().message;
  };
  EXPECT_EQ(problem({"producer_byte_rate=1", "--user", "u"}), "");
  EXPECT_EQ(problem({"SCRAM-SHA-256=[password=x]", "--user", "u"}), "");
  EXPECT_EQ(problem({"SCRAM-SHA-256=[password=x],producer_byte_rate=1", "--user", "u"}),
            "Cannot alter both quota and SCRAM credential configs simultaneously for 'users' using "
            "--bootstrap-server.");
  EXPECT_EQ(problem({"SCRAM-SHA-256=[password=x]", "--user-defaults"}),
            "The use of --entity-default or --user-defaults is not allowed with User SCRAM "
            "Credentials using --bootstrap-server.");
  EXPECT_EQ(problem({"producer_byte_rat=1", "--client", "c"}),
            "Only quota configs can be added for 'clients' using --bootstrap-server. Unexpected "
            "config names: Set(producer_byte_rat); did you mean producer_byte_rate?");
  EXPECT_EQ(problem({"connection_rate=1", "--ip", "127.0.0.1"}).substr(0, 60),
            "Only connection quota configs can be added for 'ips' using -");
}

TEST(ConfigChanges, RefuseToDeleteWhatIsNotThere) {
  auto command = parsed({"--alter", "--topic", "t", "--delete-config", "retention.m,segment.ms"});
  ASSERT_TRUE(command.ok());
  EXPECT_EQ(check_deleted(*command, {"retention.ms", "segment.ms"}).error().message,
            "Invalid config(s): retention.m; did you mean retention.ms?");
  EXPECT_TRUE(check_deleted(*command, {"retention.m", "segment.ms"}).ok());
}

}  // namespace
}  // namespace odradek::tools
