#include "server/purgatory/timing_wheel.h"

#include <gtest/gtest.h>

#include <limits>
#include <list>
#include <random>
#include <vector>

namespace odradek::purgatory {
namespace {

TEST(TimingWheel, GivesAnEntryOutAtItsTickAndNotBefore) {
  for (std::int64_t delay_ms : {1, 2, 19, 20, 21, 399, 400, 401, 7'999, 8'000, 30'000, 600'000}) {
    TimingWheel wheel(12'345);
    WheelEntry entry;
    wheel.add(entry, 12'345 + delay_ms);
    EXPECT_TRUE(wheel.advance_to(12'345 + delay_ms - 1).empty()) << delay_ms;
    EXPECT_TRUE(entry.is_linked());
    EXPECT_EQ(wheel.advance_to(12'345 + delay_ms), std::vector<WheelEntry*>{&entry}) << delay_ms;
    EXPECT_FALSE(entry.is_linked());
    EXPECT_EQ(wheel.size(), 0u);
  }
}

TEST(TimingWheel, GivesWhatIsAlreadyDueAtTheNextAdvance) {
  TimingWheel wheel(100);
  WheelEntry entry;
  wheel.add(entry, 50);
  EXPECT_EQ(wheel.next_wake_ms(), 100);
  EXPECT_EQ(wheel.advance_to(100).size(), 1u);
}

TEST(TimingWheel, HoldsADeadlineAtTheEndOfTime) {
  TimingWheel wheel(100);
  WheelEntry entry;
  wheel.add(entry, std::numeric_limits<std::int64_t>::max());
  EXPECT_TRUE(wheel.advance_to(100 + std::int64_t{1'000} * 86'400 * 365 * 100).empty());
  wheel.remove(entry);
  EXPECT_EQ(wheel.size(), 0u);
}

TEST(TimingWheel, SleepsUntilTheFirstBucketThatHoldsSomething) {
  TimingWheel wheel(1'000);
  EXPECT_EQ(wheel.next_wake_ms(), std::numeric_limits<std::int64_t>::max());
  WheelEntry near;
  WheelEntry far;
  wheel.add(far, 91'234);
  EXPECT_GT(wheel.next_wake_ms(), 80'000);
  EXPECT_LE(wheel.next_wake_ms(), 91'234);
  wheel.add(near, 1'007);
  EXPECT_EQ(wheel.next_wake_ms(), 1'007);
  wheel.remove(near);
  EXPECT_GT(wheel.next_wake_ms(), 80'000);
  wheel.remove(far);
}

TEST(TimingWheel, DrainsEverythingThatIsLeft) {
  TimingWheel wheel(0);
  WheelEntry entries[5];
  std::int64_t deadlines_ms[] = {-1, 1, 30, 5'000, 1'000'000};
  for (std::size_t i = 0; i < 5; ++i) wheel.add(entries[i], deadlines_ms[i]);
  EXPECT_EQ(wheel.drain().size(), 5u);
  for (WheelEntry& entry : entries) EXPECT_FALSE(entry.is_linked());
  EXPECT_EQ(wheel.next_wake_ms(), std::numeric_limits<std::int64_t>::max());
}

// Against a plain list of deadlines, with random steps, additions and removals.
TEST(TimingWheel, AgreesWithAListOfDeadlines) {
  std::mt19937_64 random(20);
  std::int64_t now_ms = 777;
  TimingWheel wheel(now_ms);
  std::list<WheelEntry> entries;
  for (int step = 0; step < 20'000; ++step) {
    const std::uint64_t dice = random() % 10;
    if (dice < 5) {
      const std::int64_t reach_ms = std::int64_t{1} << (random() % 24);
      wheel.add(entries.emplace_back(), now_ms + static_cast<std::int64_t>(random()) % reach_ms);
    } else if (dice < 7 && !entries.empty()) {
      wheel.remove(entries.front());
      entries.pop_front();
    } else {
      now_ms += static_cast<std::int64_t>(random() % (dice == 9 ? 100'000 : 50));
      for (WheelEntry* entry : wheel.advance_to(now_ms)) EXPECT_LE(entry->deadline_ms(), now_ms);
      entries.remove_if([&](const WheelEntry& entry) {
        EXPECT_EQ(entry.is_linked(), entry.deadline_ms() > now_ms);
        return !entry.is_linked();
      });
    }
    ASSERT_EQ(wheel.size(), entries.size());
  }
}

}  // namespace
}  // namespace odradek::purgatory
