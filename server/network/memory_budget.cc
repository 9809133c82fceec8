#include "server/network/memory_budget.h"

namespace odradek::network {

void MemoryBudget::give(std::int64_t bytes) {
  used_bytes_.fetch_sub(bytes);
  if (has_waiters_.load() && is_open()) wake_waiters();
}

void MemoryBudget::notify_when_open(std::function<void()> wake) {
  {
    base::MutexLock lock(mutex_);
    waiters_.push_back(std::move(wake));
    has_waiters_.store(true);
  }
  // It may have opened just before anybody could see the waiter.
  if (is_open()) wake_waiters();
}

void MemoryBudget::wake_waiters() {
  std::vector<std::function<void()>> woken;
  {
    base::MutexLock lock(mutex_);
    woken.swap(waiters_);
    has_waiters_.store(false);
  }
  for (const auto& wake : woken) wake();
}

}  // namespace odradek::network
