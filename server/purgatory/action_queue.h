// ActionQueue: what must be done once the locks held now are released.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "base/mutex.h"

namespace odradek::purgatory {

// Safe from any thread. Under a lock one only notes that a key changed; whoever noted it drains
// the queue after releasing, so that no operation completes under somebody's lock.
class ActionQueue {
 public:
  void add(std::function<void()> action) {
    base::MutexLock lock(mutex_);
    actions_.push_back(std::move(action));
  }

  // Runs what was there on entry, oldest first; how many. Actions may add further ones: those
  // wait for the next call.
  std::size_t run_all() {
    std::vector<std::function<void()>> taken;
    {
      base::MutexLock lock(mutex_);
      taken.swap(actions_);
    }
    for (const auto& action : taken) action();
    return taken.size();
  }

 private:
  base::Mutex mutex_;
  std::vector<std::function<void()>> actions_ GUARDED_BY(mutex_);
};

}  // namespace odradek::purgatory
