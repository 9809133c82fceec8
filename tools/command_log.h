// Log lines of the command-line tools, on stderr in the layout of upstream's tools.
#pragma once

#include <string_view>

namespace odradek::tools {

// "[2024-05-01 12:00:00,123] WARN text (logger)".
void log_warning(std::string_view text, std::string_view logger);
void log_error(std::string_view text, std::string_view logger);

}  // namespace odradek::tools
