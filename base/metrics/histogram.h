// Histogram: the spread of a value (latencies, sizes) with percentiles of the last minutes, cheap
// to record.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "base/mutex.h"

namespace odradek::base {

struct HistogramReading {
  std::int64_t count = 0;  // count, sum, min, max, mean over all time
  double sum = 0;
  double min = 0;
  double max = 0;
  double mean = 0;
  double standard_deviation = 0;  // this and the percentiles: over the last 2.5 to 5 minutes
  double p50 = 0;
  double p75 = 0;
  double p95 = 0;
  double p98 = 0;
  double p99 = 0;
  double p999 = 0;
};

// record() from any thread: a few relaxed additions. Buckets are 1/16 of a power of two wide, so
// percentiles are right within 3.2 %; memory (5 KB a stripe in use) comes with the first value.
// Negative values count as 0.
class Histogram {
 public:
  static constexpr std::int64_t kWindowMs = 150'000;

  // Readings are recorded values times `scale`: record microseconds with 0.001 to show
  // milliseconds.
  explicit Histogram(std::int64_t now_monotonic_ms = 0, double scale = 1.0)
      : scale_(scale), rotated_ms_(now_monotonic_ms) {}
  ~Histogram();
  Histogram(const Histogram&) = delete;
  Histogram& operator=(const Histogram&) = delete;

  void record(std::int64_t value);
  std::int64_t count() const;
  // Lets percentiles forget what is older than two windows; MetricRegistry calls it.
  void tick(std::int64_t now_monotonic_ms) EXCLUDES(mutex_);
  HistogramReading read() EXCLUDES(mutex_);

  static constexpr std::size_t kSubBuckets = 16;
  static constexpr std::size_t kBuckets = 640;
  static std::size_t bucket_of(std::int64_t value);
  // The least value of a bucket, and of the one after the last.
  static std::int64_t bucket_start(std::size_t bucket);

 private:
  static constexpr std::size_t kStripes = 4;
  struct Stripe {
    std::atomic<std::int64_t> sum{0};
    std::atomic<std::int64_t> min{std::numeric_limits<std::int64_t>::max()};
    std::atomic<std::int64_t> max{0};
    std::array<std::atomic<std::uint64_t>, kBuckets> buckets{};
  };
  using Counts = std::vector<std::uint64_t>;  // empty stands for all zero

  Stripe& own_stripe();
  Counts total() const;
  void read_window(const Counts& now, HistogramReading& reading) REQUIRES(mutex_);

  const double scale_;
  std::array<std::atomic<Stripe*>, kStripes> stripes_{};
  Mutex mutex_;
  std::int64_t rotated_ms_ GUARDED_BY(mutex_);
  Counts one_window_ago_ GUARDED_BY(mutex_);
  Counts two_windows_ago_ GUARDED_BY(mutex_);
};

}  // namespace odradek::base
