// kafka-get-offsets: the offsets of partitions at a time.
#include <boost/json.hpp>
#include <cstdio>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "protocol/messages/metadata.h"
#include "server/admin/topic_names.h"
#include "tools/client_settings.h"
#include "tools/commands.h"
#include "tools/exception_name.h"
#include "tools/log_offsets.h"
#include "tools/option_parser.h"
#include "tools/topic_partition_filter.h"

namespace odradek::tools {
namespace {

using protocol::ErrorCode;
using protocol::TopicPartition;

std::vector<OptionSpec> get_offsets_options() {
  return {
      with_value("bootstrap-server", "HOST1:PORT1,...,HOST3:PORT3",
                 "REQUIRED. The server(s) to connect to in the form HOST1:PORT1,HOST2:PORT2."),
      with_value("broker-list", "HOST1:PORT1,...,HOST3:PORT3",
                 "DEPRECATED, use --bootstrap-server instead; ignored if --bootstrap-server is "
                 "specified."),
      with_value("topic-partitions", "topic1:1,topic2:0-3,topic3,topic4:5-,topic5:-3",
                 "Comma separated list of topic-partition patterns: an expression of topics, or "
                 "none for all of them, then ':' and a partition, FROM-UNTIL (without UNTIL "
                 "itself), FROM- or -UNTIL."),
      with_value("topic", "topic",
                 "The topic to get the offsets for. It also accepts a regular expression. If not "
                 "present, all authorized topics are queried. Cannot be used if --topic-partitions "
                 "is present."),
      with_value("partitions", "partition ids",
                 "Comma separated list of partition ids to get the offsets for. If not present, "
                 "all partitions of the authorized topics are queried. Cannot be used if "
                 "--topic-partitions is present."),
      with_value("time",
                 "<timestamp> / -1 or latest / -2 or earliest / -3 or max-timestamp / -4 or "
                 "earliest-local / -5 or latest-tiered",
                 "timestamp of the offsets before that. [Note: No offset is returned, if the "
                 "timestamp greater than recently committed record timestamp is given.]",
                 "latest"),
      with_value("command-config", "config file",
                 "Property file containing configs to be passed to Admin Client."),
      {.name = "exclude-internal-topics",
       .description = "By default, internal topics are included. If specified, internal topics are "
                      "excluded."},
      with_value("offsets", ValueType::kInteger, "count", "Ignored, as by 2.8."),
      with_value("max-wait-ms", ValueType::kInteger, "ms", "Ignored, as by 2.8."),
      {.name = "json", .description = "One JSON document instead of lines."},
      {.name = "strict",
       .description = "End with exit code 1 when a partition's offset cannot be had."}};
}

base::Result<std::int64_t> parse_time(const std::string& text) {
  static const std::map<std::string_view, std::int64_t> names{
      {"latest", offset_time::kLatest},
      {"earliest", offset_time::kEarliest},
      {"max-timestamp", offset_time::kMaxTimestamp},
      {"earliest-local", offset_time::kEarliestLocal},
      {"latest-tiered", offset_time::kLatestTiered}};
  if (auto named = names.find(text); named != names.end()) return named->second;
  if (auto number = base::parse_int<std::int64_t>(text)) return *number;
  return base::Error("Malformed time argument " + text +
                     ". Please use -1 or latest / -2 or earliest / -3 or max-timestamp / -4 or "
                     "earliest-local / -5 or latest-tiered, or a specified long format timestamp");
}

base::Result<TopicPartitionFilter> filter_of(const Options& options) {
  if (!options.has("topic-partitions")) {
    return TopicPartitionFilter::of_topic(options.value("topic"), options.value("partitions"));
  }
  if (options.has("topic") || options.has("partitions")) {
    return base::Error("--topic-partitions cannot be used with --topic or --partitions");
  }
  return TopicPartitionFilter::of_patterns(options.value("topic-partitions"));
}

base::Result<std::vector<TopicPartition>> partitions_of(client::ClusterClient& client,
                                                        const TopicPartitionFilter& filter,
                                                        bool exclude_internal) {
  const protocol::MetadataRequest every_topic{.topics = std::nullopt,
                                              .allow_auto_topic_creation = false};
  auto answer = client.call_any<protocol::MetadataRequest, protocol::MetadataResponse>(every_topic);
  if (!answer) return answer.error();
  std::vector<TopicPartition> partitions;
  for (const auto& topic : answer->topics) {
    const std::string name = topic.name.value_or("");
    const bool hidden = exclude_internal && (topic.is_internal || admin::is_internal_topic(name));
    if (hidden || !filter.allows(name)) continue;
    for (const auto& partition : topic.partitions) {
      const TopicPartition id{name, partition.partition_index};
      if (filter.allows(id)) partitions.push_back(id);
    }
  }
  return partitions;
}

void print_offsets_json(const std::map<std::string, std::pair<TopicPartition, LogOffset>>& sorted) {
  boost::json::array offsets;
  for (const auto& [name, found] : sorted) {
    const auto& [partition, offset] = found;
    boost::json::object shown{{"topic", partition.topic}, {"partition", partition.partition}};
    if (offset.error != ErrorCode::kNone) {
      shown["error"] = protocol::error_name(offset.error);
    } else if (offset.offset >= 0) {
      shown["offset"] = offset.offset;
    } else {
      shown["offset"] = nullptr;
    }
    offsets.push_back(std::move(shown));
  }
  const boost::json::object document{{"version", 1}, {"offsets", std::move(offsets)}};
  std::puts(boost::json::serialize(document).c_str());
}

void print_offset_lines(const std::map<std::string, std::pair<TopicPartition, LogOffset>>& sorted) {
  for (const auto& [name, found] : sorted) {
    const auto& [partition, offset] = found;
    if (offset.error == ErrorCode::kNone) {
      if (offset.offset < 0) continue;
      std::printf("%s:%d:%lld\n", partition.topic.c_str(), partition.partition,
                  static_cast<long long>(offset.offset));
      continue;
    }
    const base::Error error(offset.error, std::string(protocol::error_name(offset.error)));
    std::fprintf(stderr, "Skip getting offsets for topic-partition %s due to error: %s: %s\n",
                 name.c_str(), exception_name(error).c_str(), error.message.c_str());
  }
}

base::Status show_offsets(const Options& options) {
  auto filter = filter_of(options);
  if (!filter) return filter.error();
  auto time_ms = parse_time(options.value("time"));
  if (!time_ms) return time_ms.error();
  const std::string servers =
      options.value(options.has("bootstrap-server") ? "bootstrap-server" : "broker-list");
  auto access = ClusterAccess::open_with_file(servers, options.value("command-config"));
  if (!access) return access.error();
  client::ClusterClient& client = (*access)->client();
  auto partitions = partitions_of(client, *filter, options.has("exclude-internal-topics"));
  if (!partitions) return partitions.error();
  if (partitions->empty()) {
    return base::Error("Could not match any topic-partitions with the specified filters");
  }
  auto offsets = log_offsets(client, *partitions, *time_ms);
  if (!offsets) return offsets.error();
  // Upstream sorts by the text "topic-10".
  std::map<std::string, std::pair<TopicPartition, LogOffset>> sorted;
  bool failed = false;
  for (const auto& [partition, offset] : *offsets) {
    failed = failed || offset.error != ErrorCode::kNone;
    sorted[partition.to_string()] = {partition, offset};
  }
  options.has("json") ? print_offsets_json(sorted) : print_offset_lines(sorted);
  if (!failed || !options.has("strict")) return {};
  return base::Error("the offsets of some partitions are missing");
}

base::Status failure(const std::string& message) {
  return base::Error("Error occurred: " + message);
}

}  // namespace

int run_get_offsets(const Arguments& arguments) {
  const OptionParser parser(get_offsets_options());
  auto options = parser.parse(arguments);
  if (!options) return exit_code(failure(options.error().message));
  auto helped = help_or_version(parser, *options, arguments.size(),
                                "An interactive shell for getting topic-partition offsets.");
  if (helped) return *helped;
  if (!options->has("bootstrap-server") && !options->has("broker-list")) {
    return exit_code(failure("Missing required option(s) [bootstrap-server]"));
  }
  base::Status done = show_offsets(*options);
  return done ? 0 : exit_code(failure(done.error().message));
}

}  // namespace odradek::tools
