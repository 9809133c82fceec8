// LogContext: what all logs of a broker share.
#pragma once

#include <atomic>
#include <cstdint>

#include "base/clock.h"
#include "server/log/cached_file.h"
#include "server/log/file_deleter.h"
#include "server/log/log_metrics.h"

namespace odradek::log {

struct LogContext {
  FileCache& files;
  FileDeleter& deleter;
  LogMetrics& metrics;
  const base::Clock& clock;
  std::atomic<std::int64_t> producer_id_expiration_ms{86'400'000};  // producer.id.expiration.ms
};

}  // namespace odradek::log
