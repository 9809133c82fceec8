#include "base/scheduler.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/deadline.h"
#include "base/log.h"

namespace odradek::base {

BackgroundScheduler::BackgroundScheduler(int threads, std::string thread_name)
    : thread_name_(std::move(thread_name)) {
  resize(threads);
}

BackgroundScheduler::~BackgroundScheduler() { shutdown(); }

TaskId BackgroundScheduler::schedule(std::string name, std::function<void()> task,
                                     std::int64_t delay_ms, std::int64_t period_ms) {
  TimePoint due = steady_after_ms(delay_ms);
  MutexLock lock(mutex_);
  if (stopping_) return TaskId::kNone;
  TaskId id{next_id_++};
  tasks_.emplace(id, Task{.name = std::move(name),
                          .run = std::move(task),
                          .period_ms = period_ms,
                          .due = due,
                          .runner = {}});
  queue_.emplace(Key{due, id}, id);
  changed_.notify_one();
  return id;
}

bool BackgroundScheduler::cancel(TaskId id) {
  std::function<void()> dies_outside_the_lock;
  MutexLock lock(mutex_);
  auto found = tasks_.find(id);
  if (found == tasks_.end() || found->second.cancelled) return false;
  found->second.cancelled = true;
  if (found->second.running) return true;
  queue_.erase(Key{found->second.due, id});
  dies_outside_the_lock = std::move(found->second.run);
  tasks_.erase(found);
  return true;
}

void BackgroundScheduler::cancel_and_wait(TaskId id) {
  cancel(id);
  MutexLock lock(mutex_);
  while (true) {
    auto found = tasks_.find(id);
    if (found == tasks_.end() || found->second.runner == std::this_thread::get_id()) return;
    finished_.wait(mutex_);
  }
}

void BackgroundScheduler::shutdown() {
  std::unordered_map<TaskId, Task> dropped;
  MutexLock resizing(resize_mutex_);
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    wanted_threads_ = 0;
    queue_.clear();
    for (auto item = tasks_.begin(); item != tasks_.end();) {
      item->second.cancelled = true;
      auto next = std::next(item);
      if (!item->second.running) dropped.insert(tasks_.extract(item));
      item = next;
    }
    changed_.notify_all();
    finished_.notify_all();
  }
  threads_.clear();  // joins
}

void BackgroundScheduler::resize(int threads) {
  CHECK_GT(threads, 0) << "A scheduler needs a thread.";
  MutexLock resizing(resize_mutex_);
  {
    MutexLock lock(mutex_);
    if (stopping_) return;
    wanted_threads_ = threads;
    changed_.notify_all();
  }
  join_or_start_threads(threads);
}

void BackgroundScheduler::join_or_start_threads(int threads) {
  auto wanted = static_cast<std::size_t>(threads);
  if (threads_.size() > wanted) threads_.resize(wanted);
  while (threads_.size() < wanted) {
    int index = static_cast<int>(threads_.size());
    threads_.emplace_back(thread_name_ + "-" + std::to_string(index),
                          [this, index] { run_thread(index); });
  }
}

void BackgroundScheduler::run_thread(int index) {
  MutexLock lock(mutex_);
  while (index < wanted_threads_) {
    if (queue_.empty()) {
      changed_.wait(mutex_);
      continue;
    }
    auto [due, id] = queue_.begin()->first;
    if (due > std::chrono::steady_clock::now()) {
      rest_until(due);
      continue;
    }
    queue_.erase(queue_.begin());
    // The next task may be due as well, and needs a thread that watches the time.
    if (!queue_.empty()) changed_.notify_one();
    run_one(id);
  }
  // The wake-up that this thread took may have been meant for one that stays.
  changed_.notify_one();
}

// One thread watches the time for all, so that a task does not wake them all.
void BackgroundScheduler::rest_until(TimePoint due) {
  if (watched_until_ <= due) return changed_.wait(mutex_);
  watched_until_ = due;
  changed_.wait_until(mutex_, due);
  // Unless another one watches for an earlier time by now.
  if (watched_until_ == due) watched_until_ = TimePoint::max();
}

void BackgroundScheduler::run_one(TaskId id) {
  Task& task = tasks_.at(id);  // stays where it is: only this thread removes a running task
  task.running = true;
  task.runner = std::this_thread::get_id();
  mutex_.unlock();
  task.run();
  mutex_.lock();
  task.running = false;
  task.runner = {};
  if (task.period_ms >= 0 && !task.cancelled) {
    // At least 1 ms, so that a period of 0 does not keep the others waiting.
    task.due = steady_after_ms(std::max<std::int64_t>(task.period_ms, 1));
    queue_.emplace(Key{task.due, id}, id);
    return;
  }
  std::function<void()> run = std::move(task.run);
  mutex_.unlock();
  run = nullptr;  // what it captured dies outside the lock, and before cancel_and_wait() returns
  mutex_.lock();
  tasks_.erase(id);
  finished_.notify_all();
}

std::size_t BackgroundScheduler::waiting() const {
  MutexLock lock(mutex_);
  return queue_.size();
}

}  // namespace odradek::base
