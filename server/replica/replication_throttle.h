// ReplicationThrottle: tells when what is copied of throttled replicas goes beyond a rate (KIP-73).
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <limits>

#include "base/clock.h"
#include "base/mutex.h"

namespace odradek::replica {

// Bytes are counted in windows of time; the rate is that of all windows kept. Safe from any thread.
class ReplicationThrottle {
 public:
  static constexpr std::int64_t kNoLimit = std::numeric_limits<std::int64_t>::max();

  // replication.quota.window.num and .size.seconds.
  ReplicationThrottle(const base::Clock& clock, std::int32_t window_count, std::int64_t window_ms)
      : clock_(clock), window_count_(window_count), window_ms_(window_ms) {}

  // {leader,follower}.replication.throttled.rate
  void set_rate(std::int64_t bytes_per_second) { bytes_per_second_ = bytes_per_second; }

  void record(std::int64_t bytes) EXCLUDES(mutex_);
  bool is_exceeded() const EXCLUDES(mutex_);

 private:
  struct Window {
    std::int64_t start_ms = 0;
    std::int64_t bytes = 0;
  };

  void forget_old(std::int64_t now_ms) const REQUIRES(mutex_);

  const base::Clock& clock_;
  const std::int32_t window_count_;
  const std::int64_t window_ms_;
  std::atomic<std::int64_t> bytes_per_second_{kNoLimit};
  mutable base::Mutex mutex_;
  mutable std::deque<Window> windows_ GUARDED_BY(mutex_);  // the oldest first
};

struct ReplicationThrottles {
  ReplicationThrottles(const base::Clock& clock, std::int32_t window_count, std::int64_t window_ms)
      : leader(clock, window_count, window_ms), follower(clock, window_count, window_ms) {}

  ReplicationThrottle leader;    // of what followers are given
  ReplicationThrottle follower;  // of what is taken from leaders
};

}  // namespace odradek::replica
