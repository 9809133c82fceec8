// Log levels: from which severity on the lines of each part of the program are written, changed
// while it runs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace odradek::base {

// VLOG(1) is debug, VLOG(2) trace.
enum class LogLevel : std::uint8_t { kTrace, kDebug, kInfo, kWarn, kError, kFatal };

// A part is a folder of the source tree with all below it that is no part of its own.
struct LogPart {
  std::string folder;                // "server/controller"
  std::vector<std::string> modules;  // its files with VLOG, without ".cc"
  LogLevel level = LogLevel::kInfo;
};

// Replaces what was set before. `rest` is for all other files. Lines of one part are held back only
// where they go to stderr, and only then looked at one by one: as long as all parts have one level,
// this costs nothing. One thread at a time.
void set_log_levels(LogLevel rest, const std::vector<LogPart>& parts);

}  // namespace odradek::base
