// BoundedQueue: passes values between threads, never holds more than its bound, wakes only those
// who sleep.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "base/mutex.h"

namespace odradek::base {

// Any number of producers and consumers. First in, first out. After close() nothing enters, and
// consumers get what is left, then nothing.
template <class T>
class BoundedQueue {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  explicit BoundedQueue(std::size_t capacity) : capacity_(capacity) {}
  BoundedQueue(const BoundedQueue&) = delete;
  BoundedQueue& operator=(const BoundedQueue&) = delete;

  // Waits for room; false when closed.
  [[nodiscard]] bool push(T item) EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    while (!closed_ && items_.size() >= capacity_) wait_for_room();
    return add(item);
  }

  // As push(), but false also when there was no room until the deadline.
  [[nodiscard]] bool push_until(T item, TimePoint deadline) EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    while (!closed_ && items_.size() >= capacity_) {
      ++sleeping_producers_;
      bool in_time = room_.wait_until(mutex_, deadline);
      --sleeping_producers_;
      if (!in_time) break;
    }
    if (items_.size() >= capacity_) return false;
    return add(item);
  }

  // Never waits. The item is moved from only when true is returned.
  [[nodiscard]] bool try_push(T&& item) EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    if (items_.size() >= capacity_) return false;
    return add(item);
  }

  // Waits; nothing when closed and empty.
  std::optional<T> pop() EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    while (!closed_ && items_.empty()) wait_for_item();
    return take();
  }

  // As pop(), but nothing also when the deadline passed.
  std::optional<T> pop_until(TimePoint deadline) EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    wait_for_item_until(deadline);
    return take();
  }

  std::optional<T> try_pop() EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return take();
  }

  // Waits until the deadline for one item, then takes up to `max` that are there, in order; one
  // lock for all.
  std::vector<T> pop_batch(std::size_t max, TimePoint deadline) EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    wait_for_item_until(deadline);
    std::vector<T> batch;
    while (batch.size() < max && !items_.empty()) {
      batch.push_back(std::move(items_.front()));
      items_.pop_front();
    }
    if (sleeping_producers_ > 0) room_.notify_all();
    return batch;
  }

  void close() EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    closed_ = true;
    room_.notify_all();
    item_.notify_all();
  }

  bool closed() const EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return closed_;
  }
  std::size_t size() const EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return items_.size();
  }
  std::size_t capacity() const { return capacity_; }

 private:
  void wait_for_room() REQUIRES(mutex_) {
    ++sleeping_producers_;
    room_.wait(mutex_);
    --sleeping_producers_;
  }
  void wait_for_item() REQUIRES(mutex_) {
    ++sleeping_consumers_;
    item_.wait(mutex_);
    --sleeping_consumers_;
  }
  void wait_for_item_until(TimePoint deadline) REQUIRES(mutex_) {
    while (!closed_ && items_.empty()) {
      ++sleeping_consumers_;
      bool in_time = item_.wait_until(mutex_, deadline);
      --sleeping_consumers_;
      if (!in_time) return;
    }
  }
  bool add(T& item) REQUIRES(mutex_) {
    if (closed_) return false;
    items_.push_back(std::move(item));
    if (sleeping_consumers_ > 0) item_.notify_one();
    return true;
  }
  std::optional<T> take() REQUIRES(mutex_) {
    if (items_.empty()) return std::nullopt;
    std::optional<T> item(std::move(items_.front()));
    items_.pop_front();
    if (sleeping_producers_ > 0) room_.notify_one();
    return item;
  }

  const std::size_t capacity_;
  mutable Mutex mutex_;
  CondVar room_;
  CondVar item_;
  std::deque<T> items_ GUARDED_BY(mutex_);
  std::size_t sleeping_producers_ GUARDED_BY(mutex_) = 0;
  std::size_t sleeping_consumers_ GUARDED_BY(mutex_) = 0;
  bool closed_ GUARDED_BY(mutex_) = false;
};

}  // namespace odradek::base
