// Counter: a number that many threads add to without sharing a cache line.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace odradek::base {

inline constexpr std::size_t kMetricStripes = 8;
// Which stripe the running thread adds to; fixed for its life.
std::size_t metric_stripe();

// add() and count() from any thread; count() may miss additions under way.
class Counter {
 public:
  void add(std::int64_t amount = 1) {
    stripes_[metric_stripe()].value.fetch_add(amount, std::memory_order_relaxed);
  }
  std::int64_t count() const {
    std::int64_t sum = 0;
    for (const Stripe& stripe : stripes_) sum += stripe.value.load(std::memory_order_relaxed);
    return sum;
  }

 private:
  struct alignas(64) Stripe {
    std::atomic<std::int64_t> value{0};
  };
  std::array<Stripe, kMetricStripes> stripes_;
};

}  // namespace odradek::base
