#include "tools/shell_command.h"

#include <algorithm>
#include <array>

#include "tools/nearest_name.h"

namespace odradek::tools {
namespace {

constexpr std::array<ShellSyntax, 16> kSyntax{
    {{"close", "", "", 0},
     {"create", "sect:", "[-s] [-e] path [data]"},
     {"delete", "v:", "[-v version] path"},
     {"deleteall", "b:", "path [-b batch size]"},
     {"get", "sw", "[-s] [-w] path"},
     {"getAcl", "s", "[-s] path"},
     {"getAllChildrenNumber", "", "path"},
     {"ls", "swR", "[-s] [-w] [-R] path"},
     {"ls2", "w", "path"},
     {"printwatches", "", "on|off", 0},
     {"quit", "", "", 0},
     {"rmr", "b:", "path"},
     {"set", "sv:", "[-s] [-v version] path data", 2},
     {"setAcl", "sv:R", "[-s] [-v version] [-R] path acl", 2},
     {"stat", "w", "[-w] path"},
     {"sync", "", "path"}}};

// The letter of an option that the command has, and whether a value belongs to it.
std::optional<bool> takes_value(const ShellSyntax& syntax, char letter) {
  const std::size_t at = syntax.options.find(letter);
  if (at == std::string_view::npos || letter == ':') return std::nullopt;
  return at + 1 < syntax.options.size() && syntax.options[at + 1] == ':';
}

class ShellParser {
 public:
  ShellParser(const ShellSyntax& syntax, const std::vector<std::string>& words)
      : syntax_(syntax), words_(words) {
    command_.name = syntax.name;
  }

  base::Result<ShellCommand> parse() {
    bool options_end = false;
    for (at_ = 1; at_ < words_.size(); ++at_) {
      const std::string& word = words_[at_];
      if (word == "--" && !options_end) {
        options_end = true;
      } else if (options_end || word.size() < 2 || word[0] != '-') {
        command_.words.push_back(word);
      } else if (base::Status taken = take(word); !taken) {
        return taken.error();
      }
    }
    if (command_.words.size() >= syntax_.least_words) return std::move(command_);
    return base::Error(std::string(syntax_.name) + " " + std::string(syntax_.usage));
  }

 private:
  // "-s", "-sw", "-v 3", "-v3"
  base::Status take(const std::string& word) {
    const std::string exception = "org.apache.commons.cli.";
    for (std::size_t i = 1; i < word.size(); ++i) {
      const auto valued = takes_value(syntax_, word[i]);
      if (!valued) {
        return base::Error(exception + "UnrecognizedOptionException: Unrecognized option: " + word);
      }
      if (!*valued) {
        command_.options[word[i]];
        continue;
      }
      std::string value = word.substr(i + 1);
      if (value.empty()) {
        if (++at_ >= words_.size()) {
          return base::Error(exception +
                             "MissingArgumentException: Missing argument for option: " + word[i]);
        }
        value = words_[at_];
      }
      command_.options[word[i]] = std::move(value);
      return {};
    }
    return {};
  }

  const ShellSyntax& syntax_;
  const std::vector<std::string>& words_;
  std::size_t at_ = 0;
  ShellCommand command_;
};

}  // namespace

const ShellSyntax* find_shell_syntax(std::string_view name) {
  const auto* found = std::find_if(kSyntax.begin(), kSyntax.end(),
                                   [&](const ShellSyntax& each) { return each.name == name; });
  return found == kSyntax.end() ? nullptr : found;
}

std::string shell_usage() {
  std::string text = "ZooKeeper -server host:port [-zk-tls-config-file <file>] cmd args\n";
  for (const ShellSyntax& each : kSyntax) {
    text += "\t" + std::string(each.name) + " " + std::string(each.usage) + "\n";
  }
  return text;
}

std::vector<std::string> split_shell_line(std::string_view line) {
  constexpr std::string_view kBlanks = " \t\r\n\v\f";
  std::vector<std::string> words;
  std::size_t at = line.find_first_not_of(kBlanks);
  while (at != std::string_view::npos && at < line.size()) {
    const char quote = line[at];
    std::size_t end = 0;
    const bool quoted = quote == '"' || quote == '\'';
    if (quoted) end = line.find(quote, at + 1);
    if (quoted && end == std::string_view::npos) {
      at = line.find_first_not_of(kBlanks, at + 1);  // a quote that nothing closes is left out
      continue;
    }
    if (quoted) {
      words.emplace_back(line.substr(at + 1, end - at - 1));
      ++end;
    } else {
      end = std::min(line.find_first_of(kBlanks, at), line.size());
      words.emplace_back(line.substr(at, end - at));
    }
    at = line.find_first_not_of(kBlanks, end);
  }
  return words;
}

base::Result<ShellCommand> parse_shell_command(const std::vector<std::string>& words) {
  if (words.empty()) return base::Error("No command entered");
  const ShellSyntax* syntax = find_shell_syntax(words.front());
  if (syntax != nullptr) return ShellParser(*syntax, words).parse();
  std::vector<std::string> known;
  for (const ShellSyntax& each : kSyntax) known.emplace_back(each.name);
  auto nearest = nearest_name(words.front(), known);
  return base::Error(shell_usage() + "Command not found: Command not found " + words.front() +
                     (nearest ? "; did you mean " + *nearest + "?" : ""));
}

}  // namespace odradek::tools
