#include "tools/consumer_groups_options.h"

#include <algorithm>
#include <string_view>

namespace odradek::tools {
namespace {

constexpr std::string_view kActions[] = {"list", "describe", "delete", "reset-offsets",
                                         "delete-offsets"};
constexpr std::string_view kScenarios[] = {"to-offset",   "shift-by",  "to-datetime", "by-duration",
                                           "to-earliest", "to-latest", "to-current",  "from-file"};

template <std::size_t N>
std::size_t count_of(const Options& options, const std::string_view (&names)[N]) {
  return static_cast<std::size_t>(
      std::count_if(std::begin(names), std::end(names),
                    [&](std::string_view name) { return options.has(name); }));
}

bool names_groups(const Options& options) {
  return options.has("group") || options.has("all-groups");
}

std::optional<std::string> check_describe(const Options& options) {
  constexpr std::string_view kWhat[] = {"members", "offsets", "state"};
  if (!options.has("describe")) {
    for (std::string_view name : {"members", "verbose", "offsets"}) {
      if (options.has(name)) return "Option [" + std::string(name) + "] goes with [describe] only";
    }
    return std::nullopt;
  }
  if (!names_groups(options)) {
    return "Option [describe] takes one of these options: [group], [all-groups]";
  }
  if (count_of(options, kWhat) > 1) {
    return "Option [describe] takes at most one of these options: [members], [offsets], [state]";
  }
  if (!options.value("state").empty()) return "Option [describe] does not take a value for [state]";
  return std::nullopt;
}

std::optional<std::string> check_delete(const Options& options) {
  if (options.has("delete")) {
    if (!names_groups(options)) {
      return "Option [delete] takes one of these options: [group], [all-groups]";
    }
    if (options.has("topic")) {
      return "The consumer does not support topic-specific offset deletion from a consumer group.";
    }
  }
  bool needs_more =
      options.has("delete-offsets") && !(options.has("group") && options.has("topic"));
  if (needs_more) return "Option [delete-offsets] takes the following options: [group], [topic]";
  return std::nullopt;
}

std::optional<std::string> check_reset(const Options& options) {
  if (!options.has("reset-offsets")) return std::nullopt;
  if (options.has("dry-run") && options.has("execute")) {
    return "Option [reset-offsets] only accepts one of [execute] and [dry-run]";
  }
  if (!names_groups(options)) {
    return "Option [reset-offsets] takes one of these options: [group], [all-groups]";
  }
  if (count_of(options, kScenarios) != 1) {
    std::string all;
    for (std::string_view name : kScenarios) {
      all += (all.empty() ? "[" : ", [") + std::string(name) + "]";
    }
    return "Option [reset-offsets] requires one of the following scenarios: " + all;
  }
  bool has_scope = options.has("all-topics") || options.has("topic") || options.has("from-file");
  if (!has_scope) return "One of the reset scopes should be defined: --all-topics, --topic.";
  return std::nullopt;
}

}  // namespace

std::vector<OptionSpec> consumer_groups_options() {
  return {
      {.name = "all-groups", .description = "Apply to all consumer groups."},
      {.name = "all-topics",
       .description = "Consider all topics assigned to a group in the `reset-offsets` process."},
      with_value("bootstrap-server", "server to connect to",
                 "REQUIRED: The server(s) to connect to."),
      with_value("by-duration", "duration",
                 "Reset offsets to offset by duration from current timestamp. Format: "
                 "'PnDTnHnMnS'"),
      with_value("command-config", "command config property file",
                 "Property file containing configs to be passed to Admin Client and Consumer."),
      {.name = "delete", .description = "Delete the groups with all their offsets."},
      {.name = "delete-offsets",
       .description = "Delete offsets of consumer group. Supports one consumer group at the time, "
                      "and multiple topics."},
      {.name = "describe",
       .description = "Describe consumer group and list offset lag (number of messages not yet "
                      "processed) related to given group."},
      {.name = "dry-run",
       .description = "Only show results without executing changes on Consumer Groups. Supported "
                      "operations: reset-offsets."},
      {.name = "execute", .description = "Execute operation. Supported operations: reset-offsets."},
      {.name = "export",
       .description = "Export operation execution to a CSV file. Supported operations: "
                      "reset-offsets."},
      with_value("from-file", "path to CSV file", "Reset offsets to values defined in CSV file."),
      repeatable(with_value("group", "consumer group", "The consumer group we wish to act on.")),
      {.name = "list", .description = "List all consumer groups."},
      {.name = "members", .description = "Describe members of the group."},
      {.name = "offsets",
       .description = "Describe the group and list all topic partitions in the group along with "
                      "their offset lag. This is the default of '--describe'."},
      {.name = "reset-offsets",
       .description = "Reset offsets of consumer groups whose members are inactive. --dry-run (the "
                      "default) shows the plan, --execute carries it out, --export prints it as "
                      "CSV."},
      with_value("shift-by", ValueType::kLong, "number-of-offsets",
                 "Reset offsets shifting current offset by 'n', where 'n' can be positive or "
                 "negative."),
      {.name = "state",
       .argument = Argument::kOptional,
       .value_name = "states",
       .description = "With '--describe' the state of the group. With '--list' the states of all "
                      "groups, or the groups with these states."},
      with_value("timeout", ValueType::kLong, "timeout (ms)",
                 "How long one answer is waited for, in milliseconds.", "5000"),
      with_value("to-datetime", "datetime",
                 "Reset offsets to offset from datetime. Format: 'YYYY-MM-DDTHH:mm:SS.sss'"),
      {.name = "to-current", .description = "Reset offsets to current offset."},
      {.name = "to-earliest", .description = "Reset offsets to earliest offset."},
      {.name = "to-latest", .description = "Reset offsets to latest offset."},
      with_value("to-offset", ValueType::kLong, "offset", "Reset offsets to a specific offset."),
      repeatable(with_value("topic", "topic",
                            "The topic whose offsets are deleted or reset, with the partitions "
                            "meant as in `topic1:0,1,2`.")),
      {.name = "type",
       .argument = Argument::kOptional,
       .value_name = "types",
       .description = "With '--list' the types of all groups, or the groups of these types."},
      {.name = "strict", .description = "End with exit code 1 when anything failed."},
      {.name = "verbose", .description = "With '--members': what each of them reads."},
  };
}

std::optional<std::string> check_consumer_groups_options(const Options& options) {
  if (!options.has("bootstrap-server")) return "Missing required argument \"[bootstrap-server]\"";
  if (count_of(options, kActions) != 1) {
    return "Command must include exactly one action: --list, --describe, --delete, "
           "--reset-offsets, --delete-offsets";
  }
  bool has_both = options.has("group") && options.has("all-groups");
  if (has_both) return "Option \"[group]\" can't be used with option \"[all-groups]\"";
  for (auto* check : {check_describe, check_delete, check_reset}) {
    if (auto problem = check(options)) return problem;
  }
  return std::nullopt;
}

}  // namespace odradek::tools
