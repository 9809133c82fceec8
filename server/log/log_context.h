// LogContext: what all logs of a broker share.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>

#include "base/clock.h"
#include "base/result.h"
#include "server/log/cached_file.h"
#include "server/log/file_deleter.h"
#include "server/log/log_metrics.h"
#include "server/log/options_pool.h"

namespace odradek::log {

class LogDir;

struct LogContext {
  FileCache& files;
  FileDeleter& deleter;
  LogMetrics& metrics;
  const base::Clock& clock;
  std::atomic<std::int64_t> producer_id_expiration_ms{86'400'000};  // producer.id.expiration.ms
  // Writes the checkpoints of a directory. Called, with the log's lock held, where a log was cut
  // below an offset that they may name: a crash would make records above it unchecked (recovery
  // point) or drop them (log start).
  std::function<base::Status(LogDir&)> write_checkpoints = [](LogDir&) { return base::Status(); };
  mutable OptionsPool options{};
};

}  // namespace odradek::log
