// kafka-log-dirs: what lies in the log directories of brokers, as one line of JSON.
#include <boost/json.hpp>
#include <cstdio>
#include <set>
#include <string_view>

#include "base/text.h"
#include "protocol/errors.h"
#include "protocol/messages/describe_log_dirs.h"
#include "tools/client_settings.h"
#include "tools/commands.h"
#include "tools/option_parser.h"
#include "tools/reassignment_plan.h"

namespace odradek::tools {
namespace {

using protocol::DescribeLogDirsRequest;
using protocol::DescribeLogDirsResponse;
using protocol::ErrorCode;

std::vector<OptionSpec> log_dirs_options() {
  return {
      with_value("bootstrap-server", "The server(s) to use for bootstrapping",
                 "REQUIRED: the brokers to ask first."),
      with_value("command-config", "Admin client property file", "Client settings, such as ssl.*."),
      {.name = "describe", .description = "REQUIRED: show the log directories."},
      with_value("topic-list", "Topic list", "topic1,topic2; all topics if absent."),
      with_value("broker-list", "Broker list", "0,1,2; all brokers if absent.")};
}

std::string json_of(const DescribeLogDirsResponse::Dir& dir, const std::set<std::string>& topics) {
  std::vector<std::string> partitions;
  for (const auto& topic : dir.topics) {
    if (!topics.empty() && !topics.contains(topic.name)) continue;
    for (const auto& partition : topic.partitions) {
      const TopicPartition id{topic.name, partition.partition_index};
      partitions.push_back("{\"partition\":\"" + id.to_string() +
                           "\",\"size\":" + std::to_string(partition.partition_size) +
                           ",\"offsetLag\":" + std::to_string(partition.offset_lag) +
                           ",\"isFuture\":" + (partition.is_future_key ? "true" : "false") + "}");
    }
  }
  // The only error of a directory is its failure.
  const char* error = dir.error_code == ErrorCode::kNone
                          ? "null"
                          : "\"org.apache.kafka.common.errors.KafkaStorageException\"";
  return "{\"partitions\":[" + base::join(partitions, ",") + "],\"error\":" + error +
         ",\"logDir\":" + boost::json::serialize(boost::json::string(dir.log_dir)) + "}";
}

base::Result<std::set<BrokerId>> broker_list(const Options& options) {
  std::set<BrokerId> brokers;
  for (const std::string& part : base::split_list(options.value("broker-list"))) {
    auto id = base::parse_int<BrokerId>(part);
    if (!id) return base::Error("For input string: \"" + part + "\"");
    brokers.insert(*id);
  }
  return brokers;
}

std::string listed(const std::set<BrokerId>& brokers) {
  return to_string(Replicas(brokers.begin(), brokers.end()));
}

// Those asked for, or all; an error when one of them does not exist.
base::Result<std::set<BrokerId>> chosen_brokers(client::ClusterClient& client,
                                                const Options& options) {
  auto view = client.refresh();
  if (!view) return view.error();
  std::set<BrokerId> alive;
  for (const auto& [id, broker] : view->brokers) alive.insert(id);
  auto wanted = broker_list(options);
  if (!wanted) return wanted.error();
  if (wanted->empty()) return alive;
  std::set<BrokerId> missing;
  for (BrokerId id : *wanted) {
    if (!alive.contains(id)) missing.insert(id);
  }
  if (missing.empty()) return wanted;
  return base::Error("ERROR: The given brokers do not exist from --broker-list: " +
                     listed(missing) + ". Current existent brokers: " + listed(alive));
}

base::Status describe_log_dirs(const Options& options) {
  auto access = ClusterAccess::open_with_file(options.value("bootstrap-server"),
                                              options.value("command-config"));
  if (!access) return access.error();
  client::ClusterClient& client = (*access)->client();
  auto brokers = chosen_brokers(client, options);
  if (!brokers) return brokers.error();
  const auto named = base::split_list(options.value("topic-list"));
  const std::set<std::string> topics(named.begin(), named.end());
  std::puts("Querying brokers for log directories information");
  std::vector<std::string> described;
  for (BrokerId broker : *brokers) {
    auto answer = client.call<DescribeLogDirsRequest, DescribeLogDirsResponse>(
        DescribeLogDirsRequest{.topics = std::nullopt},
        [&client, broker] { return client.to_broker(broker); },
        [](const auto& response) { return response.error_code; });
    if (!answer) return answer.error();
    if (answer->error_code != ErrorCode::kNone) {
      return base::Error(answer->error_code, std::string(protocol::error_name(answer->error_code)));
    }
    std::vector<std::string> dirs;
    for (const auto& dir : answer->results) dirs.push_back(json_of(dir, topics));
    described.push_back("{\"broker\":" + std::to_string(broker) + ",\"logDirs\":[" +
                        base::join(dirs, ",") + "]}");
  }
  std::printf("Received log directory information from brokers %s\n", listed(*brokers).c_str());
  std::printf("{\"brokers\":[%s],\"version\":1}\n", base::join(described, ",").c_str());
  return {};
}

}  // namespace

int run_log_dirs(const Arguments& arguments) {
  const OptionParser parser(log_dirs_options());
  auto options = parser.parse(arguments);
  if (!options) return print_usage(parser, options.error().message);
  auto helped =
      help_or_version(parser, *options, arguments.size(),
                      "This tool helps to query log directory usage on the specified brokers.");
  if (helped) return *helped;
  for (std::string_view name : {"bootstrap-server", "describe"}) {
    if (options->has(name)) continue;
    return print_usage(parser, "Missing required argument \"[" + std::string(name) + "]\"");
  }
  return exit_code(describe_log_dirs(*options));
}

}  // namespace odradek::tools
