// OptionsPool: lets logs whose options are equal share one copy.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>

#include "base/mutex.h"
#include "server/log/log_options.h"

namespace odradek::log {

// Thousands of logs have a handful of options between them. Safe from any thread.
class OptionsPool {
 public:
  // Equal to `options`, and the same as earlier if that was one of the latest.
  std::shared_ptr<const LogOptions> share(const LogOptions& options) EXCLUDES(mutex_) {
    base::MutexLock lock(mutex_);
    auto equal = [&](const auto& kept) { return kept != nullptr && *kept == options; };
    auto found = std::find_if(kept_.begin(), kept_.end(), equal);
    if (found != kept_.end()) return *found;
    std::shared_ptr<const LogOptions>& place = kept_[next_++ % kept_.size()];
    place = std::make_shared<const LogOptions>(options);
    return place;
  }

 private:
  base::Mutex mutex_;
  std::array<std::shared_ptr<const LogOptions>, 16> kept_ GUARDED_BY(mutex_);
  std::size_t next_ GUARDED_BY(mutex_) = 0;
};

}  // namespace odradek::log
