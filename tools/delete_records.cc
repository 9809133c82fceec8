// kafka-delete-records: raises the start of partitions, so that older records may be removed.
#include <cstdio>
#include <string_view>

#include "base/text.h"
#include "protocol/errors.h"
#include "protocol/messages/delete_records.h"
#include "tools/client_settings.h"
#include "tools/commands.h"
#include "tools/option_parser.h"
#include "tools/reassignment_plan.h"

namespace odradek::tools {
namespace {

using protocol::DeleteRecordsRequest;
using protocol::DeleteRecordsResponse;
using protocol::ErrorCode;

std::vector<OptionSpec> delete_records_options() {
  return {with_value("bootstrap-server", "server(s) to use for bootstrapping",
                     "REQUIRED: the brokers to ask first."),
          with_value("offset-json-file", "Offset json file path",
                     "REQUIRED: {\"partitions\":[{\"topic\":\"foo\",\"partition\":1,\"offset\":1}],"
                     "\"version\":1}; offset -1 is the end."),
          with_value("command-config", "command config property file path",
                     "Client settings, such as ssl.*."),
          {.name = "strict",
           .description = "End with exit code 1 when a partition keeps its records."}};
}

// The new start, or why there is none.
base::Result<std::int64_t> delete_before(client::ClusterClient& client, const TopicPartition& id,
                                         std::int64_t offset) {
  const DeleteRecordsRequest request{
      .topics = {{.name = id.topic,
                  .partitions = {{.partition_index = id.partition, .offset = offset}}}},
      .timeout_ms = kAdminTimeoutMs};
  auto to_leader = [&]() -> base::Result<client::BrokerConnection*> {
    auto leader = client.leader_of(id);
    if (!leader) return leader.error();
    return client.to_broker(*leader);
  };
  auto result_of = [](const DeleteRecordsResponse& response) {
    return response.topics.empty() || response.topics.front().partitions.empty()
               ? DeleteRecordsResponse::Partition{.error_code = ErrorCode::kUnknownServerError}
               : response.topics.front().partitions.front();
  };
  auto answer = client.call<DeleteRecordsRequest, DeleteRecordsResponse>(
      request, to_leader,
      [&](const DeleteRecordsResponse& response) { return result_of(response).error_code; });
  if (!answer) return answer.error();
  const DeleteRecordsResponse::Partition result = result_of(*answer);
  if (result.error_code == ErrorCode::kNone) return result.low_watermark;
  return base::Error(result.error_code, std::string(protocol::error_name(result.error_code)));
}

base::Status raise_starts(const Options& options) {
  auto access = ClusterAccess::open_with_file(options.value("bootstrap-server"),
                                              options.value("command-config"));
  if (!access) return access.error();
  auto text = read_text_file(options.value("offset-json-file"));
  if (!text) return text.error();
  auto offsets = parse_offsets(*text);
  if (!offsets) return offsets.error();
  std::puts("Executing records delete operation");
  std::vector<std::string> lines;
  bool failed = false;
  for (const auto& [id, offset] : *offsets) {
    auto start = delete_before((*access)->client(), id, offset);
    failed = failed || !start;
    lines.push_back("partition: " + id.to_string() +
                    (start ? "\tlow_watermark: " + std::to_string(*start)
                           : "\terror: " + start.error().message));
  }
  std::puts("Records delete operation completed:");
  for (const std::string& line : lines) std::puts(line.c_str());
  if (!failed || !options.has("strict")) return {};
  return base::Error("the records of some partitions were not deleted");
}

}  // namespace

int run_delete_records(const Arguments& arguments) {
  const OptionParser parser(delete_records_options());
  auto options = parser.parse(arguments);
  if (!options) return print_usage(parser, options.error().message);
  auto helped = help_or_version(parser, *options, arguments.size(),
                                "This tool helps to delete records of the given partitions down to "
                                "the specified offset.");
  if (helped) return *helped;
  for (std::string_view name : {"bootstrap-server", "offset-json-file"}) {
    if (options->has(name)) continue;
    return print_usage(parser, "Missing required argument \"[" + std::string(name) + "]\"");
  }
  return exit_code(raise_starts(*options));
}

}  // namespace odradek::tools
