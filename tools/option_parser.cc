#include "tools/option_parser.h"

#include <algorithm>
#include <cstdio>

#include "tools/nearest_name.h"

namespace odradek::tools {
namespace {

// The release whose tools these stand for.
constexpr const char* kVersion = "3.9.1";
constexpr std::size_t kNameColumn = 40;
constexpr std::size_t kTextColumn = 39;

std::string_view type_name(ValueType type) {
  switch (type) {
    case ValueType::kString:
      return "String";
    case ValueType::kInteger:
      return "Integer";
    case ValueType::kLong:
      return "Long";
  }
  return "";
}

std::vector<std::string> wrap(std::string_view text, std::size_t width) {
  std::vector<std::string> lines;
  std::string line;
  for (std::string_view word : base::split(text, ' ')) {
    if (!line.empty() && line.size() + 1 + word.size() > width) {
      lines.push_back(std::move(line));
      line.clear();
    }
    if (!line.empty()) line += ' ';
    line += word;
  }
  lines.push_back(std::move(line));
  return lines;
}

std::string usage_name(const OptionSpec& spec) {
  std::string name = "--" + std::string(spec.name);
  if (spec.short_name != 0) name = std::string("-") + spec.short_name + ", " + name;
  if (spec.argument == Argument::kNone) return name;
  std::string value(type_name(spec.type));
  if (!spec.value_name.empty()) value += ": " + std::string(spec.value_name);
  return name + (spec.argument == Argument::kOptional ? " [" + value + "]" : " <" + value + ">");
}

}  // namespace

OptionSpec with_value(std::string_view name, ValueType type, std::string_view value,
                      std::string_view description, std::string_view default_value) {
  return {.name = name,
          .argument = Argument::kRequired,
          .type = type,
          .value_name = value,
          .description = description,
          .default_value = default_value};
}

OptionSpec with_value(std::string_view name, std::string_view value, std::string_view description,
                      std::string_view default_value) {
  return with_value(name, ValueType::kString, value, description, default_value);
}

OptionSpec repeatable(OptionSpec spec) {
  spec.repeatable = true;
  return spec;
}

OptionSpec with_short_name(OptionSpec spec, char short_name) {
  spec.short_name = short_name;
  return spec;
}

std::string Options::value(std::string_view name) const {
  if (auto text = given(name)) return *text;
  for (const OptionSpec& spec : *specs_) {
    if (spec.name == name) return std::string(spec.default_value);
  }
  return "";
}

std::optional<std::string> Options::given(std::string_view name) const {
  auto found = values_.find(name);
  if (found == values_.end() || found->second.empty()) return std::nullopt;
  return found->second.front();
}

const std::vector<std::string>& Options::all(std::string_view name) const {
  static const std::vector<std::string> none;
  auto found = values_.find(name);
  return found == values_.end() ? none : found->second;
}

std::int64_t Options::number(std::string_view name) const {
  return base::parse_int<std::int64_t>(value(name)).value_or(0);
}

config::Properties Options::key_values(std::string_view name) const {
  config::Properties properties;
  for (const std::string& text : all(name)) {
    std::size_t equals = text.find('=');
    properties[text.substr(0, equals)] = equals == std::string::npos ? "" : text.substr(equals + 1);
  }
  return properties;
}

struct OptionParser::Cursor {
  const std::vector<std::string>& words;
  std::size_t at = 0;
};

OptionParser::OptionParser(std::vector<OptionSpec> specs) : specs_(std::move(specs)) {
  if (find("help") == nullptr) {
    specs_.push_back({.name = "help", .description = "Print usage information."});
  }
  specs_.push_back({.name = "version", .description = "Display Kafka version."});
}

const OptionSpec* OptionParser::find(std::string_view name, bool by_short_name) const {
  for (const OptionSpec& spec : specs_) {
    if (spec.name == name) return &spec;
    if (by_short_name && name.size() == 1 && spec.short_name == name[0]) return &spec;
  }
  return nullptr;
}

base::Error OptionParser::unknown(std::string_view name) const {
  std::vector<std::string> known;
  for (const OptionSpec& spec : specs_) known.emplace_back(spec.name);
  auto nearest = nearest_name(name, known);
  return base::Error(std::string(name) + " is not a recognized option" +
                     (nearest ? "; did you mean --" + *nearest + "?" : ""));
}

// A dash alone is a value, as is a negative number where no option has that name.
bool OptionParser::looks_like_an_option(std::string_view word) const {
  if (word.starts_with("--")) return true;
  return word.size() > 1 && word[0] == '-' && !base::parse_int<std::int64_t>(word);
}

base::Status OptionParser::take_value(const OptionSpec& spec, std::string value,
                                      Options& options) const {
  bool fits = true;
  if (spec.type == ValueType::kInteger) fits = base::parse_int<std::int32_t>(value).has_value();
  if (spec.type == ValueType::kLong) fits = base::parse_int<std::int64_t>(value).has_value();
  std::string name(spec.name);
  if (!fits) return base::Error("Cannot parse argument '" + value + "' of option " + name);
  std::vector<std::string>& values = options.values_[name];
  if (!values.empty() && !spec.repeatable) {
    return base::Error("Found multiple arguments for option " + name +
                       ", but you asked for only one");
  }
  options.add(name, value);
  values.push_back(std::move(value));
  return {};
}

base::Status OptionParser::parse_word(Cursor& cursor, Options& options) const {
  const std::string& word = cursor.words[cursor.at++];
  if (!looks_like_an_option(word)) {
    options.words_.push_back(word);
    return {};
  }
  const bool one_dash = !word.starts_with("--");
  std::string_view name = std::string_view(word).substr(one_dash ? 1 : 2);
  std::size_t equals = name.find('=');
  std::optional<std::string> value;
  if (equals != std::string_view::npos) {
    value = std::string(name.substr(equals + 1));
    name = name.substr(0, equals);
  }
  const OptionSpec* spec = find(name, one_dash);
  if (spec == nullptr) return unknown(name);
  if (spec->argument == Argument::kNone) {
    if (value) {
      return base::Error("Option " + std::string(name) + " does not accept an argument");
    }
    options.add(std::string(spec->name), "");
    options.values_[std::string(spec->name)];
    return {};
  }
  bool more = cursor.at < cursor.words.size();
  if (!value && spec->argument == Argument::kRequired) {
    if (!more) return base::Error("Option " + std::string(name) + " requires an argument");
    value = cursor.words[cursor.at++];
  }
  if (!value && more && !looks_like_an_option(cursor.words[cursor.at])) {
    value = cursor.words[cursor.at++];
  }
  if (!value) {
    options.add(std::string(spec->name), "");
    options.values_[std::string(spec->name)];
    return {};
  }
  return take_value(*spec, std::move(*value), options);
}

base::Result<Options> OptionParser::parse(const std::vector<std::string>& arguments) const {
  Options options;
  options.specs_ = &specs_;
  Cursor cursor{arguments};
  while (cursor.at < arguments.size()) {
    if (arguments[cursor.at] == "--") break;
    if (base::Status parsed = parse_word(cursor, options); !parsed) return parsed.error();
  }
  return options;
}

std::string OptionParser::usage() const {
  std::vector<const OptionSpec*> sorted;
  for (const OptionSpec& spec : specs_) sorted.push_back(&spec);
  std::sort(sorted.begin(), sorted.end(), [](const OptionSpec* left, const OptionSpec* right) {
    return left->name < right->name;
  });
  auto row = [](std::string left, const std::string& right) {
    left.resize(std::max(left.size(), kNameColumn), ' ');
    return left + " " + right + "\n";
  };
  std::string text = row("Option", "Description") + row("------", "-----------");
  for (const OptionSpec* spec : sorted) {
    std::string description(spec->description);
    if (!spec->default_value.empty()) {
      description += " (default: " + std::string(spec->default_value) + ")";
    }
    std::vector<std::string> names = wrap(usage_name(*spec), kNameColumn - 2);
    std::vector<std::string> lines = wrap(description, kTextColumn - 2);
    for (std::size_t i = 0; i < std::max(names.size(), lines.size()); ++i) {
      std::string indent = i == 0 ? "" : "  ";
      text +=
          row(i < names.size() ? indent + names[i] : "", i < lines.size() ? indent + lines[i] : "");
    }
  }
  return text;
}

int print_usage(const OptionParser& parser, std::string_view message) {
  std::fprintf(stderr, "%.*s\n%s", static_cast<int>(message.size()), message.data(),
               parser.usage().c_str());
  return 1;
}

int exit_code(const base::Status& done) {
  if (done) return 0;
  std::fflush(stdout);
  std::fprintf(stderr, "%s\n", done.error().message.c_str());
  return 1;
}

std::optional<int> help_or_version(const OptionParser& parser, const Options& options,
                                   std::size_t argument_count, std::string_view what_it_does) {
  if (argument_count == 0 || options.has("help")) return print_usage(parser, what_it_does);
  if (!options.has("version")) return std::nullopt;
  std::printf("%s\n", kVersion);
  return 0;
}

}  // namespace odradek::tools
