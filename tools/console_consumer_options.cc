#include "tools/console_consumer_options.h"

#include <set>

#include "base/random.h"
#include "base/text.h"
#include "tools/client_settings.h"

namespace odradek::tools {
namespace {

constexpr std::uint64_t kAnonymousGroups = 100'000;

OptionSpec number(ValueType type, OptionSpec spec) {
  spec.type = type;
  return spec;
}

base::Status set_group(const Options& options, const config::Properties& file,
                       ConsoleConsumerCommand& command) {
  std::set<std::string> groups;
  if (auto group = options.given("group")) groups.insert(*group);
  config::Properties extra = options.key_values("consumer-property");
  for (const config::Properties* source : {&file, &std::as_const(extra)}) {
    auto group = source->find("group.id");
    if (group != source->end()) groups.insert(group->second);
  }
  if (groups.size() > 1) {
    std::vector<std::string> quoted;
    for (const std::string& group : groups) quoted.push_back("'" + group + "'");
    return base::Error(
        "The group ids provided in different places (directly using '--group', via "
        "'--consumer-property', or via '--consumer.config') do not match. Detected group ids: " +
        base::join(quoted, ", "));
  }
  if (!groups.empty() && command.partition) {
    return base::Error("Options group and partition cannot be specified together.");
  }
  if (!groups.empty()) {
    command.settings["group.id"] = *groups.begin();
    return {};
  }
  base::Random random = base::Random::from_entropy();
  command.settings["group.id"] =
      "console-consumer-" + std::to_string(random.below(kAnonymousGroups));
  command.settings.try_emplace("enable.auto.commit", "false");
  return {};
}

base::Status set_offset_reset(const Options& options, ConsoleConsumerCommand& command) {
  bool from_beginning = options.has("from-beginning");
  auto found = command.settings.find("auto.offset.reset");
  if (found == command.settings.end()) {
    command.settings["auto.offset.reset"] = from_beginning ? "earliest" : "latest";
  } else if (from_beginning && found->second != "earliest") {
    return base::Error("Can't simultaneously specify --from-beginning and 'auto.offset.reset=" +
                       found->second + "', please remove one option");
  }
  return {};
}

base::Status set_offset(const Options& options, ConsoleConsumerCommand& command) {
  if (!options.has("offset")) {
    command.offset = options.has("from-beginning") ? kEarliestOffset : kLatestOffset;
    return {};
  }
  std::string text = options.value("offset");
  if (base::equals_ignoring_case(text, "earliest")) {
    command.offset = kEarliestOffset;
  } else if (base::equals_ignoring_case(text, "latest")) {
    command.offset = kLatestOffset;
  } else if (auto offset = base::parse_int<std::int64_t>(text, 0)) {
    command.offset = *offset;
  } else {
    return base::Error("The provided offset value '" + text +
                       "' is incorrect. Valid values are 'earliest', 'latest', or a non-negative "
                       "long.");
  }
  return {};
}

base::Status set_client(const Options& options, ConsoleConsumerCommand& command) {
  auto file = read_client_settings(options.value("consumer.config"));
  if (!file) return file.error();
  command.settings = *file;
  for (auto& [key, value] : options.key_values("consumer-property")) command.settings[key] = value;
  if (base::Status set = set_offset_reset(options, command); !set) return set;
  command.settings["bootstrap.servers"] = options.value("bootstrap-server");
  command.settings.try_emplace("client.id", "console-consumer");
  if (options.has("isolation-level") || !command.settings.contains("isolation.level")) {
    command.settings["isolation.level"] = options.value("isolation-level");
  }
  return set_group(options, *file, command);
}

base::Status set_formatter(const Options& options, ConsoleConsumerCommand& command) {
  command.formatter = options.value("formatter");
  auto file = read_client_settings(options.value("formatter-config"));
  if (!file) return file.error();
  command.formatter_properties = std::move(*file);
  for (const char* side : {"key", "value"}) {
    std::string name = options.value(std::string(side) + "-deserializer");
    if (!name.empty()) command.formatter_properties[std::string(side) + ".deserializer"] = name;
  }
  for (auto& [key, value] : options.key_values("property")) {
    command.formatter_properties[key] = value;
  }
  return {};
}

}  // namespace

std::vector<OptionSpec> console_consumer_options() {
  return {
      with_value("topic", "topic", "The topic to read."),
      with_value("whitelist", "Java regex (String)", "DEPRECATED: use --include."),
      with_value("include", "Java regex (String)", "A regular expression for the topics to read."),
      number(ValueType::kInteger,
             with_value("partition", "partition",
                        "The one partition to read, from its end unless --offset says otherwise.")),
      with_value("offset", "consume offset", "With --partition: a number, earliest or latest.",
                 "latest"),
      repeatable(with_value("consumer-property", "consumer_prop", "A client setting, name=value.")),
      with_value("consumer.config", "config file", "Client settings, such as ssl.*."),
      with_value("formatter", "class", "How records are printed.",
                 "org.apache.kafka.tools.consumer.DefaultMessageFormatter"),
      repeatable(with_value(
          "property", "prop",
          "For the formatter, name=value: print.timestamp, print.partition, print.offset, "
          "print.epoch, print.headers, print.key, print.value, key.separator, line.separator, "
          "headers.separator, null.literal, key.deserializer, value.deserializer, "
          "headers.deserializer.")),
      with_value("formatter-config", "config file", "Properties for the formatter."),
      {.name = "from-beginning",
       .description = "Begin with the first record where there is no committed offset."},
      number(ValueType::kInteger,
             with_value("max-messages", "num_messages", "End after so many records.")),
      number(ValueType::kLong,
             with_value("timeout-ms", "timeout_ms", "End when no record came for so long.")),
      {.name = "skip-message-on-error",
       .description = "Go on after a record that cannot be printed."},
      with_value("bootstrap-server", "server to connect to", "REQUIRED: the brokers to ask first."),
      with_value("key-deserializer", "deserializer for key", "The Java class's name."),
      with_value("value-deserializer", "deserializer for values", "The Java class's name."),
      {.name = "enable-systest-events", .description = "Print shutdown_complete at the end."},
      with_value("isolation-level", "", "read_committed or read_uncommitted.", "read_uncommitted"),
      with_value("group", "consumer group id", "The consumer group to be in."),
  };
}

std::optional<std::string> check_console_consumer_options(const Options& options) {
  int topics = 0;
  for (const char* name : {"topic", "include", "whitelist"}) topics += options.has(name) ? 1 : 0;
  if (topics != 1) return "Exactly one of --include/--topic is required. ";
  if (options.has("partition")) {
    if (!options.has("topic")) return "The topic is required when partition is specified.";
    if (options.has("from-beginning") && options.has("offset")) {
      return "Options from-beginning and offset cannot be specified together.";
    }
  } else if (options.has("offset")) {
    return "The partition is required when offset is specified.";
  }
  if (!options.has("bootstrap-server")) return "Missing required argument \"[bootstrap-server]\"";
  return std::nullopt;
}

base::Result<ConsoleConsumerCommand> console_consumer_command(const Options& options) {
  ConsoleConsumerCommand command;
  command.topic = options.value("topic");
  command.include = options.value(options.has("include") ? "include" : "whitelist");
  if (options.has("partition")) {
    command.partition = static_cast<std::int32_t>(options.number("partition"));
  }
  if (base::Status set = set_offset(options, command); !set) return set.error();
  if (base::Status set = set_client(options, command); !set) return set.error();
  if (base::Status set = set_formatter(options, command); !set) return set.error();
  if (options.has("max-messages") && options.number("max-messages") != -1) {
    command.max_messages = options.number("max-messages");
  }
  if (options.has("timeout-ms") && options.number("timeout-ms") >= 0) {
    command.timeout_ms = options.number("timeout-ms");
  }
  command.skip_message_on_error = options.has("skip-message-on-error");
  command.systest_events = options.has("enable-systest-events");
  return command;
}

}  // namespace odradek::tools
