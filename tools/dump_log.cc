// kafka-dump-log: the files of a partition's directory as text.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string>
#include <system_error>

#include "base/text.h"
#include "tools/commands.h"
#include "tools/index_dump.h"
#include "tools/log_dump.h"
#include "tools/option_parser.h"

namespace odradek::tools {
namespace {

OptionSpec count(OptionSpec spec) {
  spec.type = ValueType::kInteger;
  return spec;
}

OptionSpec decoder(std::string_view name, std::string_view description) {
  OptionSpec spec = with_value(name, "", description, "org.apache.kafka.tools.api.StringDecoder");
  spec.argument = Argument::kOptional;
  return spec;
}

std::vector<OptionSpec> dump_log_options() {
  return {
      {.name = "print-data-log", .description = "Print keys and values too."},
      {.name = "verify-index-only", .description = "Check indexes without printing them."},
      {.name = "index-sanity-check",
       .description = "Only what a broker checks of an index when it starts."},
      with_value("files", "file1, file2, ...", "REQUIRED: the files to dump."),
      count(with_value("max-message-size", "size",
                       "The largest batch that an offset index may point to.", "5242880")),
      count(
          with_value("max-bytes", "size", "Read no more of a .log file than that.", "2147483647")),
      {.name = "deep-iteration", .description = "Print records, not only batches."},
      decoder("value-decoder-class", "The Java class's name; implies --print-data-log."),
      decoder("key-decoder-class", "The Java class's name; implies --print-data-log."),
      {.name = "offsets-decoder", .description = "The log is one of __consumer_offsets."},
      {.name = "transaction-log-decoder", .description = "The log is one of __transaction_state."},
      {.name = "cluster-metadata-decoder",
       .description = "The log is one of KRaft's __cluster_metadata."},
      {.name = "remote-log-metadata-decoder",
       .description = "The log is one of tiered storage's __remote_log_metadata."},
      {.name = "skip-record-metadata", .description = "Print of records only key and value."},
  };
}

// Of one of the internal topics, the first that was asked for; none otherwise.
RecordDecoder topic_decoder(const Options& options) {
  if (options.has("offsets-decoder")) return offsets_decoder();
  if (options.has("transaction-log-decoder")) return transaction_decoder();
  if (options.has("cluster-metadata-decoder")) return cluster_metadata_decoder();
  if (options.has("remote-log-metadata-decoder")) return remote_log_metadata_decoder();
  return nullptr;
}

base::Result<LogDumpOptions> log_dump_options(const Options& options) {
  LogDumpOptions log;
  log.decoder = topic_decoder(options);
  bool decodes =
      log.decoder || options.has("value-decoder-class") || options.has("key-decoder-class");
  log.print_content = options.has("print-data-log") || decodes;
  log.deep = options.has("deep-iteration") || log.print_content;
  log.skip_record_metadata = options.has("skip-record-metadata");
  log.max_bytes = static_cast<std::int32_t>(options.number("max-bytes"));
  for (const char* name : {"max-bytes", "max-message-size"}) {
    if (options.number(name) < 0) {
      return base::Error(std::string("--") + name + " must not be negative");
    }
  }
  if (log.decoder) return log;
  auto classes =
      class_decoder(options.value("key-decoder-class"), options.value("value-decoder-class"));
  if (!classes) return classes.error();
  log.decoder = std::move(*classes);
  for (const char* name : {"value-decoder-class", "key-decoder-class"}) {
    if (auto notice = deprecation_of(options.value(name))) {
      log.notices.push_back(std::move(*notice));
    }
  }
  return log;
}

base::Status dump_file(const std::string& path, LogDump& log, IndexDump& indexes) {
  std::printf("Dumping %s\n", path.c_str());
  if (path.ends_with(".log") || path.ends_with(".checkpoint")) return log.dump(path);
  if (path.ends_with(".index")) return indexes.dump_offset_index(path);
  if (path.ends_with(".timeindex")) return indexes.dump_time_index(path);
  if (path.ends_with(".snapshot")) return indexes.dump_producer_snapshot(path);
  if (path.ends_with(".txnindex")) return indexes.dump_transaction_index(path);
  std::fprintf(stderr, "Ignoring unknown file %s\n", path.c_str());
  return {};
}

// Upstream tells of files by their whole names.
std::string whole_path(const std::string& path) {
  std::error_code failed;
  std::filesystem::path whole = std::filesystem::absolute(path, failed);
  return failed ? path : whole.string();
}

// One line per file and one per pair, whose numbers the pattern takes.
void report(const std::map<std::string, NumberPairs>& pairs, const char* title,
            const char* first_name, const char* second_name) {
  for (const auto& [file, numbers] : pairs) {
    std::fprintf(stderr, "%s%s\n", title, whole_path(file).c_str());
    for (const auto& [first, second] : numbers) {
      std::fprintf(stderr, "  %s%lld%s%lld\n", first_name, static_cast<long long>(first),
                   second_name, static_cast<long long>(second));
    }
  }
}

// Upstream tells of these the last first.
std::map<std::string, NumberPairs> reversed(std::map<std::string, NumberPairs> pairs) {
  for (auto& [file, numbers] : pairs) std::reverse(numbers.begin(), numbers.end());
  return pairs;
}

void report_all(const IndexMismatches& found, const OffsetGaps& gaps) {
  report(reversed(found.offsets), "Mismatches in :", "Index offset: ", ", log offset: ");
  report(found.timestamps,
         "Found timestamp mismatch in :", "Index timestamp: ", ", log timestamp: ");
  report(found.timestamp_order, "Found out of order timestamp in :", "Index timestamp: ",
         ", Previously indexed timestamp: ");
  for (const auto& [file, numbers] : found.offsets_not_found) {
    std::fputs("The following indexed offsets are not found in the log.\n", stderr);
    for (const auto& [indexed, in_log] : numbers) {
      std::fprintf(stderr, "Indexed offset: %lld, found log offset: %lld\n",
                   static_cast<long long>(indexed), static_cast<long long>(in_log));
    }
  }
  report(reversed(gaps), "Non-consecutive offsets in ", "", " is followed by ");
}

}  // namespace

int run_dump_log(const Arguments& arguments) {
  const OptionParser parser(dump_log_options());
  auto options = parser.parse(arguments);
  if (!options) return print_usage(parser, options.error().message);
  auto helped = help_or_version(
      parser, *options, arguments.size(),
      "This tool helps to parse a log file and dump its contents to the console, useful for "
      "debugging a seemingly corrupt log segment.");
  if (helped) return *helped;
  if (!options->has("files")) return print_usage(parser, "Missing required argument \"[files]\"");
  auto log_options = log_dump_options(*options);
  if (!log_options) return print_usage(parser, log_options.error().message);
  LogDump log(std::move(*log_options), stdout);
  IndexDump indexes(
      {.sanity_only = options->has("index-sanity-check"),
       .verify_only = options->has("verify-index-only"),
       .max_message_size = static_cast<std::int32_t>(options->number("max-message-size"))},
      stdout);
  int code = 0;
  for (const std::string& path : base::split_list(options->value("files"))) {
    base::Status dumped = dump_file(path, log, indexes);
    if (dumped.ok()) continue;
    std::fflush(stdout);
    std::fprintf(stderr, "%s: %s\n", path.c_str(), dumped.error().message.c_str());
    code = 1;
  }
  std::fflush(stdout);
  report_all(indexes.mismatches(), log.gaps());
  return code;
}

}  // namespace odradek::tools
