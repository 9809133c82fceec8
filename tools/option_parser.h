// OptionParser: the command line as upstream's tools read it, --option value or --option=value,
// without abbreviations.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/text.h"
#include "server/config/properties.h"

namespace odradek::tools {

enum class Argument : std::uint8_t { kNone, kRequired, kOptional };
enum class ValueType : std::uint8_t { kString, kInteger, kLong };

// One row of a tool's table of options.
struct OptionSpec {
  std::string_view name;
  Argument argument = Argument::kNone;
  ValueType type = ValueType::kString;
  std::string_view value_name = {};  // in the usage: "topic"
  std::string_view description = {};
  std::string_view default_value = {};
  bool repeatable = false;  // several values may be given
  char short_name = 0;      // "-b" beside "--bootstrap-server"; 0: none
};

// Rows of such a table.
OptionSpec with_value(std::string_view name, ValueType type, std::string_view value,
                      std::string_view description, std::string_view default_value = {});
OptionSpec with_value(std::string_view name, std::string_view value, std::string_view description,
                      std::string_view default_value = {});
OptionSpec repeatable(OptionSpec spec);
OptionSpec with_short_name(OptionSpec spec, char short_name);

// An option as it was given; the value is empty where it takes none.
struct GivenOption {
  std::string name;
  std::string value;
};

class Options {
 public:
  bool has(std::string_view name) const { return values_.find(name) != values_.end(); }
  // The value given, else the default of the table, else empty.
  std::string value(std::string_view name) const;
  std::optional<std::string> given(std::string_view name) const;
  const std::vector<std::string>& all(std::string_view name) const;
  // Only for options of the types kInteger and kLong, which the parser has checked.
  std::int64_t number(std::string_view name) const;
  // "a=b" values of a repeatable option; "a" alone has an empty value.
  config::Properties key_values(std::string_view name) const;
  // For options whose order among each other matters.
  const std::vector<GivenOption>& in_order() const { return in_order_; }
  // Words that belong to no option: the command of a tool that has several.
  const std::vector<std::string>& words() const { return words_; }

 private:
  friend class OptionParser;
  void add(const std::string& name, const std::string& value) {
    in_order_.push_back({name, value});
  }

  const std::vector<OptionSpec>* specs_ = nullptr;
  std::vector<GivenOption> in_order_;
  std::vector<std::string> words_;
  std::map<std::string, std::vector<std::string>, std::less<>> values_;
};

// --help and --version are accepted besides the table.
class OptionParser {
 public:
  explicit OptionParser(std::vector<OptionSpec> specs);
  OptionParser(const OptionParser&) = delete;
  OptionParser& operator=(const OptionParser&) = delete;

  // The error says what upstream's parser says. The options look into this parser.
  base::Result<Options> parse(const std::vector<std::string>& arguments) const;
  // A table of all options, as wide as a terminal.
  std::string usage() const;

 private:
  struct Cursor;

  const OptionSpec* find(std::string_view name, bool by_short_name = false) const;
  base::Error unknown(std::string_view name) const;
  bool looks_like_an_option(std::string_view word) const;
  base::Status parse_word(Cursor& cursor, Options& options) const;
  base::Status take_value(const OptionSpec& spec, std::string value, Options& options) const;

  std::vector<OptionSpec> specs_;
};

// Prints the message and the usage to stderr; the exit code to end with.
int print_usage(const OptionParser& parser, std::string_view message);

// 0, or 1 behind a line that says on standard error what was wrong.
int exit_code(const base::Status& done);

// What every tool does before anything else: help without arguments or with --help, the version.
// nullopt: go on.
std::optional<int> help_or_version(const OptionParser& parser, const Options& options,
                                   std::size_t argument_count, std::string_view what_it_does);

}  // namespace odradek::tools
