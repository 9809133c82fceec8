#include "server/purgatory/timer.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>
#include <vector>

#include "base/log.h"

namespace odradek::purgatory {
namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
// Awake, the thread looks at the wheel by itself.
constexpr std::int64_t kAwake = std::numeric_limits<std::int64_t>::min();
// The clock may be turned by hand or disagree a little with the condition variable's: look again.
constexpr std::int64_t kMaxSleepMs = 60'000;

}  // namespace

Timer::Timer(std::string name, const base::Clock& clock)
    : name_(std::move(name)), clock_(clock), wheel_(clock.monotonic_ms()), awaited_ms_(kAwake) {}

Timer::~Timer() { stop(); }

void Timer::start() {
  CHECK(!thread_.joinable()) << "The timer " << name_ << " is started twice.";
  thread_ = base::Thread(name_, [this] { run_thread(); });
}

void Timer::stop() {
  {
    base::MutexLock lock(mutex_);
    stopped_ = true;
    changed_.notify_all();
  }
  thread_.join();
  // Dropped outside the lock: a task's destructor may be anything.
  std::vector<std::shared_ptr<TimerTask>> dropped;
  base::MutexLock lock(mutex_);
  for (WheelEntry* entry : wheel_.drain()) {
    dropped.push_back(std::move(static_cast<TimerTask*>(entry)->self_));
  }
}

void Timer::add(std::shared_ptr<TimerTask> task, std::int64_t delay_ms) {
  base::MutexLock lock(mutex_);
  if (stopped_) return;
  CHECK(task->self_ == nullptr) << "A task of the timer " << name_ << " is scheduled twice.";
  const std::int64_t now_ms = clock_.monotonic_ms();
  // A tick more, because "now" was cut down to whole milliseconds: nothing may run early.
  const std::int64_t room_ms = kNever - now_ms - 1;
  const std::int64_t wait_ms = delay_ms <= 0 ? 0 : std::min(delay_ms, room_ms) + 1;
  wheel_.add(*task, now_ms + wait_ms);
  TimerTask& scheduled = *task;
  scheduled.self_ = std::move(task);
  if (wheel_.next_wake_ms() < awaited_ms_) changed_.notify_all();
}

bool Timer::cancel(TimerTask& task) {
  std::shared_ptr<TimerTask> dropped;  // after the lock
  base::MutexLock lock(mutex_);
  if (task.self_ == nullptr) return false;
  wheel_.remove(task);
  dropped = std::move(task.self_);
  return true;
}

std::size_t Timer::advance() {
  std::vector<std::shared_ptr<TimerTask>> due;
  {
    base::MutexLock lock(mutex_);
    for (WheelEntry* entry : wheel_.advance_to(clock_.monotonic_ms())) {
      due.push_back(std::move(static_cast<TimerTask*>(entry)->self_));
    }
  }
  for (const std::shared_ptr<TimerTask>& task : due) task->run();
  return due.size();
}

std::size_t Timer::size() const {
  base::MutexLock lock(mutex_);
  return wheel_.size();
}

void Timer::run_thread() {
  while (wait_for_work()) advance();
}

bool Timer::wait_for_work() {
  base::MutexLock lock(mutex_);
  while (!stopped_) {
    const std::int64_t now_ms = clock_.monotonic_ms();
    const std::int64_t wake_ms = wheel_.next_wake_ms();
    if (wake_ms <= now_ms) return true;
    awaited_ms_ = wake_ms;
    const std::int64_t sleep_ms = std::min(wake_ms - now_ms, kMaxSleepMs);
    // Whether time or a notice ended the sleep, the loop looks at both.
    (void)changed_.wait_until(
        mutex_, std::chrono::steady_clock::now() + std::chrono::milliseconds(sleep_ms));
    awaited_ms_ = kAwake;
  }
  return false;
}

}  // namespace odradek::purgatory
