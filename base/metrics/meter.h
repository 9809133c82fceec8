// Meter: counts events and gives their rate, over all time and decaying over 1, 5 and 15 minutes.
#pragma once

#include <cstdint>

#include "base/metrics/counter.h"
#include "base/mutex.h"

namespace odradek::base {

struct MeterRates {
  std::int64_t count = 0;
  double mean = 0;  // all rates per second
  double one_minute = 0;
  double five_minutes = 0;
  double fifteen_minutes = 0;
};

// mark() from any thread, cheaply; time enters only through tick().
class Meter {
 public:
  static constexpr std::int64_t kTickMs = 5'000;

  explicit Meter(std::int64_t now_monotonic_ms)
      : start_ms_(now_monotonic_ms), ticked_ms_(now_monotonic_ms) {}

  void mark(std::int64_t events = 1) { counter_.add(events); }
  std::int64_t count() const { return counter_.count(); }
  // Ages the decaying rates by each whole interval of kTickMs since the last; MetricRegistry calls
  // it.
  void tick(std::int64_t now_monotonic_ms) EXCLUDES(mutex_);
  MeterRates rates(std::int64_t now_monotonic_ms) EXCLUDES(mutex_);

 private:
  Counter counter_;
  const std::int64_t start_ms_;
  Mutex mutex_;
  std::int64_t ticked_ms_ GUARDED_BY(mutex_);
  std::int64_t ticked_count_ GUARDED_BY(mutex_) = 0;
  bool seen_first_ GUARDED_BY(mutex_) = false;
  double one_minute_ GUARDED_BY(mutex_) = 0;
  double five_minutes_ GUARDED_BY(mutex_) = 0;
  double fifteen_minutes_ GUARDED_BY(mutex_) = 0;
};

}  // namespace odradek::base
