// Deadline: a point of monotonic time, so that a wait of many steps ends when its caller's time is
// up.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>

#include "base/clock.h"

namespace odradek::base {

// For condition variables and queues, which wait by the steady clock; the sum never overflows.
inline std::chrono::steady_clock::time_point steady_after_ms(std::int64_t timeout_ms) {
  constexpr std::int64_t kFarMs = 1'000'000'000'000;
  return std::chrono::steady_clock::now() +
         std::chrono::milliseconds(std::clamp<std::int64_t>(timeout_ms, 0, kFarMs));
}

class Deadline {
 public:
  static Deadline after_ms(const Clock& clock, std::int64_t timeout_ms) {
    std::int64_t now_ms = clock.monotonic_ms();
    std::int64_t room_ms = std::numeric_limits<std::int64_t>::max() - now_ms;
    return Deadline(clock, now_ms + std::min(std::max<std::int64_t>(timeout_ms, 0), room_ms));
  }
  bool expired() const { return remaining_ms() == 0; }
  std::int64_t remaining_ms() const {
    return std::max<std::int64_t>(at_monotonic_ms_ - clock_->monotonic_ms(), 0);
  }
  std::int64_t at_monotonic_ms() const { return at_monotonic_ms_; }

 private:
  Deadline(const Clock& clock, std::int64_t at_monotonic_ms)
      : clock_(&clock), at_monotonic_ms_(at_monotonic_ms) {}

  const Clock* clock_;
  std::int64_t at_monotonic_ms_;
};

}  // namespace odradek::base
