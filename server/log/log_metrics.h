// LogMetrics: what the logs measure of themselves; the broker publishes it.
#pragma once

#include <cstdint>

#include "base/clock.h"
#include "base/metrics/counter.h"
#include "base/metrics/histogram.h"
#include "base/metrics/meter.h"
#include "server/log/cleaner/cleaner_metrics.h"

namespace odradek::log {

struct LogMetrics {
  explicit LogMetrics(const base::Clock& clock)
      : flush_rate(clock.monotonic_ms()), flush_time(clock.monotonic_ms(), 0.001) {}

  // kafka.log:type=LogFlushStats,name=LogFlushRateAndTimeMs; the time is recorded in microseconds.
  base::Meter flush_rate;
  base::Histogram flush_time;
  CleanerMetrics cleaner;
};

}  // namespace odradek::log
