// Snapshot: one immutable value that is replaced as a whole; readers keep the one they took.
#pragma once

#include <memory>
#include <utility>

#include "base/mutex.h"

namespace odradek::base {

// Safe from any thread. A lock rather than atomic<shared_ptr>: the library's own is a spin lock,
// and race detectors do not see through it. The old value dies outside the lock.
template <class T>
class Snapshot {
 public:
  Snapshot() : Snapshot(std::make_shared<const T>()) {}
  explicit Snapshot(T value) : Snapshot(std::make_shared<const T>(std::move(value))) {}
  explicit Snapshot(std::shared_ptr<const T> value) : value_(std::move(value)) {}

  std::shared_ptr<const T> read() const EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return value_;
  }
  void publish(std::shared_ptr<const T> value) EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    value_.swap(value);
  }
  void publish(T value) EXCLUDES(mutex_) { publish(std::make_shared<const T>(std::move(value))); }

 private:
  mutable Mutex mutex_;
  std::shared_ptr<const T> value_ GUARDED_BY(mutex_);
};

}  // namespace odradek::base
