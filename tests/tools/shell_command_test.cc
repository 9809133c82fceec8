#include "tools/shell_command.h"

#include <gtest/gtest.h>

namespace odradek::tools {
namespace {

using Words = std::vector<std::string>;

std::string error_of(const Words& words) {
  auto command = parse_shell_command(words);
  return command.ok() ? "" : command.error().message;
}

TEST(ShellCommand, SplitsLinesAtBlanksOutsideOfQuotes) {
  EXPECT_EQ(split_shell_line("  set  /a \"b c\"\t'd \"e' "), (Words{"set", "/a", "b c", "d \"e"}));
  EXPECT_EQ(split_shell_line("get it's"), (Words{"get", "it's"}));
  EXPECT_EQ(split_shell_line("get ''"), (Words{"get", ""}));
  EXPECT_EQ(split_shell_line("get \"open end"), (Words{"get", "open", "end"}));
  EXPECT_EQ(split_shell_line(" \t"), Words{});
}

TEST(ShellCommand, TakesOptionsAnywhere) {
  auto command = parse_shell_command({"set", "/a", "-s", "b", "-v", "3"});
  ASSERT_TRUE(command.ok());
  EXPECT_EQ(command->words, (Words{"/a", "b"}));
  EXPECT_TRUE(command->has('s'));
  EXPECT_EQ(command->options.at('v'), "3");
  EXPECT_EQ(parse_shell_command({"set", "-sv7", "/a", "b"})->options.at('v'), "7");
  EXPECT_EQ(parse_shell_command({"get", "--", "-x"})->words, (Words{"-x"}));
  EXPECT_EQ(parse_shell_command({"set", "/a", "-"})->words, (Words{"/a", "-"}));
}

TEST(ShellCommand, SaysWhatZookeeperSays) {
  EXPECT_EQ(error_of({"ls"}), "ls [-s] [-w] [-R] path");
  EXPECT_EQ(error_of({"set", "/a"}), "set [-s] [-v version] path data");
  EXPECT_EQ(error_of({"ls", "-x", "/"}),
            "org.apache.commons.cli.UnrecognizedOptionException: Unrecognized option: -x");
  EXPECT_EQ(error_of({"set", "/a", "b", "-v"}),
            "org.apache.commons.cli.MissingArgumentException: Missing argument for option: v");
  EXPECT_TRUE(error_of({"gte", "/a"})
                  .ends_with("Command not found: Command not found gte; did you mean get?"));
}

}  // namespace
}  // namespace odradek::tools
