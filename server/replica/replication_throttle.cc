#include "server/replica/replication_throttle.h"

#include <algorithm>

namespace odradek::replica {

namespace {
constexpr double kMillisecondsPerSecond = 1000;
}  // namespace

void ReplicationThrottle::forget_old(std::int64_t now_ms) const {
  while (!windows_.empty() && now_ms - windows_.front().start_ms >= window_count_ * window_ms_) {
    windows_.pop_front();
  }
}

void ReplicationThrottle::record(std::int64_t bytes) {
  std::int64_t now_ms = clock_.monotonic_ms();
  base::MutexLock lock(mutex_);
  forget_old(now_ms);
  if (windows_.empty() || now_ms - windows_.back().start_ms >= window_ms_) {
    windows_.push_back({.start_ms = now_ms});
  }
  windows_.back().bytes += bytes;
}

bool ReplicationThrottle::is_exceeded() const {
  std::int64_t limit = bytes_per_second_;
  if (limit == kNoLimit) return false;
  std::int64_t now_ms = clock_.monotonic_ms();
  base::MutexLock lock(mutex_);
  forget_old(now_ms);
  if (windows_.empty()) return false;
  std::int64_t bytes = 0;
  for (const Window& window : windows_) bytes += window.bytes;
  // A first window that is not over yet counts as a whole one: a single answer is no rate.
  std::int64_t elapsed_ms = std::max(now_ms - windows_.front().start_ms, window_ms_);
  return static_cast<double>(bytes) * kMillisecondsPerSecond / static_cast<double>(elapsed_ms) >
         static_cast<double>(limit);
}

}  // namespace odradek::replica
