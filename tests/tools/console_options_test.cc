#include <gtest/gtest.h>

#include "base/file.h"
#include "tests/support/temporary_directory.h"
#include "tools/console_consumer_options.h"
#include "tools/console_producer_options.h"

namespace odradek::tools {
namespace {

using Words = std::vector<std::string>;

base::Result<ConsoleConsumerCommand> consumer(const Words& words) {
  const OptionParser parser(console_consumer_options());
  auto options = parser.parse(words);
  if (!options.ok()) return options.error();
  if (auto problem = check_console_consumer_options(*options)) return base::Error(*problem);
  return console_consumer_command(*options);
}

base::Result<ConsoleProducerCommand> producer(const Words& words) {
  const OptionParser parser(console_producer_options());
  auto options = parser.parse(words);
  if (!options.ok()) return options.error();
  if (auto problem = check_console_producer_options(*options)) return base::Error(*problem);
  return console_producer_command(*options);
}

TEST(ConsoleConsumerOptions, MakesAGroupWithoutCommitsUnlessOneIsGiven) {
  auto command = consumer({"--topic", "t", "--bootstrap-server", "b:1"});
  ASSERT_TRUE(command.ok());
  EXPECT_TRUE(command->settings["group.id"].starts_with("console-consumer-"));
  EXPECT_EQ(command->settings["enable.auto.commit"], "false");
  EXPECT_EQ(command->settings["auto.offset.reset"], "latest");
  EXPECT_EQ(command->settings["isolation.level"], "read_uncommitted");
  EXPECT_EQ(command->settings["client.id"], "console-consumer");
  command = consumer({"--topic", "t", "--bootstrap-server", "b:1", "--group", "g",
                      "--from-beginning", "--isolation-level", "read_committed"});
  ASSERT_TRUE(command.ok());
  EXPECT_EQ(command->settings["group.id"], "g");
  EXPECT_FALSE(command->settings.contains("enable.auto.commit"));
  EXPECT_EQ(command->settings["auto.offset.reset"], "earliest");
  EXPECT_EQ(command->settings["isolation.level"], "read_committed");
}

TEST(ConsoleConsumerOptions, SaysWhatIsWrongAsUpstream) {
  auto problem = [](Words words) {
    words.insert(words.end(), {"--bootstrap-server", "b:1"});
    auto command = consumer(words);
    return command.ok() ? "" : command.error().message;
  };
  EXPECT_EQ(problem({}), "Exactly one of --include/--topic is required. ");
  EXPECT_EQ(problem({"--topic", "a", "--whitelist", "b"}),
            "Exactly one of --include/--topic is required. ");
  EXPECT_EQ(problem({"--include", "a", "--partition", "1"}),
            "The topic is required when partition is specified.");
  EXPECT_EQ(problem({"--topic", "a", "--offset", "1"}),
            "The partition is required when offset is specified.");
  EXPECT_EQ(problem({"--topic", "a", "--partition", "1", "--offset", "-3"}),
            "The provided offset value '-3' is incorrect. Valid values are 'earliest', 'latest', "
            "or a non-negative long.");
  EXPECT_EQ(problem({"--topic", "a", "--partition", "1", "--group", "g"}),
            "Options group and partition cannot be specified together.");
  EXPECT_EQ(problem({"--topic", "a", "--from-beginning", "--consumer-property",
                     "auto.offset.reset=latest"}),
            "Can't simultaneously specify --from-beginning and 'auto.offset.reset=latest', please "
            "remove one option");
}

TEST(ConsoleConsumerOptions, ReadsWhereAPartitionBegins) {
  auto offset = [](Words words) {
    words.insert(words.end(), {"--topic", "t", "--partition", "0", "--bootstrap-server", "b:1"});
    return consumer(words)->offset;
  };
  EXPECT_EQ(offset({}), kLatestOffset);
  EXPECT_EQ(offset({"--from-beginning"}), kEarliestOffset);
  EXPECT_EQ(offset({"--offset", "EARLIEST"}), kEarliestOffset);
  EXPECT_EQ(offset({"--offset", "17"}), 17);
}

TEST(ConsoleProducerOptions, LetsOptionsWinOverFilesAndFilesOverDefaults) {
  odradek::testing::TemporaryDirectory directory;
  std::string file = directory.path() + "/producer.properties";
  ASSERT_TRUE(base::write_file_atomically(file, "acks=1\nlinger.ms=5\nclient.id=me\n").ok());
  auto command = producer({"--topic", "t", "--broker-list", "b:1", "--producer.config", file,
                           "--timeout", "7", "--producer-property", "client.rack=r"});
  ASSERT_TRUE(command.ok());
  EXPECT_EQ(command->settings["acks"], "1");
  EXPECT_EQ(command->settings["linger.ms"], "7");
  EXPECT_EQ(command->settings["client.id"], "me");
  EXPECT_EQ(command->settings["client.rack"], "r");
  EXPECT_EQ(command->settings["batch.size"], "16384");
  EXPECT_EQ(command->settings["bootstrap.servers"], "b:1");
}

TEST(ConsoleProducerOptions, CompressesByGzipWhenNoCodecIsNamed) {
  auto codec = [](Words words) {
    words.insert(words.begin(), {"--topic", "t", "--bootstrap-server", "b:1"});
    return producer(words)->settings["compression.type"];
  };
  EXPECT_EQ(codec({}), "");
  EXPECT_EQ(codec({"--compression-codec"}), "gzip");
  EXPECT_EQ(codec({"--compression-codec", "lz4"}), "lz4");
}

TEST(ConsoleProducerOptions, SaysWhatIsWrongAsUpstream) {
  EXPECT_EQ(producer({"--bootstrap-server", "b:1"}).error().message,
            "Missing required argument \"[topic]\"");
  EXPECT_EQ(producer({"--topic", "t"}).error().message,
            "Missing required argument \"[bootstrap-server]\"");
  EXPECT_EQ(producer({"--topic", "t", "--broker-list", "b"}).error().message,
            "Please provide valid host:port like host1:9091,host2:9092\n ");
}

}  // namespace
}  // namespace odradek::tools
