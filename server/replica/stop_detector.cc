#include "server/replica/stop_detector.h"

#include "base/log.h"

namespace odradek::replica {

bool StopDetector::in_doubt() const {
  std::int64_t last = last_tick_ms_.load();
  if (last < 0) return false;
  std::int64_t now = clock_.monotonic_ms();
  return now - last >= allowed_ms() || now < in_doubt_until_ms_.load();
}

bool StopDetector::tick(std::int64_t broker_epoch) {
  base::MutexLock lock(mutex_);
  std::int64_t now = clock_.monotonic_ms();
  std::int64_t last = last_tick_ms_.load();
  if (last >= 0 && now - last >= allowed_ms()) {
    // A stop within a doubt: the registration in question is still the first.
    if (in_doubt_until_ms_.load() < 0) doubted_epoch_ = broker_epoch;
    in_doubt_until_ms_ = now + 2 * session_timeout_ms_;
    LOG(WARNING)
        << "this process did not run for " << now - last
        << " ms; others may lead its partitions by now, so that it does not until ZooKeeper "
           "or the controller has been heard";
  }
  // After the above, so that in_doubt() never falls between the two.
  last_tick_ms_ = now;
  if (now < in_doubt_until_ms_.load()) return true;
  settle();
  return false;
}

void StopDetector::confirm(std::int64_t broker_epoch) {
  base::MutexLock lock(mutex_);
  if (broker_epoch == doubted_epoch_) settle();
}

void StopDetector::told(std::int64_t broker_epoch) {
  base::MutexLock lock(mutex_);
  if (broker_epoch > doubted_epoch_) settle();
}

void StopDetector::settle() {
  if (in_doubt_until_ms_.exchange(-1) >= 0)
    LOG(INFO) << "this process's leads are not in doubt any more";
}

}  // namespace odradek::replica
