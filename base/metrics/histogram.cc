#include "base/metrics/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <utility>

#include "base/metrics/counter.h"

namespace odradek::base {
namespace {

constexpr std::size_t kSubBucketBits = 4;

std::uint64_t at(const std::vector<std::uint64_t>& counts, std::size_t bucket) {
  return counts.empty() ? 0 : counts[bucket];
}

// Values from one bucket are taken to be in its middle.
double middle_of(std::size_t bucket) {
  auto start = static_cast<double>(Histogram::bucket_start(bucket));
  auto end = static_cast<double>(Histogram::bucket_start(bucket + 1));
  return start + (end - start - 1) / 2;
}

}  // namespace

// Values below 16 have a bucket each; above, each power of two is cut into 16.
std::size_t Histogram::bucket_of(std::int64_t value) {
  auto bits = static_cast<std::uint64_t>(std::max<std::int64_t>(value, 0));
  if (bits < kSubBuckets) return static_cast<std::size_t>(bits);
  auto shift = static_cast<std::size_t>(std::bit_width(bits)) - 1 - kSubBucketBits;
  std::size_t bucket = shift * kSubBuckets + static_cast<std::size_t>(bits >> shift);
  return std::min(bucket, kBuckets - 1);
}

std::int64_t Histogram::bucket_start(std::size_t bucket) {
  if (bucket < kSubBuckets) return static_cast<std::int64_t>(bucket);
  std::size_t shift = bucket / kSubBuckets - 1;
  return static_cast<std::int64_t>(kSubBuckets + bucket % kSubBuckets) << shift;
}

Histogram::~Histogram() {
  for (auto& stripe : stripes_) delete stripe.load();
}

Histogram::Stripe& Histogram::own_stripe() {
  std::atomic<Stripe*>& slot = stripes_[metric_stripe() % kStripes];
  Stripe* stripe = slot.load(std::memory_order_acquire);
  if (stripe != nullptr) return *stripe;
  auto fresh = std::make_unique<Stripe>();
  if (slot.compare_exchange_strong(stripe, fresh.get(), std::memory_order_acq_rel)) {
    return *fresh.release();
  }
  return *stripe;
}

void Histogram::record(std::int64_t value) {
  value = std::max<std::int64_t>(value, 0);
  Stripe& stripe = own_stripe();
  stripe.sum.fetch_add(value, std::memory_order_relaxed);
  std::int64_t min = stripe.min.load(std::memory_order_relaxed);
  while (value < min && !stripe.min.compare_exchange_weak(min, value, std::memory_order_relaxed)) {
  }
  std::int64_t max = stripe.max.load(std::memory_order_relaxed);
  while (value > max && !stripe.max.compare_exchange_weak(max, value, std::memory_order_relaxed)) {
  }
  // Last, and released: who sees the count sees the rest.
  stripe.buckets[bucket_of(value)].fetch_add(1, std::memory_order_release);
}

Histogram::Counts Histogram::total() const {
  Counts counts;
  for (const auto& slot : stripes_) {
    const Stripe* stripe = slot.load(std::memory_order_acquire);
    if (stripe == nullptr) continue;
    counts.resize(kBuckets);
    for (std::size_t i = 0; i < kBuckets; ++i) {
      counts[i] += stripe->buckets[i].load(std::memory_order_acquire);
    }
  }
  return counts;
}

std::int64_t Histogram::count() const {
  Counts counts = total();
  return static_cast<std::int64_t>(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}));
}

void Histogram::tick(std::int64_t now_monotonic_ms) {
  MutexLock lock(mutex_);
  if (now_monotonic_ms - rotated_ms_ < kWindowMs) return;
  bool missed_one = now_monotonic_ms - rotated_ms_ >= 2 * kWindowMs;
  rotated_ms_ = now_monotonic_ms;
  Counts now = total();
  two_windows_ago_ = missed_one ? now : std::move(one_window_ago_);
  one_window_ago_ = std::move(now);
}

HistogramReading Histogram::read() {
  HistogramReading reading;
  MutexLock lock(mutex_);
  Counts now = total();
  if (now.empty()) return reading;
  std::int64_t min = std::numeric_limits<std::int64_t>::max();
  std::int64_t max = 0;
  for (const auto& slot : stripes_) {
    const Stripe* stripe = slot.load(std::memory_order_acquire);
    if (stripe == nullptr) continue;
    reading.sum += static_cast<double>(stripe->sum.load(std::memory_order_relaxed)) * scale_;
    min = std::min(min, stripe->min.load(std::memory_order_relaxed));
    max = std::max(max, stripe->max.load(std::memory_order_relaxed));
  }
  reading.count =
      static_cast<std::int64_t>(std::accumulate(now.begin(), now.end(), std::uint64_t{0}));
  if (reading.count == 0) return {};
  reading.min = static_cast<double>(min) * scale_;
  reading.max = static_cast<double>(max) * scale_;
  reading.mean = reading.sum / static_cast<double>(reading.count);
  read_window(now, reading);
  return reading;
}

void Histogram::read_window(const Counts& now, HistogramReading& reading) {
  Counts window(kBuckets);
  std::uint64_t total = 0;
  double sum = 0;
  double squares = 0;
  for (std::size_t i = 0; i < kBuckets; ++i) {
    window[i] = now[i] - at(two_windows_ago_, i);
    total += window[i];
    sum += static_cast<double>(window[i]) * middle_of(i);
    squares += static_cast<double>(window[i]) * middle_of(i) * middle_of(i);
  }
  if (total == 0) return;
  double mean = sum / static_cast<double>(total);
  double variance = std::max(squares / static_cast<double>(total) - mean * mean, 0.0);
  reading.standard_deviation = std::sqrt(variance) * scale_;

  std::array<std::pair<double, double*>, 6> wanted{{{0.5, &reading.p50},
                                                    {0.75, &reading.p75},
                                                    {0.95, &reading.p95},
                                                    {0.98, &reading.p98},
                                                    {0.99, &reading.p99},
                                                    {0.999, &reading.p999}}};
  std::uint64_t seen = 0;
  std::size_t bucket = 0;
  for (auto [fraction, value] : wanted) {
    auto rank = static_cast<std::uint64_t>(std::ceil(fraction * static_cast<double>(total)));
    while (seen + window[bucket] < rank) seen += window[bucket++];
    // The middle of the last bucket may lie beyond the largest value.
    *value = std::clamp(middle_of(bucket) * scale_, reading.min, reading.max);
  }
}

}  // namespace odradek::base
