#include "server/replica/replication_throttle.h"

#include <gtest/gtest.h>

#include "tests/server/replica/replicas.h"

namespace odradek::replica {
namespace {

TEST(ReplicationThrottle, MeasuresOverItsWindows) {
  base::ManualClock clock;
  ReplicationThrottle throttle(clock, 11, 1000);
  throttle.record(1'000'000);
  EXPECT_FALSE(throttle.is_exceeded());  // no limit
  throttle.set_rate(100'000);
  EXPECT_TRUE(throttle.is_exceeded());
  clock.advance_ms(9'999);
  EXPECT_TRUE(throttle.is_exceeded());
  clock.advance_ms(1);  // 1,000,000 bytes in ten seconds
  EXPECT_FALSE(throttle.is_exceeded());
  throttle.record(200'000);
  EXPECT_TRUE(throttle.is_exceeded());
  clock.advance_ms(1'000);  // the first window is forgotten: 200,000 in a second
  EXPECT_TRUE(throttle.is_exceeded());
  clock.advance_ms(1'000);
  EXPECT_FALSE(throttle.is_exceeded());
}

TEST(ReplicationThrottle, TakesBytesOfAMomentForThoseOfAWindow) {
  base::ManualClock clock;
  ReplicationThrottle throttle(clock, 11, 1000);
  throttle.set_rate(1'000);
  throttle.record(1'000);
  EXPECT_FALSE(throttle.is_exceeded());
  throttle.record(1);
  EXPECT_TRUE(throttle.is_exceeded());
  throttle.set_rate(0);
  clock.advance_ms(12'000);
  EXPECT_FALSE(throttle.is_exceeded());
  throttle.record(1);
  EXPECT_TRUE(throttle.is_exceeded());
}

TEST(ThrottledReplicas, AreAllOrPairsOfPartitionAndBroker) {
  ThrottledReplicas some{.some = {{0, 1}, {2, 1}}};
  EXPECT_TRUE(some.contains(2, 1));
  EXPECT_FALSE(some.contains(1, 1));
  EXPECT_FALSE(some.contains(0, 2));
  EXPECT_TRUE(ThrottledReplicas{.all = true}.contains(7, 7));
}

class ThrottledLeader : public Replicas {
 protected:
  void lead(const ThrottledReplicas& throttled) {
    ASSERT_EQ(apply(0, kSelf, {1, 2}), ErrorCode::kNone);  // 2 is in sync, 3 is not
    replicas.find({"t", 0})->set_topic_settings({.throttled_leaders = throttled});
    throttle.set_rate(10);
    append(1, 100);
  }
  std::int64_t fetched_bytes(BrokerId from) {
    auto outcome = fetch(0, 1, 0, from);
    EXPECT_EQ(outcome->at(0).error, ErrorCode::kNone);
    return outcome->at(0).slice.size_bytes;
  }
};

TEST_F(ThrottledLeader, GivesNothingBeyondTheRateToWhoIsNotInSync) {
  lead({.some = {{0, kSelf}}});
  EXPECT_GT(fetched_bytes(3), 0);  // which exceeds the rate, and counts
  EXPECT_EQ(fetched_bytes(3), 0);
  EXPECT_GT(fetched_bytes(2), 0);
  EXPECT_EQ(fetched_bytes(3), 0);
  clock.advance_ms(11'000);
  EXPECT_GT(fetched_bytes(3), 0);
}

TEST_F(ThrottledLeader, LeavesOtherPartitionsAndConsumersAlone) {
  lead({.some = {{0, kSelf + 1}, {1, kSelf}}});
  throttle.record(1'000'000);
  EXPECT_GT(fetched_bytes(3), 0);
  replicas.find({"t", 0})->set_topic_settings({.throttled_leaders = {.all = true}});
  EXPECT_EQ(fetched_bytes(3), 0);
  fetch(100, 1, 0, 2);  // both, as 3 is about to join: commits what was appended
  fetch(100, 1, 0, 3);
  EXPECT_GT(fetched_bytes(-1), 0);
}

TEST_F(ThrottledLeader, KeepsHeldBackFetchesWaiting) {
  lead({.all = true});
  throttle.record(1'000'000);
  auto waiting = fetch(0, 1, 30'000, 3);
  EXPECT_TRUE(waiting->empty());
  append(1, 1);  // which would wake it
  EXPECT_TRUE(waiting->empty());
  clock.advance_ms(11'000);
  append(1, 1);
  ASSERT_EQ(waiting->size(), 1U);
  EXPECT_GT(waiting->at(0).slice.size_bytes, 0);
}

}  // namespace
}  // namespace odradek::replica
