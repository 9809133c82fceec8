// kafka-leader-election: preferred leaders, or any leaders at the price of records.
#include <algorithm>
#include <array>
#include <cstdio>
#include <set>
#include <string_view>

#include "base/text.h"
#include "protocol/errors.h"
#include "tools/client_settings.h"
#include "tools/command_log.h"
#include "tools/commands.h"
#include "tools/election_request.h"
#include "tools/option_parser.h"
#include "tools/reassignment_plan.h"

namespace odradek::tools {
namespace {

constexpr std::array<std::string_view, 3> kWhich{"topic", "all-topic-partitions",
                                                 "path-to-json-file"};

std::vector<OptionSpec> election_options() {
  return {with_value("bootstrap-server", "host:port", "REQUIRED: the brokers to ask first."),
          with_value("admin.config", "config file", "Client settings, such as ssl.*."),
          with_value("path-to-json-file", "Path to JSON file",
                     "The partitions: {\"partitions\":[{\"topic\":\"foo\",\"partition\":1}]}."),
          with_value("topic", "topic name", "The topic of one partition."),
          with_value("partition", ValueType::kInteger, "partition id", "REQUIRED with --topic."),
          {.name = "all-topic-partitions", .description = "All partitions that need it."},
          with_value("election-type", "election type",
                     "REQUIRED: preferred, or unclean where a partition has no leader.")};
}

// What is wrong with the combination, in upstream's words; nullopt: nothing.
std::optional<std::string> check_options(const Options& options) {
  std::vector<std::string> missing;
  for (std::string_view name : {"bootstrap-server", "election-type"}) {
    if (!options.has(name)) missing.emplace_back(name);
  }
  if (!missing.empty()) return "Missing required option(s): " + base::join(missing, ", ");
  auto given = [&](std::string_view name) { return options.has(name); };
  if (std::count_if(kWhich.begin(), kWhich.end(), given) != 1) {
    return "One and only one of the following options is required: topic, all-topic-partitions, "
           "path-to-json-file";
  }
  if (given("topic") && !given("partition")) return "Missing required option(s): partition";
  if (!given("topic") && given("partition")) {
    return "Option partition is only allowed if topic is used";
  }
  return std::nullopt;
}

base::Result<ElectionKind> kind_of(const Options& options) {
  const std::string type = base::to_lower(options.value("election-type"));
  if (type == "preferred") return ElectionKind::kPreferred;
  if (type == "unclean") return ElectionKind::kUnclean;
  return base::Error("Cannot parse argument '" + options.value("election-type") +
                     "' of option election-type");
}

// None: all of them.
base::Result<std::optional<std::vector<TopicPartition>>> partitions_of(const Options& options) {
  using Partitions = std::optional<std::vector<TopicPartition>>;
  if (options.has("all-topic-partitions")) return Partitions();
  if (options.has("topic")) {
    return Partitions(
        {{options.value("topic"), static_cast<std::int32_t>(options.number("partition"))}});
  }
  auto text = read_text_file(options.value("path-to-json-file"));
  if (!text) return text.error();
  auto partitions = parse_partition_list(*text);
  if (!partitions) return partitions.error();
  return Partitions(std::move(*partitions));
}

base::Status print_outcome(const ElectionOutcome& outcome, ElectionKind kind) {
  const char* name = kind == ElectionKind::kPreferred ? "PREFERRED" : "UNCLEAN";
  if (!outcome.elected.empty()) {
    std::printf("Successfully completed leader election (%s) for partitions %s\n", name,
                listed(outcome.elected).c_str());
  }
  if (!outcome.needless.empty()) {
    std::printf("Valid replica already elected for partitions %s\n",
                listed(outcome.needless).c_str());
  }
  for (const auto& [id, error] : outcome.failed) {
    std::printf("Error completing leader election (%s) for partition: %s: %s\n", name,
                id.to_string().c_str(), error.c_str());
  }
  if (outcome.failed.empty()) return {};
  return base::Error(std::to_string(outcome.failed.size()) + " replica(s) could not be elected");
}

base::Status run(const Options& options) {
  if (auto problem = check_options(options)) return base::Error(*problem);
  auto kind = kind_of(options);
  if (!kind) return kind.error();
  auto partitions = partitions_of(options);
  if (!partitions) return partitions.error();
  auto access = ClusterAccess::open_with_file(options.value("bootstrap-server"),
                                              options.value("admin.config"));
  if (!access) return access.error();
  auto outcome = elect_leaders((*access)->client(), *kind, *partitions);
  if (!outcome) return outcome.error();
  return print_outcome(*outcome, *kind);
}

}  // namespace

int run_leader_election(const Arguments& arguments) {
  const OptionParser parser(election_options());
  auto options = parser.parse(arguments);
  if (!options) {
    std::fprintf(stderr, "%s\n", options.error().message.c_str());
    return 1;
  }
  auto helped = help_or_version(
      parser, *options, arguments.size(),
      "This tool attempts to elect a new leader for a set of topic partitions. The type of "
      "elections supported are preferred replicas and unclean replicas.");
  if (helped) return *helped;
  return exit_code(run(*options));
}

}  // namespace odradek::tools
