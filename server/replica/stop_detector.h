// StopDetector: notices that this process did not run for a while, in which others may have been
// made leaders of what it leads.
#pragma once

#include <atomic>
#include <cstdint>

#include "base/clock.h"
#include "base/mutex.h"

namespace odradek::replica {

// The leads of a broker that was stopped (SIGSTOP, a suspended machine) for so long that ZooKeeper
// may have ended its session are in doubt, until ZooKeeper still has the registration, or the
// controller has spoken to a later one, or two session timeouts are over: with no ZooKeeper at all
// nobody can be made leader either. While the process runs, nothing is ever in doubt, with or
// without ZooKeeper. Safe from any thread.
class StopDetector {
 public:
  static constexpr std::int64_t kNoSession = INT64_MAX / 4;
  StopDetector(const base::Clock& clock, std::int64_t session_timeout_ms)
      : clock_(clock), session_timeout_ms_(session_timeout_ms) {}

  // A client that is silent for two thirds of its session's timeout may lose the session.
  std::int64_t allowed_ms() const { return session_timeout_ms_ / 2; }
  // Also before the first tick() after a stop.
  bool in_doubt() const;

  // To be called several times in allowed_ms(), with the epoch of the present registration. True
  // when ZooKeeper is to be asked whether that still is there.
  bool tick(std::int64_t broker_epoch) EXCLUDES(mutex_);
  // ZooKeeper has the registration of this epoch.
  void confirm(std::int64_t broker_epoch) EXCLUDES(mutex_);
  // The controller told all there is to tell to the registration of this epoch.
  void told(std::int64_t broker_epoch) EXCLUDES(mutex_);

 private:
  void settle() REQUIRES(mutex_);

  const base::Clock& clock_;
  const std::int64_t session_timeout_ms_;
  std::atomic<std::int64_t> last_tick_ms_{-1};       // none yet: starting is no stop
  std::atomic<std::int64_t> in_doubt_until_ms_{-1};  // -1: not in doubt
  base::Mutex mutex_;
  std::int64_t doubted_epoch_ GUARDED_BY(mutex_) = -1;
};

}  // namespace odradek::replica
