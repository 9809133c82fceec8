// Scheduler: runs delayed and periodic tasks; BackgroundScheduler does it on its own threads
// (background.threads).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "base/thread.h"

namespace odradek::base {

enum class TaskId : std::uint64_t { kNone = 0 };

// Components take a Scheduler&; tests give one whose time is turned by hand
// (tests/support/manual_scheduler.h).
class Scheduler {
 public:
  static constexpr std::int64_t kOnce = -1;

  virtual ~Scheduler() = default;
  // Runs `task` after delay_ms, then again period_ms after each end (kOnce: never again). One task
  // never runs twice at the same time. kNone after shutdown(), and then the task never runs.
  virtual TaskId schedule(std::string name, std::function<void()> task, std::int64_t delay_ms,
                          std::int64_t period_ms = kOnce) = 0;
  // No run begins after this; one that is under way goes on. False when the task is gone already.
  virtual bool cancel(TaskId id) = 0;
  // As cancel(), and returns only when no run is under way, so that what the task uses may be
  // destroyed. Never call it with a lock that the task takes. From within the task it does not
  // wait.
  virtual void cancel_and_wait(TaskId id) = 0;
};

class BackgroundScheduler final : public Scheduler {
 public:
  explicit BackgroundScheduler(int threads, std::string thread_name = "kafka-scheduler");
  ~BackgroundScheduler() override;  // shutdown()

  TaskId schedule(std::string name, std::function<void()> task, std::int64_t delay_ms,
                  std::int64_t period_ms = kOnce) override EXCLUDES(mutex_);
  bool cancel(TaskId id) override EXCLUDES(mutex_);
  void cancel_and_wait(TaskId id) override EXCLUDES(mutex_);

  // Drops what has not begun, waits for what has. May be called twice.
  void shutdown() EXCLUDES(mutex_, resize_mutex_);
  // Fewer threads: waits for the current tasks of those that end, so never call it from a task.
  void resize(int threads) EXCLUDES(mutex_, resize_mutex_);
  std::size_t waiting() const EXCLUDES(mutex_);

 private:
  using TimePoint = std::chrono::steady_clock::time_point;
  struct Task {
    std::string name;
    std::function<void()> run;
    std::int64_t period_ms = kOnce;
    TimePoint due;
    bool running = false;
    bool cancelled = false;
    std::thread::id runner;
  };
  using Key = std::pair<TimePoint, TaskId>;  // equal times run in the order of scheduling

  void join_or_start_threads(int threads) REQUIRES(resize_mutex_);
  void run_thread(int index) EXCLUDES(mutex_);
  void rest_until(TimePoint due) REQUIRES(mutex_);
  void run_one(TaskId id) REQUIRES(mutex_);

  const std::string thread_name_;
  Mutex resize_mutex_;
  std::vector<Thread> threads_ GUARDED_BY(resize_mutex_);
  mutable Mutex mutex_;
  CondVar changed_;
  CondVar finished_;
  std::unordered_map<TaskId, Task> tasks_ GUARDED_BY(mutex_);
  std::map<Key, TaskId> queue_ GUARDED_BY(mutex_);
  TimePoint watched_until_ GUARDED_BY(mutex_) = TimePoint::max();
  std::uint64_t next_id_ GUARDED_BY(mutex_) = 1;
  int wanted_threads_ GUARDED_BY(mutex_) = 0;
  bool stopping_ GUARDED_BY(mutex_) = false;
};

}  // namespace odradek::base
