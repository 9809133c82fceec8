// ShellCommand: one line of zookeeper-shell, its options told from its words.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace odradek::tools {

// A command that the shell knows.
struct ShellSyntax {
  std::string_view name;
  std::string_view options;  // letters; one with a ':' behind takes a value
  std::string_view usage;    // "[-s] [-w] path"
  std::size_t least_words = 1;
};

// By name; nullptr for none.
const ShellSyntax* find_shell_syntax(std::string_view name);
// All, by name: what is printed where a command is unknown.
std::string shell_usage();

struct ShellCommand {
  std::string name;
  std::vector<std::string> words;  // without name and options
  std::map<char, std::string> options;

  bool has(char option) const { return options.contains(option); }
};

// Splits at blanks; single or double quotes keep what is between them together.
std::vector<std::string> split_shell_line(std::string_view line);

// The errors are those of ZooKeeper's command line.
base::Result<ShellCommand> parse_shell_command(const std::vector<std::string>& words);

}  // namespace odradek::tools
