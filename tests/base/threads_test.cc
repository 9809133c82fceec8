#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <future>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/bounded_queue.h"
#include "base/deadline.h"
#include "base/log.h"
#include "base/mutex.h"
#include "base/scheduler.h"
#include "base/snapshot.h"
#include "base/thread.h"
#include "tests/support/manual_scheduler.h"

namespace odradek::base {
namespace {

constexpr std::int64_t kLongMs = 30'000;  // only a broken test waits that long

TEST(Thread, KnowsItsNameAndIsJoinedByItsDestructor) {
  std::string role;
  bool right_thread = false;
  {
    Thread thread("controller-event-thread-7", [&] {
      role = thread_role();
      right_thread = on_thread("controller-event") && !on_thread("kafka-io");
    });
  }
  EXPECT_EQ(role, "controller-event-thread-7");
  EXPECT_TRUE(right_thread);
  EXPECT_EQ(thread_role(), "main");
}

TEST(Thread, JoinsTheOldBodyWhenGivenANewOne) {
  std::atomic<int> runs{0};
  Thread thread("one", [&] { ++runs; });
  thread = Thread("two", [&] { runs += 10; });
  EXPECT_GE(runs.load() % 10, 1);
  thread.join();
  EXPECT_EQ(runs.load(), 11);
  EXPECT_FALSE(thread.joinable());
}

TEST(ThreadOwner, BelongsToWhoAsksFirst) {
  ThreadOwner owner;
  EXPECT_TRUE(owner.is_current());
  EXPECT_TRUE(owner.is_current());
  bool other = true;
  Thread("other", [&] { other = owner.is_current(); }).join();
  EXPECT_FALSE(other);
  owner.release();
  Thread("other", [&] { other = owner.is_current(); }).join();
  EXPECT_TRUE(other);
}

TEST(Mutex, LetsInOneAtATime) {
  static_assert(sizeof(Mutex) == 4);
  Mutex mutex;
  std::int64_t count = 0;  // not atomic: that is what the mutex is for
  std::vector<Thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back("counter", [&] {
      for (int round = 0; round < 50'000; ++round) {
        MutexLock lock(mutex);
        ++count;
      }
    });
  }
  for (Thread& thread : threads) thread.join();
  EXPECT_EQ(count, 200'000);
}

// A token goes around; whoever misses a wake-up never ends.
TEST(CondVar, WakesWhoeverWaits) {
  constexpr int kThreads = 4;
  constexpr int kRounds = 20'000;
  struct Ring {
    Mutex mutex;
    CondVar turns[kThreads];
    int token GUARDED_BY(mutex) = 0;
  } ring;
  std::vector<Thread> threads;
  for (int self = 0; self < kThreads; ++self) {
    threads.emplace_back("passer", [&ring, self] {
      for (int round = self; round < kRounds; round += kThreads) {
        {
          MutexLock lock(ring.mutex);
          while (ring.token != round) ring.turns[self].wait(ring.mutex);
          ring.token = round + 1;
        }
        ring.turns[(self + 1) % kThreads].notify_one();
      }
    });
  }
  for (Thread& thread : threads) thread.join();
  MutexLock lock(ring.mutex);
  EXPECT_EQ(ring.token, kRounds);
}

TEST(CondVar, WakesAllAndKeepsDeadlines) {
  Mutex mutex;
  CondVar condition;
  bool open = false;
  int through = 0;
  std::vector<Thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back("waiter", [&] {
      MutexLock lock(mutex);
      while (!open) ASSERT_TRUE(condition.wait_until(mutex, steady_after_ms(kLongMs)));
      ++through;
    });
  }
  {
    MutexLock lock(mutex);
    auto deadline = steady_after_ms(20);
    while (condition.wait_until(mutex, deadline)) {
    }
    EXPECT_GE(std::chrono::steady_clock::now(), deadline);
    EXPECT_FALSE(condition.wait_until(mutex, {}));
    open = true;
    condition.notify_all();
  }
  for (Thread& thread : threads) thread.join();
  MutexLock lock(mutex);
  EXPECT_EQ(through, 3);
}

TEST(BoundedQueue, KeepsOrderAndRefusesMoreThanItsBound) {
  BoundedQueue<std::unique_ptr<int>> queue(2);
  EXPECT_TRUE(queue.push(std::make_unique<int>(1)));
  EXPECT_TRUE(queue.try_push(std::make_unique<int>(2)));
  auto third = std::make_unique<int>(3);
  EXPECT_FALSE(queue.try_push(std::move(third)));
  ASSERT_NE(third, nullptr) << "moved from although refused";  // NOLINT(bugprone-use-after-move)
  EXPECT_FALSE(queue.push_until(std::move(third), steady_after_ms(1)));
  EXPECT_EQ(queue.size(), 2U);
  EXPECT_EQ(**queue.pop(), 1);
  EXPECT_EQ(**queue.try_pop(), 2);
  EXPECT_FALSE(queue.try_pop().has_value());
  EXPECT_FALSE(queue.pop_until(steady_after_ms(1)).has_value());
}

TEST(BoundedQueue, GivesBatchesInOrder) {
  BoundedQueue<int> queue(10);
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(queue.push(i));
  EXPECT_EQ(queue.pop_batch(3, steady_after_ms(0)), (std::vector<int>{0, 1, 2}));
  EXPECT_EQ(queue.pop_batch(3, steady_after_ms(0)), (std::vector<int>{3, 4}));
  EXPECT_TRUE(queue.pop_batch(3, steady_after_ms(1)).empty());
}

TEST(BoundedQueue, DrainsAfterCloseAndWakesSleepers) {
  BoundedQueue<int> full(1);
  EXPECT_TRUE(full.push(1));
  BoundedQueue<int> empty(1);
  bool pushed = true;
  bool popped = true;
  Thread producer("producer", [&] { pushed = full.push(2); });
  Thread consumer("consumer", [&] { popped = empty.pop().has_value(); });
  full.close();
  empty.close();
  producer.join();
  consumer.join();
  EXPECT_FALSE(popped);
  EXPECT_FALSE(pushed);
  EXPECT_EQ(full.pop(), 1);
  EXPECT_EQ(full.pop(), std::nullopt);
  EXPECT_TRUE(full.closed());
}

TEST(BoundedQueue, LosesAndDoublesNothingBetweenManyThreads) {
  constexpr int kEach = 5'000;
  BoundedQueue<int> queue(7);
  std::atomic<std::int64_t> sum{0};
  std::atomic<int> count{0};
  {
    std::vector<Thread> consumers;
    for (int i = 0; i < 3; ++i) {
      consumers.emplace_back("consumer", [&, i] {
        while (true) {
          auto batch = queue.pop_batch(i + 1, steady_after_ms(kLongMs));
          if (batch.empty()) return;
          for (int value : batch) sum += value;
          count += static_cast<int>(batch.size());
        }
      });
    }
    {
      std::vector<Thread> producers;
      for (int i = 0; i < 3; ++i) {
        producers.emplace_back("producer", [&, i] {
          for (int j = 0; j < kEach; ++j) EXPECT_TRUE(queue.push(i * kEach + j));
        });
      }
    }
    queue.close();
  }
  constexpr std::int64_t kAll = 3 * kEach;
  EXPECT_EQ(count.load(), kAll);
  EXPECT_EQ(sum.load(), kAll * (kAll - 1) / 2);
}

TEST(Snapshot, LeavesReadersWhatTheyTook) {
  Snapshot<std::string> snapshot(std::string("old"));
  auto taken = snapshot.read();
  snapshot.publish(std::string("new"));
  EXPECT_EQ(*taken, "old");
  EXPECT_EQ(*snapshot.read(), "new");
}

TEST(BackgroundScheduler, RunsOnceAndPeriodically) {
  BackgroundScheduler scheduler(2);
  std::promise<void> once;
  BoundedQueue<int> runs(100);
  auto periodic = scheduler.schedule(
      "periodic", [&] { (void)runs.try_push(1); }, 0, 1);
  scheduler.schedule(
      "once", [&] { once.set_value(); }, 1);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(runs.pop_until(steady_after_ms(kLongMs)));
  once.get_future().wait();
  scheduler.cancel_and_wait(periodic);
  while (runs.try_pop()) {
  }
  EXPECT_FALSE(runs.pop_until(steady_after_ms(20))) << "ran after its cancellation";
  EXPECT_EQ(scheduler.waiting(), 0U);
  EXPECT_FALSE(scheduler.cancel(periodic));
}

// How often the threads of this process whose names begin so have gone to sleep.
std::int64_t sleeps_of(const std::string& name) {
  std::int64_t sleeps = 0;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::string line;
    std::ifstream comm(task.path() / "comm");
    std::getline(comm, line);
    if (!line.starts_with(name)) continue;
    std::ifstream status(task.path() / "status");
    constexpr std::string_view kKey = "voluntary_ctxt_switches:";
    while (std::getline(status, line)) {
      if (line.starts_with(kKey)) sleeps += std::stoll(line.substr(kKey.size()));
    }
  }
  return sleeps;
}

TEST(BackgroundScheduler, DoesNotWakeAllThreadsForOneTask) {
  constexpr int kThreads = 20;
  constexpr int kTasks = 40;
  constexpr int kApartMs = 10;
  BackgroundScheduler scheduler(kThreads, "herd");
  BoundedQueue<int> runs(kTasks);
  for (int i = 1; i <= kTasks; ++i) {
    scheduler.schedule(
        "task", [&] { (void)runs.try_push(1); }, kApartMs * i);
  }
  for (int i = 0; i < kTasks; ++i) EXPECT_TRUE(runs.pop_until(steady_after_ms(kLongMs)));
  // One that runs it and one that watches the time meanwhile, and all of them when they began.
  EXPECT_LT(sleeps_of("herd"), 5 * kTasks + 5 * kThreads);
}

TEST(BackgroundScheduler, RunsByTimeNotByOrderOfScheduling) {
  BackgroundScheduler scheduler(1);
  BoundedQueue<int> order(10);
  std::promise<void> go;
  auto ready = go.get_future().share();
  scheduler.schedule(
      "gate", [ready] { ready.wait(); }, 0);
  scheduler.schedule(
      "later", [&] { (void)order.try_push(2); }, 40);
  scheduler.schedule(
      "sooner", [&] { (void)order.try_push(1); }, 1);
  go.set_value();
  EXPECT_EQ(order.pop_until(steady_after_ms(kLongMs)), 1);
  EXPECT_EQ(order.pop_until(steady_after_ms(kLongMs)), 2);
}

TEST(BackgroundScheduler, ForgetsACancelledTaskBeforeItRan) {
  BackgroundScheduler scheduler(1);
  auto held = std::make_shared<int>(0);
  auto id = scheduler.schedule(
      "never", [held] { ++*held; }, kLongMs);
  EXPECT_EQ(held.use_count(), 2);
  EXPECT_TRUE(scheduler.cancel(id));
  EXPECT_EQ(held.use_count(), 1) << "what the task captured was kept";
  EXPECT_FALSE(scheduler.cancel(id));
}

TEST(BackgroundScheduler, WaitsForTheRunUnderWayWhenAsked) {
  BackgroundScheduler scheduler(1);
  std::promise<void> began;
  std::promise<void> go;
  std::atomic<bool> ended{false};
  auto id = scheduler.schedule(
      "slow",
      [&] {
        began.set_value();
        go.get_future().wait();
        ended = true;
      },
      0, 1);
  began.get_future().wait();
  Thread releaser("releaser", [&] { go.set_value(); });
  scheduler.cancel_and_wait(id);
  EXPECT_TRUE(ended.load());
}

TEST(BackgroundScheduler, LetsATaskCancelItself) {
  BackgroundScheduler scheduler(1);
  std::promise<TaskId> id;
  auto known = id.get_future().share();
  std::atomic<int> runs{0};
  std::promise<void> done;
  id.set_value(scheduler.schedule(
      "suicidal",
      [&] {
        ++runs;
        scheduler.cancel_and_wait(known.get());
        done.set_value();
      },
      0, 1));
  done.get_future().wait();
  scheduler.shutdown();
  EXPECT_EQ(runs.load(), 1);
}

TEST(BackgroundScheduler, DropsWhatHasNotBegunAtShutdown) {
  BackgroundScheduler scheduler(2);
  auto held = std::make_shared<int>(0);
  scheduler.schedule(
      "far", [held] { ++*held; }, kLongMs);
  scheduler.shutdown();
  EXPECT_EQ(held.use_count(), 1);
  EXPECT_EQ(scheduler.schedule(
                "late", [held] { ++*held; }, 0),
            TaskId::kNone);
  scheduler.shutdown();
  EXPECT_EQ(*held, 0);
}

TEST(BackgroundScheduler, GrowsAndShrinksWhileTasksRun) {
  BackgroundScheduler scheduler(1);
  std::promise<void> go;
  auto ready = go.get_future().share();
  scheduler.schedule(
      "blocks the only thread", [ready] { ready.wait(); }, 0);
  std::promise<void> second;
  scheduler.schedule(
      "needs another", [&] { second.set_value(); }, 0);
  scheduler.resize(3);
  second.get_future().wait();
  go.set_value();
  scheduler.resize(1);
  std::promise<void> third;
  scheduler.schedule(
      "after", [&] { third.set_value(); }, 0);
  third.get_future().wait();
}

TEST(ManualScheduler, RunsWhatFallsDueWhenTimeIsTurned) {
  ManualClock clock;
  testing::ManualScheduler scheduler(clock);
  std::vector<std::int64_t> runs;
  std::int64_t start_ms = clock.monotonic_ms();
  auto id = scheduler.schedule(
      "p", [&] { runs.push_back(clock.monotonic_ms() - start_ms); }, 10, 5);
  scheduler.schedule(
      "once", [&] { runs.push_back(-1); }, 12);
  scheduler.advance_ms(9);
  EXPECT_TRUE(runs.empty());
  scheduler.advance_ms(7);
  EXPECT_EQ(runs, (std::vector<std::int64_t>{10, -1, 15}));
  EXPECT_TRUE(scheduler.cancel(id));
  scheduler.advance_ms(100);
  EXPECT_EQ(runs.size(), 3U);
}

TEST(Deadline, RunsDownToZeroAndNeverOverflows) {
  ManualClock clock;
  auto deadline = Deadline::after_ms(clock, 10);
  EXPECT_EQ(deadline.remaining_ms(), 10);
  clock.advance_ms(4);
  EXPECT_EQ(deadline.remaining_ms(), 6);
  EXPECT_FALSE(deadline.expired());
  clock.advance_ms(100);
  EXPECT_TRUE(deadline.expired());
  EXPECT_FALSE(Deadline::after_ms(clock, std::numeric_limits<std::int64_t>::max()).expired());
  EXPECT_TRUE(Deadline::after_ms(clock, -5).expired());
  EXPECT_GT(steady_after_ms(std::numeric_limits<std::int64_t>::max()), steady_after_ms(0));
}

TEST(LogEvery, LetsOneLinePerKeyAndIntervalThrough) {
  ManualClock clock;
  LogEvery noisy(1'000, clock);
  EXPECT_TRUE(noisy.pass("a"));
  EXPECT_TRUE(noisy.pass("b"));
  EXPECT_FALSE(noisy.pass("a"));
  EXPECT_FALSE(noisy.pass("a"));
  clock.advance_ms(1'000);
  auto pass = noisy.pass("a");
  EXPECT_TRUE(pass);
  EXPECT_EQ(pass.skipped, 2);
  for (std::size_t i = 0; i < 2 * LogEvery::kMaxKeys; ++i)
    EXPECT_TRUE(noisy.pass(std::to_string(i)));
}

}  // namespace
}  // namespace odradek::base
