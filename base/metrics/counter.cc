#include "base/metrics/counter.h"

namespace odradek::base {

std::size_t metric_stripe() {
  static std::atomic<std::size_t> next{0};
  thread_local std::size_t stripe = next.fetch_add(1, std::memory_order_relaxed) % kMetricStripes;
  return stripe;
}

}  // namespace odradek::base
