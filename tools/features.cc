// kafka-features: the features that brokers support and the cluster has agreed on; both the
// commands of 3.9 and the options of 2.8.
#include <algorithm>
#include <boost/json.hpp>
#include <cstdio>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "protocol/messages/api_versions.h"
#include "protocol/messages/update_features.h"
#include "tools/client_settings.h"
#include "tools/command_words.h"
#include "tools/commands.h"
#include "tools/option_parser.h"

namespace odradek::tools {
namespace {

using protocol::ErrorCode;
using Features = protocol::ApiVersionsResponse;

constexpr std::string_view kFeatureCommands[] = {"describe", "upgrade", "downgrade", "disable"};
constexpr std::string_view kOldActions[] = {"describe", "upgrade-all", "downgrade-all"};

std::vector<OptionSpec> features_options() {
  return {with_value("bootstrap-server", "servers",
                     "A comma-separated list of host:port pairs to use for establishing the "
                     "connection to the Kafka cluster."),
          with_value("bootstrap-controller", "controllers",
                     "Refused: a cluster with ZooKeeper has no such controllers."),
          with_value("command-config", "file",
                     "Property file containing configs to be passed to Admin Client."),
          repeatable(with_value("feature", "feature=level",
                                "What to upgrade, downgrade or disable (there without a level).")),
          with_value("metadata", "version",
                     "Refused: a cluster with ZooKeeper has no metadata.version."),
          {.name = "unsafe", .description = "Also where metadata may be lost."},
          {.name = "dry-run", .description = "Validate, but do not perform it."},
          {.name = "describe", .description = "As the command, in the words of 2.8."},
          {.name = "upgrade-all",
           .description = "Up to all levels that this tool knows, as 2.8: there are none."},
          {.name = "downgrade-all",
           .description = "Down to all levels that this tool knows, as 2.8: deletes them."},
          {.name = "json", .description = "Describe in JSON."},
          {.name = "help", .description = "Print usage information.", .short_name = 'h'}};
}

base::Result<Features> features_of(client::ClusterClient& client) {
  const protocol::ApiVersionsRequest request{.client_software_name = "odradek-tools",
                                             .client_software_version = "1"};
  return client.call_any<protocol::ApiVersionsRequest, Features>(request);
}

std::string epoch_text(const Features& features) {
  const std::int64_t epoch = features.finalized_features_epoch;
  return epoch < 0 ? "-" : std::to_string(epoch);
}

const Features::FinalizedFeature* finalized(const Features& features, const std::string& name) {
  for (const auto& feature : features.finalized_features) {
    if (feature.name == name) return &feature;
  }
  return nullptr;
}

const Features::SupportedFeature* supported(const Features& features, const std::string& name) {
  for (const auto& feature : features.supported_features) {
    if (feature.name == name) return &feature;
  }
  return nullptr;
}

void print_features_json(const Features& features, const std::set<std::string>& names) {
  boost::json::array shown;
  for (const std::string& name : names) {
    boost::json::object feature{{"feature", name}};
    if (const auto* range = supported(features, name)) {
      feature["supported_min"] = range->min_version;
      feature["supported_max"] = range->max_version;
    }
    if (const auto* level = finalized(features, name)) {
      feature["finalized_min"] = level->min_version_level;
      feature["finalized_max"] = level->max_version_level;
    }
    shown.push_back(std::move(feature));
  }
  boost::json::object document{{"version", 1}, {"features", std::move(shown)}};
  document["epoch"] = features.finalized_features_epoch;
  std::puts(boost::json::serialize(document).c_str());
}

// In the words of 3.9, or of 2.8.
std::string feature_line(const Features& features, const std::string& name, bool old_words) {
  const auto* range = supported(features, name);
  const auto* level = finalized(features, name);
  auto number = [](const auto* of, std::int16_t value) {
    return of == nullptr ? std::string("-") : std::to_string(value);
  };
  std::string line = "Feature: " + name +
                     "\tSupportedMinVersion: " + number(range, range ? range->min_version : 0) +
                     "\tSupportedMaxVersion: " + number(range, range ? range->max_version : 0);
  if (old_words) {
    line += "\tFinalizedMinVersionLevel: " + number(level, level ? level->min_version_level : 0) +
            "\tFinalizedMaxVersionLevel: " + number(level, level ? level->max_version_level : 0);
  } else {
    line += "\tFinalizedVersionLevel: " + std::to_string(level ? level->max_version_level : 0);
  }
  return line + "\tEpoch: " + epoch_text(features);
}

base::Status describe(client::ClusterClient& client, const Options& options, bool old_words) {
  auto features = features_of(client);
  if (!features) return features.error();
  std::set<std::string> names;
  for (const auto& feature : features->supported_features) names.insert(feature.name);
  if (old_words || options.has("json")) {
    for (const auto& feature : features->finalized_features) names.insert(feature.name);
  }
  if (options.has("json")) {
    print_features_json(*features, names);
    return {};
  }
  for (const std::string& name : names) std::puts(feature_line(*features, name, old_words).c_str());
  return {};
}

using Levels = std::map<std::string, std::int16_t>;

base::Result<Levels> wanted_levels(const std::string& command, const Options& options) {
  if (options.has("metadata")) {
    return base::Error(
        "--metadata is about metadata.version, which a cluster with ZooKeeper does not have");
  }
  Levels levels;
  for (const std::string& text : options.all("feature")) {
    std::string name = text;
    std::optional<std::int16_t> level = std::int16_t{0};
    if (command != "disable") {
      const std::size_t equals = text.find('=');
      const std::string cannot = "Can't parse feature=level string " + text + ": ";
      if (equals == std::string::npos) return base::Error(cannot + "equals sign not found.");
      name = base::trim(text.substr(0, equals));
      const std::string number(base::trim(std::string_view(text).substr(equals + 1)));
      level = base::parse_int<std::int16_t>(number);
      if (!level) return base::Error(cannot + "unable to parse " + number + " as a short.");
    }
    if (!levels.emplace(name, *level).second) {
      return base::Error("Feature " + name + " was specified more than once.");
    }
  }
  if (levels.empty()) return base::Error("You must specify at least one feature to " + command);
  return levels;
}

struct Update {
  std::string command;
  bool unsafe = false;
  bool dry_run = false;
};

// What the controller says to each; no text: done.
base::Result<std::map<std::string, std::string>> send_updates(client::ClusterClient& client,
                                                              const Update& update,
                                                              const Levels& levels) {
  using Request = protocol::UpdateFeaturesRequest;
  using Response = protocol::UpdateFeaturesResponse;
  constexpr std::int8_t kUpgrade = 1;
  constexpr std::int8_t kSafeDowngrade = 2;
  constexpr std::int8_t kUnsafeDowngrade = 3;
  const std::int8_t down = update.unsafe ? kUnsafeDowngrade : kSafeDowngrade;
  const bool upgrades = update.command == "upgrade";
  Request request{.timeout_ms = kAdminTimeoutMs, .validate_only = update.dry_run};
  for (const auto& [name, level] : levels) {
    request.feature_updates.push_back({.feature = name,
                                       .max_version_level = level,
                                       .allow_downgrade = !upgrades,
                                       .upgrade_type = upgrades ? kUpgrade : down});
  }
  auto answer = client.call_controller<Request, Response>(
      request, [](const Response& response) { return response.error_code; });
  if (!answer) return answer.error();
  auto text_of = [](ErrorCode code, const std::optional<std::string>& message) {
    return code == ErrorCode::kNone ? ""
                                    : message.value_or(std::string(protocol::error_name(code)));
  };
  std::map<std::string, std::string> results;
  for (const auto& level : levels) {
    results[level.first] = text_of(answer->error_code, answer->error_message);
  }
  for (const auto& result : answer->results) {
    results[result.feature] = text_of(result.error_code, result.error_message);
  }
  return results;
}

base::Status change(client::ClusterClient& client, const Update& update, const Levels& levels) {
  auto results = send_updates(client, update, levels);
  if (!results) return results.error();
  std::size_t failures = 0;
  const bool disables = update.command == "disable";
  for (const auto& [name, error] : *results) {
    auto level = levels.find(name);
    if (level == levels.end()) continue;
    const std::string to = std::to_string(level->second);
    if (error.empty()) {
      std::printf("%s %s %s\n", name.c_str(), update.dry_run ? "can be" : "was",
                  (disables ? "disabled." : update.command + "d to " + to + ".").c_str());
      continue;
    }
    ++failures;
    const std::string what =
        disables ? "disable " + name : update.command + " " + name + " to " + to;
    std::printf("%s %s. %s\n", update.dry_run ? "Can not" : "Could not", what.c_str(),
                error.c_str());
  }
  if (failures == 0) return {};
  return base::Error(std::to_string(failures) + " out of " + std::to_string(levels.size()) +
                     " operation(s) failed.");
}

// 2.8's tool knew no feature: it never adds one, and takes back all that are there.
base::Status change_all(client::ClusterClient& client, const Options& options) {
  if (options.has("upgrade-all")) return {};
  auto features = features_of(client);
  if (!features) return features.error();
  Levels levels;
  for (const auto& feature : features->finalized_features) levels[feature.name] = 0;
  if (levels.empty()) return {};
  return change(client, {.command = "disable", .dry_run = options.has("dry-run")}, levels);
}

base::Status run_feature_command(const std::string& command, const Options& options,
                                 bool old_words) {
  auto access = ClusterAccess::open_with_file(options.value("bootstrap-server"),
                                              options.value("command-config"));
  if (!access) return access.error();
  client::ClusterClient& client = (*access)->client();
  if (command == "describe") return describe(client, options, old_words);
  if (old_words) return change_all(client, options);
  auto levels = wanted_levels(command, options);
  if (!levels) return levels.error();
  return change(
      client,
      {.command = command, .unsafe = options.has("unsafe"), .dry_run = options.has("dry-run")},
      *levels);
}

int run_old_words(const OptionParser& parser, const Options& options) {
  std::vector<std::string> actions;
  for (std::string_view action : kOldActions) {
    if (options.has(action)) actions.emplace_back(action);
  }
  if (actions.size() != 1) {
    return print_usage(parser,
                       "Command must include exactly one action: --describe, --upgrade-all, "
                       "--downgrade-all.");
  }
  if (!options.has("bootstrap-server")) {
    return print_usage(parser, "Missing required argument \"[bootstrap-server]\"");
  }
  if (options.has("dry-run") && options.has("describe")) {
    return print_usage(parser,
                       "Command can contain --dry-run option only when either --upgrade-all or "
                       "--downgrade-all actions are provided.");
  }
  return exit_code(run_feature_command(actions.front(), options, true));
}

}  // namespace

int run_features(const Arguments& arguments) {
  const CommandWords words{"kafka-features", kFeatureCommands};
  const OptionParser parser(features_options());
  auto options = parser.parse(arguments);
  if (!options) return words.refuse(options.error().message);
  if (options->has("help")) return words.help(parser, "This tool manages feature flags in Kafka.");
  const bool old_words = std::any_of(std::begin(kOldActions), std::end(kOldActions),
                                     [&](std::string_view name) { return options->has(name); });
  if (old_words) return run_old_words(parser, *options);
  auto command = words.command(*options);
  if (!command) return words.refuse(command.error().message);
  return exit_code(run_feature_command(*command, *options, false));
}

}  // namespace odradek::tools
