// kafka-consumer-groups: list, describe, delete and reset consumer groups and their offsets.
#include <cstdio>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/text.h"
#include "tools/client_settings.h"
#include "tools/cluster_groups.h"
#include "tools/commands.h"
#include "tools/consumer_groups_options.h"
#include "tools/group_tables.h"
#include "tools/offset_reset.h"

namespace odradek::tools {
namespace {

using protocol::ErrorCode;
using protocol::TopicPartition;

constexpr std::int64_t kLatest = -1;

// In the words under which scripts look for it.
std::string explained(const base::Error& error) {
  const std::string package =
      "java.util.concurrent.ExecutionException: org.apache.kafka.common.errors.";
  switch (protocol::code_of(error)) {
    case ErrorCode::kGroupIdNotFound:
      return package + "GroupIdNotFoundException: The group id does not exist.";
    case ErrorCode::kNonEmptyGroup:
      return package + "GroupNotEmptyException: The group is not empty.";
    default:
      return error.message;
  }
}

class ConsumerGroups {
 public:
  ConsumerGroups(ClusterGroups& groups, const Options& options)
      : groups_(groups), options_(options) {}

  // Something that is told where it stands, and does not end the command.
  bool has_failed() const { return failed_; }

  base::Status run() {
    if (options_.has("list")) return list();
    if (options_.has("describe")) return describe();
    if (options_.has("delete")) return remove();
    if (options_.has("delete-offsets")) return remove_offsets();
    return reset();
  }

 private:
  base::Result<std::vector<std::string>> meant() {
    if (!options_.has("all-groups")) return options_.all("group");
    auto groups = groups_.list({}, {});
    if (!groups) return groups.error();
    std::vector<std::string> names;
    for (auto& group : *groups) names.push_back(std::move(group.group_id));
    return names;
  }
  std::set<std::string> filter(const char* option) const {
    auto parts = base::split_list(options_.value(option));
    return {parts.begin(), parts.end()};
  }

  base::Status list() {
    auto groups = groups_.list(filter("state"), filter("type"));
    if (!groups) return groups.error();
    if (options_.has("state") || options_.has("type")) {
      print_listing(*groups, options_.has("type"), options_.has("state"));
      return {};
    }
    for (const auto& group : *groups) std::printf("%s\n", group.group_id.c_str());
    return {};
  }

  base::Status describe() {
    auto names = meant();
    if (!names) return names.error();
    for (const std::string& name : *names) {
      auto described = groups_.describe(name);
      if (!described) return described.error();
      failed_ = failed_ || described->group.group_state == "Dead";
      if (options_.has("state")) {
        print_state(*described);
      } else if (options_.has("members")) {
        print_members(*described, options_.has("verbose"));
      } else {
        base::Status shown = describe_offsets(*described);
        if (!shown) return shown;
      }
    }
    return {};
  }

  base::Status describe_offsets(const DescribedGroup& described) {
    auto committed = groups_.committed(described.group.group_id);
    if (!committed) return committed.error();
    std::set<TopicPartition> partitions;
    for (const auto& [partition, offset] : *committed) partitions.insert(partition);
    for (const auto& member : described.group.members) {
      for (TopicPartition& partition : assigned_partitions(member)) {
        partitions.insert(std::move(partition));
      }
    }
    auto ends = groups_.log_offsets({partitions.begin(), partitions.end()}, kLatest);
    if (!ends) return ends.error();
    print_offsets(described, *committed, *ends);
    return {};
  }

  base::Status remove() {
    auto names = meant();
    if (!names) return names.error();
    std::vector<std::string> removed;
    std::vector<std::pair<std::string, std::string>> failed;
    for (const std::string& name : *names) {
      base::Status done = groups_.remove(name);
      if (done) {
        removed.push_back(name);
      } else {
        failed.emplace_back(name, explained(done.error()));
      }
    }
    if (failed.empty()) {
      std::printf("Deletion of requested consumer groups ('%s') was successful.\n",
                  base::join(removed, ", ").c_str());
      return {};
    }
    failed_ = true;
    std::printf("\nError: Deletion of some consumer groups failed:\n");
    for (const auto& [name, why] : failed) {
      std::printf("* Group '%s' could not be deleted due to: %s\n", name.c_str(), why.c_str());
    }
    if (!removed.empty()) {
      std::printf("\nThese consumer groups were deleted successfully: '%s'\n",
                  base::join(removed, "', '").c_str());
    }
    return {};
  }

  base::Status remove_offsets() {
    std::string group = options_.value("group");
    auto partitions = parse_topic_partitions(groups_, options_.all("topic"));
    if (!partitions) return partitions.error();
    auto errors = groups_.remove_offsets(group, *partitions);
    if (!errors) {
      bool is_group_busy = protocol::code_of(errors.error()) == ErrorCode::kNonEmptyGroup;
      if (!is_group_busy) return errors.error();
      return base::Error(ErrorCode::kNonEmptyGroup,
                         "Deleting offsets of a consumer group '" + group +
                             "' is forbidden if the group is not empty.");
    }
    bool all_done = true;
    for (const auto& [partition, error] : *errors) all_done &= error == ErrorCode::kNone;
    if (all_done) {
      std::printf("Request succeed for deleting offsets with topic %s group %s\n",
                  base::join(options_.all("topic"), ", ").c_str(), group.c_str());
    } else {
      failed_ = true;
      std::printf("\nError: Encounter some partition level error, see the follow-up details:\n");
    }
    std::printf("\n%-30s %-15s %-15s\n", "TOPIC", "PARTITION", "STATUS");
    for (const auto& [partition, error] : *errors) {
      std::string status = error == ErrorCode::kNone
                               ? "Successful"
                               : "Error: " + std::string(protocol::error_name(error));
      std::printf("%-30s %-15d %-15s\n", partition.topic.c_str(), partition.partition,
                  status.c_str());
    }
    return {};
  }

  base::Status reset() {
    auto names = meant();
    if (!names) return names.error();
    ResetPlan plan;
    for (const std::string& name : *names) {
      auto described = groups_.describe(name);
      if (!described) return described.error();
      const std::string& state = described->group.group_state;
      if (state != "Empty" && state != "Dead") {
        std::printf(
            "\nError: Assignments can only be reset if the group '%s' is inactive, but the current "
            "state is %s.\n",
            name.c_str(), state.c_str());
        failed_ = true;
        plan[name] = {};
        continue;
      }
      auto offsets = OffsetReset(groups_, options_, base::Clock::system()).plan(name);
      if (!offsets) return offsets.error();
      if (options_.has("execute")) {
        base::Status committed = groups_.commit(name, *offsets);
        if (!committed) return committed;
      }
      plan[name] = std::move(*offsets);
    }
    if (options_.has("export")) {
      std::printf("%s\n", reset_csv(plan, options_.all("group").size() == 1).c_str());
    } else {
      print_plan(plan);
    }
    return {};
  }

  ClusterGroups& groups_;
  const Options& options_;
  bool failed_ = false;
};

base::Status run_command(const Options& options, bool& failed) {
  auto settings = read_client_settings(options.value("command-config"));
  if (!settings) return settings.error();
  auto access = ClusterAccess::open(options.value("bootstrap-server"), *settings);
  if (!access) return access.error();
  ClusterGroups groups((*access)->client());
  ConsumerGroups command(groups, options);
  base::Status done = command.run();
  failed = command.has_failed();
  return done;
}

}  // namespace

int run_consumer_groups(const Arguments& arguments) {
  const OptionParser parser(consumer_groups_options());
  auto options = parser.parse(arguments);
  if (!options) {
    std::fprintf(stderr, "%s\n", options.error().message.c_str());
    return 1;
  }
  auto helped = help_or_version(parser, *options, arguments.size(),
                                "This tool helps to list all consumer groups, describe a consumer "
                                "group, delete consumer group info, or reset consumer group "
                                "offsets.");
  if (helped) return *helped;
  if (auto problem = check_consumer_groups_options(*options)) return print_usage(parser, *problem);
  if (options->has("reset-offsets") && !options->has("dry-run") && !options->has("execute")) {
    std::fprintf(stderr,
                 "WARN: No action will be performed as the --execute option is missing. Add "
                 "--dry-run to a script that wants the plan alone.\n");
  }
  bool failed = false;
  base::Status done = run_command(*options, failed);
  // Upstream ends with 0 whatever happens: its scripts look at what is printed.
  const int failure = options->has("strict") ? 1 : 0;
  if (done) return failed ? failure : 0;
  std::printf("\nError: Executing consumer group command failed due to %s\n",
              done.error().message.c_str());
  return failure;
}

}  // namespace odradek::tools
