#include "tools/command_log.h"

#include <cstdio>
#include <ctime>

#include "base/clock.h"

namespace odradek::tools {
namespace {

void write_line(const char* level, std::string_view text, std::string_view logger) {
  std::int64_t now_ms = base::Clock::system().wall_ms();
  std::time_t seconds = now_ms / 1000;
  std::tm parts{};
  localtime_r(&seconds, &parts);
  char stamp[32];
  std::strftime(stamp, sizeof(stamp), "%Y-%m-%d %H:%M:%S", &parts);
  std::fprintf(stderr, "[%s,%03d] %s %.*s (%.*s)\n", stamp, static_cast<int>(now_ms % 1000), level,
               static_cast<int>(text.size()), text.data(), static_cast<int>(logger.size()),
               logger.data());
}

}  // namespace

void log_warning(std::string_view text, std::string_view logger) {
  write_line("WARN", text, logger);
}

void log_error(std::string_view text, std::string_view logger) {
  write_line("ERROR", text, logger);
}

}  // namespace odradek::tools
