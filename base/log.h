// Logging: glog's LOG, CHECK and DCHECK, its start-up, and a gate for sites that could flood.
#pragma once

#include <glog/logging.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"
#include "base/mutex.h"

namespace odradek::base {

// Once, from main, before any thread. Lines go to stderr; flags that the user set for glog stay.
void init_logging(const char* program);

// Lets one line per key and interval through: if (auto skipped = noisy_.pass(host)) LOG(WARNING) <<
// ...; Safe from any thread. Remembers at most kMaxKeys keys; when there are more, all are
// forgotten.
class LogEvery {
 public:
  static constexpr std::size_t kMaxKeys = 4096;

  // Truthy when the line may be written; `skipped` counts those of the same key that were not since
  // the last.
  struct Pass {
    bool allowed = false;
    std::int64_t skipped = 0;
    explicit operator bool() const { return allowed; }
  };

  explicit LogEvery(std::int64_t interval_ms, const Clock& clock = Clock::system())
      : interval_ms_(interval_ms), clock_(clock) {}
  Pass pass(std::string_view key = {}) EXCLUDES(mutex_);

 private:
  struct Site {
    std::int64_t next_ms = 0;
    std::int64_t skipped = 0;
  };

  const std::int64_t interval_ms_;
  const Clock& clock_;
  Mutex mutex_;
  std::unordered_map<std::string, Site> sites_ GUARDED_BY(mutex_);
};

}  // namespace odradek::base
