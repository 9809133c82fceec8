#include "tools/option_parser.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace odradek::tools {
namespace {

const OptionParser& parser() {
  static const OptionParser parser({
      {.name = "topic", .argument = Argument::kRequired},
      {.name = "property", .argument = Argument::kRequired, .repeatable = true},
      {.name = "partitions", .argument = Argument::kRequired, .type = ValueType::kInteger},
      {.name = "codec", .argument = Argument::kOptional},
      {.name = "list"},
      {.name = "offset", .argument = Argument::kRequired, .default_value = "latest"},
  });
  return parser;
}

std::string error_of(const std::vector<std::string>& arguments) {
  auto options = parser().parse(arguments);
  return options.ok() ? "" : options.error().message;
}

TEST(OptionParser, TakesValuesAfterBlankAndEqualsSign) {
  auto options = parser().parse({"--topic", "a", "--partitions=3", "--list"});
  ASSERT_TRUE(options.ok());
  EXPECT_EQ(options->value("topic"), "a");
  EXPECT_EQ(options->number("partitions"), 3);
  EXPECT_TRUE(options->has("list"));
  EXPECT_FALSE(options->has("codec"));
}

TEST(OptionParser, KeepsEqualsSignsWithinAValue) {
  auto options = parser().parse({"--property=a=b=c", "--property", "k", "--property", "x=y"});
  ASSERT_TRUE(options.ok());
  config::Properties expected{{"a", "b=c"}, {"k", ""}, {"x", "y"}};
  EXPECT_EQ(options->key_values("property"), expected);
}

TEST(OptionParser, GivesTheDefaultOnlyWhenNothingWasGiven) {
  EXPECT_EQ(parser().parse({})->value("offset"), "latest");
  EXPECT_FALSE(parser().parse({})->has("offset"));
  EXPECT_EQ(parser().parse({"--offset", "earliest"})->value("offset"), "earliest");
}

TEST(OptionParser, TakesARequiredValueThatLooksLikeAnOption) {
  auto options = parser().parse({"--topic", "--list"});
  ASSERT_TRUE(options.ok());
  EXPECT_EQ(options->value("topic"), "--list");
  EXPECT_FALSE(options->has("list"));
}

TEST(OptionParser, LeavesAnOptionalValueAwayBeforeAnOption) {
  auto options = parser().parse({"--codec", "--list"});
  ASSERT_TRUE(options.ok());
  EXPECT_TRUE(options->has("codec"));
  EXPECT_EQ(options->value("codec"), "");
  EXPECT_TRUE(options->has("list"));
  EXPECT_EQ(parser().parse({"--codec", "zstd"})->value("codec"), "zstd");
}

TEST(OptionParser, AcceptsOneDash) {
  EXPECT_EQ(parser().parse({"-topic", "a"})->value("topic"), "a");
}

TEST(OptionParser, SaysWhatUpstreamsParserSays) {
  EXPECT_EQ(error_of({"--topics", "a"}),
            "topics is not a recognized option; did you mean --topic?");
  EXPECT_EQ(error_of({"--bootstrap", "a"}), "bootstrap is not a recognized option");
  EXPECT_EQ(error_of({"--topic"}), "Option topic requires an argument");
  EXPECT_EQ(error_of({"--partitions", "x"}), "Cannot parse argument 'x' of option partitions");
  EXPECT_EQ(error_of({"--partitions", "2147483648"}),
            "Cannot parse argument '2147483648' of option partitions");
  EXPECT_EQ(error_of({"--topic", "a", "--topic", "b"}),
            "Found multiple arguments for option topic, but you asked for only one");
}

TEST(OptionParser, KeepsOrderAndWordsAndKnowsShortNames) {
  const OptionParser short_names(
      {with_short_name(repeatable(with_value("server", "", "")), 's'), {.name = "flag"}});
  auto options =
      short_names.parse({"-s", "a", "describe", "--flag", "--server=b", "--flag", "more"});
  ASSERT_TRUE(options.ok());
  std::string order;
  for (const GivenOption& given : options->in_order())
    order += given.name + "=" + given.value + " ";
  EXPECT_EQ(order, "server=a flag= server=b flag= ");
  EXPECT_EQ(options->words(), (std::vector<std::string>{"describe", "more"}));
  EXPECT_FALSE(short_names.parse({"--s", "a"}).ok());
}

TEST(OptionParser, StopsAtTwoDashes) {
  auto options = parser().parse({"--list", "--", "--topic"});
  ASSERT_TRUE(options.ok());
  EXPECT_FALSE(options->has("topic"));
}

TEST(OptionParser, ListsEveryOptionInItsUsage) {
  std::string usage = parser().usage();
  for (const char* part : {"--topic <String>", "--codec [String]", "--partitions <Integer>",
                           "(default: latest)", "--help", "--version"}) {
    EXPECT_NE(usage.find(part), std::string::npos) << part;
  }
}

}  // namespace
}  // namespace odradek::tools
