#include "base/metrics/meter.h"

#include <algorithm>
#include <cmath>

namespace odradek::base {
namespace {

constexpr double kTickSeconds = static_cast<double>(Meter::kTickMs) / 1000.0;

// Moves an average that forgets with the given time constant towards the rate of one interval.
void age(double& average, double rate, double minutes, bool first) {
  double weight = 1 - std::exp(-kTickSeconds / 60 / minutes);
  average = first ? rate : average + weight * (rate - average);
}

}  // namespace

void Meter::tick(std::int64_t now_monotonic_ms) {
  MutexLock lock(mutex_);
  std::int64_t intervals = (now_monotonic_ms - ticked_ms_) / kTickMs;
  if (intervals <= 0) return;
  ticked_ms_ += intervals * kTickMs;
  std::int64_t count = counter_.count();
  // What came since the last tick counts to the first interval, the others saw nothing. After an
  // hour of silence nothing is left of any average.
  double rate = static_cast<double>(count - ticked_count_) / kTickSeconds;
  ticked_count_ = count;
  for (std::int64_t i = 0; i < std::min<std::int64_t>(intervals, 3'600'000 / kTickMs); ++i) {
    age(one_minute_, rate, 1, !seen_first_);
    age(five_minutes_, rate, 5, !seen_first_);
    age(fifteen_minutes_, rate, 15, !seen_first_);
    seen_first_ = true;
    rate = 0;
  }
}

MeterRates Meter::rates(std::int64_t now_monotonic_ms) {
  tick(now_monotonic_ms);
  MutexLock lock(mutex_);
  MeterRates rates;
  rates.count = counter_.count();
  std::int64_t life_ms = std::max<std::int64_t>(now_monotonic_ms - start_ms_, 1);
  rates.mean = static_cast<double>(rates.count) * 1000.0 / static_cast<double>(life_ms);
  rates.one_minute = one_minute_;
  rates.five_minutes = five_minutes_;
  rates.fifteen_minutes = fifteen_minutes_;
  return rates;
}

}  // namespace odradek::base
