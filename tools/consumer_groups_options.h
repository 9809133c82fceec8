// The command line of kafka-consumer-groups.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tools/option_parser.h"

namespace odradek::tools {

std::vector<OptionSpec> consumer_groups_options();
// What is wrong with the options as they were combined.
std::optional<std::string> check_consumer_groups_options(const Options& options);

}  // namespace odradek::tools
