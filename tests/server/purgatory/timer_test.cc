#include "server/purgatory/timer.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "base/thread.h"

namespace odradek::purgatory {
namespace {

class CallTask : public TimerTask {
 public:
  explicit CallTask(std::function<void()> call) : call_(std::move(call)) {}
  void run() override { call_(); }

 private:
  std::function<void()> call_;
};

TEST(Timer, RunsATaskWhenTheClockHasReachedIt) {
  base::ManualClock clock;
  Timer timer("timer", clock);
  int runs = 0;
  timer.add(std::make_shared<CallTask>([&] { ++runs; }), 500);
  clock.advance_ms(499);
  EXPECT_EQ(timer.advance(), 0u);
  clock.advance_ms(2);
  EXPECT_EQ(timer.advance(), 1u);
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(timer.size(), 0u);
}

TEST(Timer, NeverRunsWhatWasCancelled) {
  base::ManualClock clock;
  Timer timer("timer", clock);
  auto task = std::make_shared<CallTask>([] { FAIL() << "cancelled"; });
  timer.add(task, 10);
  EXPECT_TRUE(timer.cancel(*task));
  EXPECT_FALSE(timer.cancel(*task));
  EXPECT_EQ(task.use_count(), 1);
  clock.advance_ms(100);
  EXPECT_EQ(timer.advance(), 0u);
}

TEST(Timer, OwnsATaskOnlyWhileItIsScheduled) {
  base::ManualClock clock;
  std::weak_ptr<TimerTask> watched;
  {
    Timer timer("timer", clock);
    auto task = std::make_shared<CallTask>([] {});
    watched = task;
    timer.add(std::move(task), 1'000);
    EXPECT_FALSE(watched.expired());
  }
  EXPECT_TRUE(watched.expired());
}

TEST(Timer, MayScheduleATaskAgainFromItself) {
  base::ManualClock clock;
  Timer timer("timer", clock);
  int runs = 0;
  std::shared_ptr<CallTask> task;
  task = std::make_shared<CallTask>([&] {
    if (++runs < 3) timer.add(task, 10);
  });
  timer.add(task, 10);
  for (int i = 0; i < 5; ++i) {
    clock.advance_ms(11);
    (void)timer.advance();  // how many is told by `runs`
  }
  EXPECT_EQ(runs, 3);
}

TEST(Timer, ItsThreadWakesForATaskEarlierThanTheOneItSleepsFor) {
  Timer timer("timer", base::Clock::system());
  timer.start();
  timer.add(std::make_shared<CallTask>([] { FAIL() << "an hour is not over"; }), 3'600'000);
  std::promise<void> ran;
  const std::int64_t start_ns = base::Clock::system().monotonic_ns();
  timer.add(std::make_shared<CallTask>([&] { ran.set_value(); }), 20);
  ran.get_future().wait();
  EXPECT_GE(base::Clock::system().monotonic_ns() - start_ns, 20'000'000);
  timer.stop();
}

TEST(Timer, RunsOrCancelsEachTaskOnceUnderManyThreads) {
  Timer timer("timer", base::Clock::system());
  timer.start();
  std::atomic<int> runs{0};
  std::atomic<int> cancels{0};
  {
    std::vector<base::Thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back("add-" + std::to_string(t), [&] {
        for (int i = 0; i < 2'000; ++i) {
          auto task = std::make_shared<CallTask>([&] { ++runs; });
          timer.add(task, i % 5);
          if (i % 2 == 0 && timer.cancel(*task)) ++cancels;
        }
      });
    }
  }
  std::promise<void> last;
  timer.add(std::make_shared<CallTask>([&] { last.set_value(); }), 50);
  last.get_future().wait();
  EXPECT_EQ(runs + cancels, 8'000);
  EXPECT_EQ(timer.size(), 0u);
}

}  // namespace
}  // namespace odradek::purgatory
