// kafka-preferred-replica-election, which upstream dropped after 2.8: preferred leaders, asked of
// brokers or by ZooKeeper's node.
#include <cstdio>
#include <set>
#include <string>
#include <string_view>

#include "base/text.h"
#include "protocol/errors.h"
#include "tools/client_settings.h"
#include "tools/commands.h"
#include "tools/election_request.h"
#include "tools/option_parser.h"
#include "tools/reassignment_plan.h"
#include "tools/zookeeper_access.h"
#include "zk/data/paths.h"
#include "zk/data/preferred_election.h"
#include "zk/store/nodes.h"
#include "zk/store/topics.h"

namespace odradek::tools {
namespace {

using Wanted = std::optional<std::vector<TopicPartition>>;  // none: all

std::vector<OptionSpec> preferred_options() {
  return {with_value("path-to-json-file", "list of partitions",
                     "The partitions: {\"partitions\":[{\"topic\":\"foo\",\"partition\":1}]}; all "
                     "partitions if absent."),
          with_value("zookeeper", "urls", "DEPRECATED: ZooKeeper's host:port,…/chroot."),
          with_value("bootstrap-server", "host:port", "The brokers to ask first; or --zookeeper."),
          with_value("admin.config", "config file", "Client settings, such as ssl.*.")};
}

base::Result<Wanted> wanted_of(const Options& options) {
  if (!options.has("path-to-json-file")) return Wanted();
  auto text = read_text_file(options.value("path-to-json-file"));
  if (!text) return text.error();
  auto partitions = parse_partition_list(*text);
  if (!partitions) return partitions.error();
  return Wanted(std::move(*partitions));
}

base::Status run_by_brokers(const Options& options, const Wanted& wanted) {
  auto access = ClusterAccess::open_with_file(options.value("bootstrap-server"),
                                              options.value("admin.config"));
  if (!access) return access.error();
  auto outcome = elect_leaders((*access)->client(), ElectionKind::kPreferred, wanted);
  if (!outcome) return outcome.error();
  if (!outcome->elected.empty()) {
    std::printf("Successfully completed preferred leader election for partitions %s\n",
                listed(outcome->elected).c_str());
  }
  if (!outcome->needless.empty()) {
    std::printf("Preferred replica already elected for partitions %s\n",
                listed(outcome->needless).c_str());
  }
  for (const auto& [id, error] : outcome->failed) {
    std::printf("Error completing preferred leader election for partition: %s: %s\n",
                id.to_string().c_str(), error.c_str());
  }
  if (outcome->failed.empty()) return {};
  return base::Error(std::to_string(outcome->failed.size()) +
                     " preferred replica(s) could not be elected");
}

// The partitions of ZooKeeper's topics; all topics when none are named.
base::Result<std::set<TopicPartition>> existing(zk::Session& session, const Wanted& wanted) {
  zk::Topics topics(session);
  std::vector<std::string> names;
  if (wanted) {
    std::set<std::string> named;
    for (const TopicPartition& id : *wanted) named.insert(id.topic);
    names = {named.begin(), named.end()};
  } else {
    auto all = topics.names(false);
    if (!all) return all.error();
    names = std::move(*all);
  }
  auto assignments = topics.read(names);
  if (!assignments) return assignments.error();
  std::set<TopicPartition> partitions;
  for (const auto& [topic, assignment] : *assignments) {
    for (const auto& [index, partition] : assignment.partitions) partitions.insert({topic, index});
  }
  return partitions;
}

base::Status run_by_zookeeper(const Options& options, const Wanted& wanted) {
  std::puts(
      "Warning: --zookeeper is deprecated and will be removed in a future version of Kafka.\n"
      "Use --bootstrap-server instead to specify a broker to connect to.");
  auto session = open_zookeeper(options.value("zookeeper"));
  if (!session) return session.error();
  auto known = existing(**session, wanted);
  if (!known) return known.error();
  std::vector<TopicPartition> valid;
  std::vector<TopicPartition> unknown;
  for (const TopicPartition& id :
       wanted ? *wanted : std::vector<TopicPartition>(known->begin(), known->end())) {
    (known->contains(id) ? valid : unknown).push_back(id);
  }
  const std::string path(zk::paths::kPreferredReplicaElection);
  zk::Response created = zk::create_recursive(
      **session, {path, zk::encode_preferred_election(valid), zk::CreateMode::kPersistent, {}});
  if (created.code == zk::Code::kNodeExists) {
    return base::Error(
        "Preferred replica leader election currently in progress; aborting: " + path + " exists");
  }
  if (!created.ok()) return zk::error_of(created.code, "creating", path);
  std::printf("Created preferred replica election path with %s\n",
              base::join(base::split_list(listed(valid)), ",").c_str());
  std::printf("Successfully started preferred replica election for partitions Set(%s)\n",
              listed(valid).c_str());
  for (const TopicPartition& id : unknown) {
    std::printf(
        "Skipping preferred replica leader election for partition %s since it doesn't exist.\n",
        id.to_string().c_str());
  }
  return {};
}

}  // namespace

int run_preferred_replica_election(const Arguments& arguments) {
  std::puts(
      "This tool is deprecated. Please use kafka-leader-election tool. Tracking issue: KAFKA-8405");
  const OptionParser parser(preferred_options());
  auto options = parser.parse(arguments);
  if (!options) return print_usage(parser, options.error().message);
  auto helped = help_or_version(
      parser, *options, arguments.size(),
      "This tool helps to causes leadership for each partition to be transferred back to the "
      "'preferred replica', it can be used to balance leadership among the servers.");
  if (helped) return *helped;
  if (options->has("bootstrap-server") == options->has("zookeeper")) {
    return print_usage(parser,
                       "Exactly one of '[bootstrap-server]' or '[zookeeper]' must be provided");
  }
  auto wanted = wanted_of(*options);
  base::Status done = !wanted                     ? base::Status(wanted.error())
                      : options->has("zookeeper") ? run_by_zookeeper(*options, *wanted)
                                                  : run_by_brokers(*options, *wanted);
  return exit_code(done);
}

}  // namespace odradek::tools
