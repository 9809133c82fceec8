// Throttle: keeps what the cleaner threads read and write together within a rate.
#pragma once

#include <cstdint>

#include "base/mutex.h"

namespace odradek::log {

// Safe from any thread; who has done I/O rests as long as it is told.
class Throttle {
 public:
  explicit Throttle(double bytes_per_second) : bytes_per_second_(bytes_per_second) {}

  // From now on; what was read at another rate is forgotten.
  void set_rate(double bytes_per_second) EXCLUDES(mutex_);
  // How long to rest after `bytes` more, now.
  std::int64_t rest_ms(std::int64_t bytes, std::int64_t now_ns) EXCLUDES(mutex_);

 private:
  // Rests shorter than this are saved up.
  static constexpr std::int64_t kLeastRestMs = 10;

  base::Mutex mutex_;
  double bytes_per_second_ GUARDED_BY(mutex_);
  std::int64_t paid_until_ns_ GUARDED_BY(mutex_) = 0;
};

}  // namespace odradek::log
