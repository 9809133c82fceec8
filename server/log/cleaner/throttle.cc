#include "server/log/cleaner/throttle.h"

#include <algorithm>

namespace odradek::log {

void Throttle::set_rate(double bytes_per_second) {
  base::MutexLock lock(mutex_);
  bytes_per_second_ = bytes_per_second;
  paid_until_ns_ = 0;
}

std::int64_t Throttle::rest_ms(std::int64_t bytes, std::int64_t now_ns) {
  constexpr double kLongestNs = 3.6e12;  // an hour, for whoever set a rate of nothing
  base::MutexLock lock(mutex_);
  double cost_ns = bytes_per_second_ > 0
                       ? std::min(static_cast<double>(bytes) * 1e9 / bytes_per_second_, kLongestNs)
                       : kLongestNs;
  paid_until_ns_ = std::max(paid_until_ns_, now_ns) + static_cast<std::int64_t>(cost_ns);
  std::int64_t rest = (paid_until_ns_ - now_ns) / 1'000'000;
  return rest < kLeastRestMs ? 0 : rest;
}

}  // namespace odradek::log
