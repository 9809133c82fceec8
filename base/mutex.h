// Mutex, MutexLock and CondVar with clang's thread-safety attributes, so that what a lock guards is
// checked.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <limits>
#include <shared_mutex>

#if defined(__SANITIZE_THREAD__)  // GCC
#define ODRADEK_RACE_DETECTOR 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define ODRADEK_RACE_DETECTOR 1
#endif
#endif
#ifdef ODRADEK_RACE_DETECTOR
#include <sanitizer/tsan_interface.h>
#endif

#if defined(__clang__)
#define ODRADEK_THREAD_ATTRIBUTE(x) __attribute__((x))
#else
#define ODRADEK_THREAD_ATTRIBUTE(x)
#endif
#define CAPABILITY(x) ODRADEK_THREAD_ATTRIBUTE(capability(x))
#define SCOPED_CAPABILITY ODRADEK_THREAD_ATTRIBUTE(scoped_lockable)
#define GUARDED_BY(x) ODRADEK_THREAD_ATTRIBUTE(guarded_by(x))
#define REQUIRES(...) ODRADEK_THREAD_ATTRIBUTE(requires_capability(__VA_ARGS__))
#define REQUIRES_SHARED(...) ODRADEK_THREAD_ATTRIBUTE(requires_shared_capability(__VA_ARGS__))
#define EXCLUDES(...) ODRADEK_THREAD_ATTRIBUTE(locks_excluded(__VA_ARGS__))
#define ACQUIRE(...) ODRADEK_THREAD_ATTRIBUTE(acquire_capability(__VA_ARGS__))
#define ACQUIRE_SHARED(...) ODRADEK_THREAD_ATTRIBUTE(acquire_shared_capability(__VA_ARGS__))
#define RELEASE(...) ODRADEK_THREAD_ATTRIBUTE(release_capability(__VA_ARGS__))
#define RELEASE_SHARED(...) ODRADEK_THREAD_ATTRIBUTE(release_shared_capability(__VA_ARGS__))
#define RELEASE_GENERIC(...) ODRADEK_THREAD_ATTRIBUTE(release_generic_capability(__VA_ARGS__))
#define RETURN_CAPABILITY(x) ODRADEK_THREAD_ATTRIBUTE(lock_returned(x))
#define NO_THREAD_SAFETY_ANALYSIS ODRADEK_THREAD_ATTRIBUTE(no_thread_safety_analysis)

namespace odradek::base {

// Tells ThreadSanitizer of a lock, so that it sees orders of locks too; nothing otherwise.
struct RaceDetector {
#ifdef ODRADEK_RACE_DETECTOR
  static void before_lock(void* lock) { __tsan_mutex_pre_lock(lock, 0); }
  static void after_lock(void* lock) { __tsan_mutex_post_lock(lock, 0, 0); }
  static void before_unlock(void* lock) { __tsan_mutex_pre_unlock(lock, 0); }
  static void after_unlock(void* lock) { __tsan_mutex_post_unlock(lock, 0); }
#else
  static void before_lock(void*) {}
  static void after_lock(void*) {}
  static void before_unlock(void*) {}
  static void after_unlock(void*) {}
#endif
};

// Four bytes, where the library's takes forty: every partition has two dozen (docs/adr/0013).
// Nobody enters the kernel unless somebody waits. Not recursive, not fair.
class CAPABILITY("mutex") Mutex {
 public:
  Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  void lock() ACQUIRE() {
    RaceDetector::before_lock(this);
    std::uint32_t expected = kFree;
    if (!word_.compare_exchange_strong(expected, kHeld, std::memory_order_acquire)) wait_for_it();
    RaceDetector::after_lock(this);
  }
  void unlock() RELEASE() {
    RaceDetector::before_unlock(this);
    if (word_.exchange(kFree, std::memory_order_release) == kAwaited) wake_one();
    RaceDetector::after_unlock(this);
  }

 private:
  static constexpr std::uint32_t kFree = 0;
  static constexpr std::uint32_t kHeld = 1;
  static constexpr std::uint32_t kAwaited = 2;  // held, and somebody may sleep

  void wait_for_it();
  void wake_one();

  std::atomic<std::uint32_t> word_{kFree};
};

class SCOPED_CAPABILITY MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) ACQUIRE(mutex) : mutex_(mutex) { mutex_.lock(); }
  ~MutexLock() RELEASE() { mutex_.unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

// Waits on a Mutex that the caller holds; as with any condition variable, wake-ups may be spurious.
class CondVar {
 public:
  CondVar() = default;
  CondVar(const CondVar&) = delete;
  CondVar& operator=(const CondVar&) = delete;

  void wait(Mutex& mutex) REQUIRES(mutex);
  // False when the deadline passed.
  bool wait_until(Mutex& mutex, std::chrono::steady_clock::time_point deadline) REQUIRES(mutex);
  // What those who wait look at was changed under their mutex, which may be released by now.
  void notify_one() { notify(1); }
  void notify_all() { notify(std::numeric_limits<int>::max()); }

 private:
  bool wait_for_turn(Mutex& mutex, const std::chrono::steady_clock::time_point* deadline)
      REQUIRES(mutex);
  void notify(int count);

  std::atomic<std::uint32_t> turn_{0};
  std::atomic<std::uint32_t> waiting_{0};
};

class CAPABILITY("shared_mutex") SharedMutex {
 public:
  void lock() ACQUIRE() { mutex_.lock(); }
  void unlock() RELEASE() { mutex_.unlock(); }
  void lock_shared() ACQUIRE_SHARED() { mutex_.lock_shared(); }
  void unlock_shared() RELEASE_SHARED() { mutex_.unlock_shared(); }

 private:
  std::shared_mutex mutex_;
};

class SCOPED_CAPABILITY WriteLock {
 public:
  explicit WriteLock(SharedMutex& mutex) ACQUIRE(mutex) : mutex_(mutex) { mutex_.lock(); }
  ~WriteLock() RELEASE() { mutex_.unlock(); }
  WriteLock(const WriteLock&) = delete;
  WriteLock& operator=(const WriteLock&) = delete;

 private:
  SharedMutex& mutex_;
};

class SCOPED_CAPABILITY ReadLock {
 public:
  explicit ReadLock(SharedMutex& mutex) ACQUIRE_SHARED(mutex) : mutex_(mutex) {
    mutex_.lock_shared();
  }
  ~ReadLock() RELEASE_GENERIC() { mutex_.unlock_shared(); }
  ReadLock(const ReadLock&) = delete;
  ReadLock& operator=(const ReadLock&) = delete;

 private:
  SharedMutex& mutex_;
};

}  // namespace odradek::base
