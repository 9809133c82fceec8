// Timer: runs tasks when their time has come, on one thread of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/thread.h"
#include "server/purgatory/timing_wheel.h"

namespace odradek::purgatory {

// Something to run at a time. While it is scheduled the timer shares its ownership.
class TimerTask : public WheelEntry, public std::enable_shared_from_this<TimerTask> {
 public:
  virtual ~TimerTask() = default;
  // On the timer's thread, with no lock held; runs at most once per add().
  virtual void run() = 0;

 private:
  friend class Timer;
  std::shared_ptr<TimerTask> self_;  // set while scheduled; guarded by the timer's lock
};

// Safe from any thread. Precision is one millisecond; nothing runs early.
class Timer {
 public:
  // `name` becomes the thread's name. `clock` must outlive the timer.
  Timer(std::string name, const base::Clock& clock);
  ~Timer();  // stops it
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  void start();  // once; without it only advance() runs tasks
  // Ends the thread; tasks that still wait are dropped without being run.
  void stop();

  // After stop() a task is dropped at once. `task` must not be scheduled already.
  void add(std::shared_ptr<TimerTask> task, std::int64_t delay_ms);
  // True when the task was scheduled and now will not run.
  bool cancel(TimerTask& task);

  // Runs everything due by the clock, here and now; how many that was. Tests with a ManualClock
  // call it; else the thread does.
  std::size_t advance();

  std::size_t size() const;

 private:
  void run_thread();
  bool wait_for_work();  // false when stopped

  const std::string name_;
  const base::Clock& clock_;
  mutable base::Mutex mutex_;
  base::CondVar changed_;
  TimingWheel wheel_ GUARDED_BY(mutex_);
  std::int64_t awaited_ms_ GUARDED_BY(mutex_);  // what the thread sleeps for
  bool stopped_ GUARDED_BY(mutex_) = false;
  base::Thread thread_;
};

}  // namespace odradek::purgatory
