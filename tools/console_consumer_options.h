// ConsoleConsumerCommand: what one call of kafka-console-consumer asks for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "server/config/properties.h"
#include "tools/option_parser.h"

namespace odradek::tools {

// Where an assigned partition begins, besides plain offsets.
constexpr std::int64_t kEarliestOffset = -2;
constexpr std::int64_t kLatestOffset = -1;

struct ConsoleConsumerCommand {
  std::string topic;    // or
  std::string include;  // a regular expression
  std::optional<std::int32_t> partition;
  std::int64_t offset = kLatestOffset;  // for the partition
  std::optional<std::int64_t> max_messages;
  std::optional<std::int64_t> timeout_ms;
  bool skip_message_on_error = false;
  bool systest_events = false;
  std::string formatter;
  config::Properties formatter_properties;
  config::Properties settings;  // as a Java client has them
};

std::vector<OptionSpec> console_consumer_options();
// What is wrong with the combination, in upstream's words; nullopt: nothing.
std::optional<std::string> check_console_consumer_options(const Options& options);
// Reads the files that the options name.
base::Result<ConsoleConsumerCommand> console_consumer_command(const Options& options);

}  // namespace odradek::tools
