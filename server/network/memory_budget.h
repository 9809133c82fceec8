// MemoryBudget: bounds the bytes that received requests may hold (queued.max.request.bytes).
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "base/mutex.h"

namespace odradek::network {

// Safe from any thread. A new frame may begin only while something is left, so the limit is
// passed by what frames under way still need; at twice the limit they may not grow either.
class MemoryBudget {
 public:
  static constexpr std::int64_t kDefaultBytes = std::int64_t{1} << 30;

  // limit_bytes <= 0 (upstream's "off") takes kDefaultBytes.
  explicit MemoryBudget(std::int64_t limit_bytes)
      : limit_bytes_(limit_bytes > 0 ? limit_bytes : kDefaultBytes) {}
  MemoryBudget(const MemoryBudget&) = delete;
  MemoryBudget& operator=(const MemoryBudget&) = delete;

  bool is_open() const { return used_bytes_.load() < limit_bytes_; }
  bool may_grow() const { return used_bytes_.load() < 2 * limit_bytes_; }
  void take(std::int64_t bytes) { used_bytes_.fetch_add(bytes); }
  void give(std::int64_t bytes);
  // Runs `wake` once, from any thread, as soon as the budget is open.
  void notify_when_open(std::function<void()> wake) EXCLUDES(mutex_);

  std::int64_t used_bytes() const { return used_bytes_.load(); }
  std::int64_t limit_bytes() const { return limit_bytes_; }

 private:
  void wake_waiters() EXCLUDES(mutex_);

  const std::int64_t limit_bytes_;
  std::atomic<std::int64_t> used_bytes_{0};
  std::atomic<bool> has_waiters_{false};
  base::Mutex mutex_;
  std::vector<std::function<void()>> waiters_ GUARDED_BY(mutex_);
};

// Bytes taken from a budget, given back when it dies.
class MemoryLease {
 public:
  MemoryLease() = default;
  explicit MemoryLease(std::shared_ptr<MemoryBudget> budget) : budget_(std::move(budget)) {}
  ~MemoryLease() { reset(); }
  MemoryLease(MemoryLease&& other) noexcept
      : budget_(std::move(other.budget_)), bytes_(std::exchange(other.bytes_, 0)) {}
  MemoryLease& operator=(MemoryLease&& other) noexcept {
    if (this == &other) return *this;
    reset();
    budget_ = std::move(other.budget_);
    bytes_ = std::exchange(other.bytes_, 0);
    return *this;
  }
  MemoryLease(const MemoryLease&) = delete;
  MemoryLease& operator=(const MemoryLease&) = delete;

  // Makes the lease this big; it only grows.
  void grow_to(std::int64_t bytes) {
    if (bytes <= bytes_) return;
    budget_->take(bytes - bytes_);
    bytes_ = bytes;
  }
  void reset() {
    if (bytes_ > 0) budget_->give(std::exchange(bytes_, 0));
  }

 private:
  std::shared_ptr<MemoryBudget> budget_;
  std::int64_t bytes_ = 0;
};

}  // namespace odradek::network
