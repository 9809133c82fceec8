#include "tools/topics_command.h"

#include <algorithm>
#include <array>
#include <limits>

#include "base/text.h"

namespace odradek::tools {
namespace {

constexpr std::array<std::string_view, 5> kActions{"create", "list", "alter", "describe", "delete"};
constexpr std::array<std::string_view, 4> kReplicationReports{
    "under-replicated-partitions", "under-min-isr-partitions", "at-min-isr-partitions",
    "unavailable-partitions"};

std::string quoted(std::string_view option) { return "\"[" + std::string(option) + "]\""; }

std::string conflict(std::string_view used, std::string_view other) {
  return "Option " + quoted(used) + " can't be used with option " + quoted(other);
}

// Which actions an option belongs to.
struct OptionScope {
  std::string_view option;
  std::vector<std::string_view> actions;
};

const std::vector<OptionScope>& scopes() {
  static const std::vector<OptionScope> rows{
      {"config", {"alter", "create"}},
      {"partitions", {"alter", "create"}},
      {"replication-factor", {"create"}},
      {"replica-assignment", {"alter", "create"}},
      {"under-replicated-partitions", {"describe"}},
      {"under-min-isr-partitions", {"describe"}},
      {"at-min-isr-partitions", {"describe"}},
      {"unavailable-partitions", {"describe"}},
      {"topics-with-overrides", {"describe"}},
      {"if-exists", {"alter", "delete", "describe"}},
      {"if-not-exists", {"create"}},
      {"exclude-internal", {"list", "describe"}},
  };
  return rows;
}

std::optional<std::string> check_required(const Options& options) {
  auto missing = [&](std::string_view name) -> std::optional<std::string> {
    if (options.has(name)) return std::nullopt;
    return "Missing required argument " + quoted(name);
  };
  if (options.has("describe") && options.has("if-exists") && !options.has("topic") &&
      !options.has("topic-id")) {
    return "--topic or --topic-id is required to describe a topic";
  }
  if (!options.has("list") && !options.has("describe")) {
    if (auto problem = missing("topic")) return problem;
  }
  if (options.has("create") && options.has("zookeeper") && !options.has("replica-assignment")) {
    if (auto problem = missing("partitions")) return problem;
    if (auto problem = missing("replication-factor")) return problem;
  }
  if (!options.has("alter") || options.has("zookeeper")) return std::nullopt;
  if (options.has("config") || options.has("delete-config")) {
    std::string_view used = options.has("config") ? "config" : "delete-config";
    return "Option combination \"[bootstrap-server],[" + std::string(used) +
           "]\" can't be used with option \"[alter]\" (the kafka-configs tool changes the configs "
           "of topics)";
  }
  return missing("partitions");
}

std::optional<std::string> check_conflicts(const Options& options) {
  for (const OptionScope& scope : scopes()) {
    if (!options.has(scope.option)) continue;
    for (std::string_view action : kActions) {
      bool allowed = std::count(scope.actions.begin(), scope.actions.end(), action) > 0;
      if (!allowed && options.has(action)) return conflict(scope.option, action);
    }
  }
  if (options.has("create") && options.has("replica-assignment")) {
    for (std::string_view other : {"partitions", "replication-factor"}) {
      if (options.has(other)) return conflict("replica-assignment", other);
    }
  }
  for (std::string_view report : kReplicationReports) {
    if (!options.has(report)) continue;
    if (options.has("topics-with-overrides")) return conflict(report, "topics-with-overrides");
    bool needs_configs = report.find("min-isr") != std::string_view::npos;
    if (needs_configs && options.has("zookeeper")) return conflict(report, "zookeeper");
  }
  return std::nullopt;
}

TopicsAction action_of(const Options& options) {
  if (options.has("create")) return TopicsAction::kCreate;
  if (options.has("describe")) return TopicsAction::kDescribe;
  if (options.has("alter")) return TopicsAction::kAlter;
  if (options.has("delete")) return TopicsAction::kDelete;
  return TopicsAction::kList;
}

base::Result<config::Properties> parse_configs(const Options& options) {
  config::Properties configs;
  for (const std::string& text : options.all("config")) {
    std::size_t equals = text.find('=');
    if (equals == std::string::npos || base::trim(text.substr(equals + 1)).empty()) {
      return base::Error(
          "requirement failed: Invalid topic config: all configs to be added must be in the format "
          "\"key=val\".");
    }
    configs[std::string(base::trim(text.substr(0, equals)))] =
        base::trim(std::string_view(text).substr(equals + 1));
  }
  return configs;
}

base::Status read_counts(const Options& options, TopicsCommand& command) {
  if (options.has("partitions")) {
    command.partitions = static_cast<std::int32_t>(options.number("partitions"));
    if (*command.partitions < 1) return base::Error("The partitions must be greater than 0");
  }
  if (options.has("replication-factor")) {
    std::int64_t factor = options.number("replication-factor");
    constexpr std::int64_t kMost = std::numeric_limits<std::int16_t>::max();
    if (factor < 1 || factor > kMost) {
      return base::Error("The replication factor must be between 1 and " + std::to_string(kMost) +
                         " inclusive");
    }
    command.replication_factor = static_cast<std::int16_t>(factor);
  }
  return {};
}

base::Result<std::vector<protocol::BrokerId>> parse_replicas(std::string_view text) {
  std::vector<protocol::BrokerId> replicas;
  std::vector<std::string> twice;
  for (std::string_view part : base::split(text, ':')) {
    auto id = base::parse_int<protocol::BrokerId>(base::trim(part));
    if (!id) return base::Error("For input string: \"" + std::string(part) + "\"");
    if (std::count(replicas.begin(), replicas.end(), *id) == 1)
      twice.push_back(std::to_string(*id));
    replicas.push_back(*id);
  }
  if (twice.empty()) return replicas;
  return base::Error("Partition replica lists may not contain duplicate entries: " +
                     base::join(twice, ","));
}

}  // namespace

std::vector<OptionSpec> topics_options() {
  auto flag = [](std::string_view name, std::string_view description) {
    return OptionSpec{.name = name, .description = description};
  };
  auto count = [](std::string_view name, std::string_view value, std::string_view description) {
    return with_value(name, ValueType::kInteger, value, description);
  };
  return {
      with_value("bootstrap-server", "server to connect to", "REQUIRED: the brokers to ask first."),
      with_value("zookeeper", "hosts",
                 "DEPRECATED: ZooKeeper's host:port,…/chroot, instead of brokers."),
      with_value("command-config", "command config property file",
                 "Client settings, such as ssl.*."),
      flag("list", "List all topics."),
      flag("create", "Create a topic."),
      flag("delete", "Delete topics."),
      flag("alter", "Give topics more partitions."),
      flag("describe", "Show topics with their partitions."),
      with_value("topic", "topic", "The topic; a regular expression, except with --create."),
      with_value("topic-id", "topic-id", "The topic to describe, by its id."),
      repeatable(with_value("config", "name=value", "An override for the new topic.")),
      repeatable(with_value("delete-config", "name", "An override to remove.")),
      count("partitions", "# of partitions",
            "How many partitions; the broker's default if absent."),
      count("replication-factor", "replication factor",
            "Replicas of each partition; the broker's default if absent."),
      with_value("replica-assignment", "broker_id:broker_id,broker_id:broker_id…",
                 "The replicas of each partition, by hand."),
      flag("under-replicated-partitions", "Describe only partitions that lack a replica."),
      flag("unavailable-partitions", "Describe only partitions without a living leader."),
      flag("under-min-isr-partitions", "Describe only partitions below min.insync.replicas."),
      flag("at-min-isr-partitions", "Describe only partitions right at min.insync.replicas."),
      flag("topics-with-overrides", "Describe only topics with configs of their own."),
      flag("if-exists", "No error when the topic is not there."),
      flag("if-not-exists", "No error when the topic is there already."),
      flag("disable-rack-aware", "Ignore racks when placing replicas."),
      flag("force", "Ask no questions."),
      flag("exclude-internal", "Leave the brokers' own topics out."),
      count("partition-size-limit-per-response", "maximum number of partitions",
            "Accepted; answers are not split here."),
  };
}

std::optional<std::string> check_topics_options(const Options& options) {
  auto given = [&](std::string_view name) { return options.has(name); };
  if (std::count_if(kActions.begin(), kActions.end(), given) != 1) {
    return "Command must include exactly one action: --list, --describe, --create, --alter or "
           "--delete";
  }
  if (!given("bootstrap-server") && !given("zookeeper")) {
    return "--bootstrap-server must be specified";
  }
  if (given("bootstrap-server") && given("zookeeper")) {
    return "Only one of --bootstrap-server or --zookeeper must be specified";
  }
  if (auto problem = check_required(options)) return problem;
  return check_conflicts(options);
}

base::Result<TopicsCommand> topics_command(const Options& options) {
  TopicsCommand command;
  command.action = action_of(options);
  command.bootstrap_servers = options.value("bootstrap-server");
  command.zookeeper = options.value("zookeeper");
  command.settings_path = options.value("command-config");
  command.topic = options.given("topic");
  if (auto id = options.given("topic-id")) {
    auto parsed = base::Uuid::parse(*id);
    if (!parsed) return base::Error("Input string `" + *id + "` is not a topic id");
    if (!parsed->is_zero()) command.topic_id = parsed;
  }
  if (base::Status read = read_counts(options, command); !read) return read.error();
  if (std::string text = options.value("replica-assignment"); !text.empty()) {
    auto assignment = parse_replica_assignment(text);
    if (!assignment) return assignment.error();
    command.assignment = std::move(*assignment);
  }
  auto configs = parse_configs(options);
  if (!configs) return configs.error();
  command.configs = std::move(*configs);
  for (const std::string& name : options.all("delete-config")) {
    command.deleted_configs.emplace_back(base::trim(name));
  }
  command.if_exists = options.has("if-exists");
  command.if_not_exists = options.has("if-not-exists");
  command.exclude_internal = options.has("exclude-internal");
  command.filter = {.under_replicated = options.has("under-replicated-partitions"),
                    .unavailable = options.has("unavailable-partitions"),
                    .under_min_isr = options.has("under-min-isr-partitions"),
                    .at_min_isr = options.has("at-min-isr-partitions"),
                    .with_overrides = options.has("topics-with-overrides")};
  return command;
}

base::Result<std::map<std::int32_t, std::vector<protocol::BrokerId>>> parse_replica_assignment(
    const std::string& text) {
  std::map<std::int32_t, std::vector<protocol::BrokerId>> assignment;
  std::int32_t partition = 0;
  for (std::string_view part : base::split(text, ',')) {
    auto replicas = parse_replicas(part);
    if (!replicas) return replicas.error();
    if (partition > 0 && replicas->size() != assignment[0].size()) {
      return base::Error("Partition " + std::to_string(partition) +
                         " has different replication factor: " + std::string(part));
    }
    assignment[partition++] = std::move(*replicas);
  }
  return assignment;
}

}  // namespace odradek::tools
