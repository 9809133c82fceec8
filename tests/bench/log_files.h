// LogFiles: one log in a directory of its own, with what it needs around it.
#pragma once

#include <memory>

#include "base/clock.h"
#include "base/log.h"
#include "server/log/log_loader.h"
#include "tests/support/temporary_directory.h"

namespace odradek::bench {

struct LogFiles {
  testing::TemporaryDirectory directory;
  const base::Clock& clock = base::Clock::system();
  log::FileCache files{1000};
  log::FileDeleter deleter{clock};
  log::LogMetrics metrics{clock};
  log::LogContext context{files, deleter, metrics, clock};
  log::LogDir dir{directory.path()};
  std::unique_ptr<log::Log> log;

  explicit LogFiles(const log::LogOptions& options = {}) {
    auto loaded = log::load_log({"topic", 0}, dir, context, options,
                                {.directory = directory.file("topic-0")});
    CHECK(loaded.ok()) << loaded.error().message;
    log = std::move(*loaded);
  }
};

}  // namespace odradek::bench
