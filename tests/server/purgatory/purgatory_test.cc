#include "server/purgatory/purgatory.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/thread.h"
#include "server/purgatory/action_queue.h"

namespace odradek::purgatory {
namespace {

class Waiter : public DelayedOperation {
 public:
  explicit Waiter(std::int64_t timeout_ms) : DelayedOperation(timeout_ms) {}

  std::atomic<bool> ready{false};
  std::atomic<int> tries{0};
  std::atomic<int> completions{0};
  std::atomic<int> expirations{0};
  std::function<void()> then;

 private:
  bool try_complete() override {
    ++tries;
    return ready && force_complete();
  }
  void on_complete() override {
    ++completions;
    if (then) then();
  }
  void on_expiration() override { ++expirations; }
};

class PurgatoryTest : public ::testing::Test {
 protected:
  void pass_ms(std::int64_t ms) {
    clock_.advance_ms(ms);
    (void)timer_.advance();  // tests look at the operations
  }

  base::ManualClock clock_;
  Timer timer_{"purgatory", clock_};
  Purgatory<std::string> purgatory_{"test", timer_};
};

TEST_F(PurgatoryTest, CompletesAtOnceWhatIsReady) {
  auto waiter = std::make_shared<Waiter>(100);
  waiter->ready = true;
  EXPECT_TRUE(purgatory_.try_complete_else_watch(waiter, {"a"}));
  EXPECT_EQ(waiter->completions, 1);
  EXPECT_EQ(purgatory_.watched(), 0u);
  EXPECT_EQ(timer_.size(), 0u);
}

TEST_F(PurgatoryTest, CompletesOnACheckOfAnyKeyAndLeavesAllOthers) {
  auto waiter = std::make_shared<Waiter>(100);
  EXPECT_FALSE(purgatory_.try_complete_else_watch(waiter, {"a", "b", "c"}));
  EXPECT_EQ(purgatory_.watched(), 3u);
  EXPECT_EQ(purgatory_.delayed(), 1u);
  EXPECT_EQ(purgatory_.check_and_complete("b"), 0u);
  waiter->ready = true;
  EXPECT_EQ(purgatory_.check_and_complete("unknown"), 0u);
  EXPECT_EQ(purgatory_.check_and_complete("b"), 1u);
  EXPECT_EQ(purgatory_.watched(), 0u);
  EXPECT_EQ(purgatory_.delayed(), 0u);
  EXPECT_EQ(timer_.size(), 0u);
  pass_ms(1'000);
  EXPECT_EQ(waiter->completions, 1);
  EXPECT_EQ(waiter->expirations, 0);
  EXPECT_EQ(waiter.use_count(), 1);
}

TEST_F(PurgatoryTest, ExpiresAfterItsTimeout) {
  auto waiter = std::make_shared<Waiter>(100);
  EXPECT_FALSE(purgatory_.try_complete_else_watch(waiter, {"a"}));
  pass_ms(99);
  EXPECT_FALSE(waiter->is_completed());
  pass_ms(2);
  EXPECT_EQ(waiter->completions, 1);
  EXPECT_EQ(waiter->expirations, 1);
  EXPECT_EQ(purgatory_.watched(), 0u);
  EXPECT_FALSE(waiter->force_complete());
}

TEST_F(PurgatoryTest, WaitsWithoutKeysForItsTimeAlone) {
  auto waiter = std::make_shared<Waiter>(10);
  EXPECT_FALSE(purgatory_.try_complete_else_watch(waiter, {}));
  EXPECT_EQ(purgatory_.delayed(), 1u);
  pass_ms(11);
  EXPECT_EQ(waiter->expirations, 1);
}

TEST_F(PurgatoryTest, KeepsTheOperationAliveWhileItWaits) {
  std::weak_ptr<Waiter> watched;
  {
    auto waiter = std::make_shared<Waiter>(100);
    watched = waiter;
    EXPECT_FALSE(purgatory_.try_complete_else_watch(waiter, {"a"}));
  }
  {
    std::shared_ptr<Waiter> waiter = watched.lock();
    ASSERT_NE(waiter, nullptr);
    waiter->ready = true;
  }
  EXPECT_EQ(purgatory_.check_and_complete("a"), 1u);
  EXPECT_TRUE(watched.expired());
}

TEST_F(PurgatoryTest, ForcesAllOperationsOfAKey) {
  std::vector<std::shared_ptr<Waiter>> waiters;
  for (int i = 0; i < 5; ++i) {
    waiters.push_back(std::make_shared<Waiter>(100));
    EXPECT_FALSE(
        purgatory_.try_complete_else_watch(waiters.back(), {i % 2 == 0 ? "even" : "odd", "all"}));
  }
  EXPECT_EQ(purgatory_.watching("even").size(), 3u);
  EXPECT_EQ(purgatory_.force_complete("even"), 3u);
  EXPECT_EQ(purgatory_.watching("all").size(), 2u);
}

TEST_F(PurgatoryTest, ExpiresAtOnceWhatDoesNotFit) {
  Purgatory<std::string> small("small", timer_, {.max_operations = 1});
  auto first = std::make_shared<Waiter>(100);
  auto second = std::make_shared<Waiter>(100);
  EXPECT_FALSE(small.try_complete_else_watch(first, {"a"}));
  EXPECT_TRUE(small.try_complete_else_watch(second, {"a"}));
  EXPECT_EQ(second->expirations, 1);
  EXPECT_FALSE(first->is_completed());
}

TEST_F(PurgatoryTest, MayBeAskedAgainFromWithinACompletion) {
  auto second = std::make_shared<Waiter>(100);
  auto first = std::make_shared<Waiter>(100);
  first->then = [&] {
    second->ready = true;
    EXPECT_EQ(purgatory_.check_and_complete("a"), 1u);
  };
  EXPECT_FALSE(purgatory_.try_complete_else_watch(first, {"a"}));
  EXPECT_FALSE(purgatory_.try_complete_else_watch(second, {"a"}));
  first->ready = true;
  EXPECT_EQ(purgatory_.check_and_complete("a"), 1u);
  EXPECT_EQ(second->completions, 1);
}

TEST_F(PurgatoryTest, DropsOperationsWhenItsTimerStops) {
  auto waiter = std::make_shared<Waiter>(100);
  EXPECT_FALSE(purgatory_.try_complete_else_watch(waiter, {"a"}));
  timer_.stop();
  EXPECT_EQ(waiter.use_count(), 1);
  waiter.reset();
  EXPECT_EQ(purgatory_.watched(), 0u);
  EXPECT_EQ(purgatory_.check_and_complete("a"), 0u);
}

TEST_F(PurgatoryTest, RunsNotedActionsAfterTheLockIsReleased) {
  base::Mutex state_mutex;
  ActionQueue actions;
  auto waiter = std::make_shared<Waiter>(100);
  waiter->then = [&] { base::MutexLock lock(state_mutex); };
  EXPECT_FALSE(purgatory_.try_complete_else_watch(waiter, {"a"}));
  {
    base::MutexLock lock(state_mutex);
    waiter->ready = true;
    actions.add([&] { EXPECT_EQ(purgatory_.check_and_complete("a"), 1u); });
  }
  EXPECT_EQ(actions.run_all(), 1u);
  EXPECT_EQ(actions.run_all(), 0u);
  EXPECT_EQ(waiter->completions, 1);
}

// Threads that make ready, check, force and expire the same operations at the same time.
TEST(Purgatory, CompletesEachOperationExactlyOnceUnderManyThreads) {
  Timer timer("purgatory", base::Clock::system());
  timer.start();
  Purgatory<int> purgatory("busy", timer);
  constexpr int kOperations = 4'000;
  std::vector<std::shared_ptr<Waiter>> waiters;
  for (int i = 0; i < kOperations; ++i) waiters.push_back(std::make_shared<Waiter>(i % 20));
  std::atomic<int> given{0};
  {
    std::vector<base::Thread> threads;
    for (int t = 0; t < 2; ++t) {
      threads.emplace_back("give-" + std::to_string(t), [&] {
        for (int i = given++; i < kOperations; i = given++) {
          (void)purgatory.try_complete_else_watch(waiters[static_cast<std::size_t>(i)],
                                                  {i % 7, 100 + i % 11});
        }
      });
    }
    for (int t = 0; t < 2; ++t) {
      threads.emplace_back("check-" + std::to_string(t), [&, t] {
        for (int i = 0; i < kOperations; ++i) {
          auto& waiter = waiters[static_cast<std::size_t>(i)];
          if (i % 3 == t) waiter->ready = true;
          if (i % 97 == 0) (void)waiter->force_complete();
          (void)purgatory.check_and_complete(t == 0 ? i % 7 : 100 + i % 11);
        }
      });
    }
  }
  while (purgatory.delayed() > 0) {
    for (int key = 0; key < 7; ++key) (void)purgatory.check_and_complete(key);
    std::this_thread::yield();
  }
  timer.stop();  // an expiration that has begun ends before this returns
  for (const auto& waiter : waiters) EXPECT_EQ(waiter->completions, 1);
  EXPECT_EQ(purgatory.watched(), 0u);
}

// A change that comes while another thread is still trying must not be lost.
TEST(Purgatory, NeverMissesTheLastChange) {
  Timer timer("purgatory", base::Clock::system());
  Purgatory<int> purgatory("changes", timer);
  for (int round = 0; round < 3'000; ++round) {
    auto waiter = std::make_shared<Waiter>(1'000'000);
    base::Thread changer("changer", [&] {
      waiter->ready = true;
      (void)purgatory.check_and_complete(1);
    });
    (void)purgatory.try_complete_else_watch(waiter, {1});
    changer.join();
    ASSERT_EQ(waiter->completions, 1) << "round " << round;
  }
}

}  // namespace
}  // namespace odradek::purgatory
