// ManualScheduler: a Scheduler whose tasks run in the test's own thread, when the test advances the
// clock.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/scheduler.h"

namespace odradek::testing {

// One thread only.
class ManualScheduler final : public base::Scheduler {
 public:
  explicit ManualScheduler(base::ManualClock& clock) : clock_(clock) {}

  base::TaskId schedule(std::string name, std::function<void()> task, std::int64_t delay_ms,
                        std::int64_t period_ms = kOnce) override {
    auto id = base::TaskId{next_id_++};
    tasks_[{clock_.monotonic_ms() + delay_ms, id}] = {std::move(name), std::move(task), period_ms};
    return id;
  }
  bool cancel(base::TaskId id) override {
    return std::erase_if(tasks_, [id](const auto& item) { return item.first.second == id; }) > 0;
  }
  void cancel_and_wait(base::TaskId id) override { cancel(id); }

  // Turns the clock forward step by step, and runs what falls due at its time.
  void advance_ms(std::int64_t ms) {
    std::int64_t end_ms = clock_.monotonic_ms() + ms;
    while (!tasks_.empty() && tasks_.begin()->first.first <= end_ms) run_first();
    clock_.advance_ms(end_ms - clock_.monotonic_ms());
  }
  std::size_t waiting() const { return tasks_.size(); }
  bool has(const std::string& name) const {
    for (const auto& [key, task] : tasks_) {
      if (task.name == name) return true;
    }
    return false;
  }

 private:
  struct Task {
    std::string name;
    std::function<void()> run;
    std::int64_t period_ms = kOnce;
  };

  void run_first() {
    auto node = tasks_.extract(tasks_.begin());
    auto [due_ms, id] = node.key();
    if (due_ms > clock_.monotonic_ms()) clock_.advance_ms(due_ms - clock_.monotonic_ms());
    Task& task = node.mapped();
    std::function<void()> run = task.run;
    if (task.period_ms >= 0) {
      // Put back before the run, so that the run may cancel itself.
      tasks_[{clock_.monotonic_ms() + std::max<std::int64_t>(task.period_ms, 1), id}] = task;
    }
    run();
  }

  base::ManualClock& clock_;
  std::uint64_t next_id_ = 1;
  std::map<std::pair<std::int64_t, base::TaskId>, Task> tasks_;
};

}  // namespace odradek::testing
