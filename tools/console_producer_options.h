// ConsoleProducerCommand: what one call of kafka-console-producer asks for.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "server/config/properties.h"
#include "tools/option_parser.h"

namespace odradek::tools {

struct ConsoleProducerCommand {
  std::string topic;
  bool sync = false;
  config::Properties settings;           // as a Java client has them
  config::Properties reader_properties;  // for LineParser
};

std::vector<OptionSpec> console_producer_options();
// What is wrong with the combination, in upstream's words; nullopt: nothing.
std::optional<std::string> check_console_producer_options(const Options& options);
// Reads the files that the options name.
base::Result<ConsoleProducerCommand> console_producer_command(const Options& options);

}  // namespace odradek::tools
