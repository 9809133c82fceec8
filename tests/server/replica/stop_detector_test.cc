#include "server/replica/stop_detector.h"

#include <gtest/gtest.h>

#include "tests/server/replica/replicas.h"

namespace odradek::replica {
namespace {

constexpr std::int64_t kEpoch = 7;

class StopDetectorTest : public ::testing::Test {
 protected:
  void run(std::int64_t ms) {
    for (std::int64_t passed = 0; passed < ms; passed += kTickMs) {
      clock_.advance_ms(kTickMs);
      detector_.tick(kEpoch);
    }
  }
  void stop_and_go_on(std::int64_t ms) {
    clock_.advance_ms(ms);
    detector_.tick(kEpoch);
  }

  static constexpr std::int64_t kTickMs = 500;
  base::ManualClock clock_;
  StopDetector detector_{clock_, kSessionTimeoutMs};
};

TEST_F(StopDetectorTest, HasNoDoubtBeforeItsFirstTick) {
  clock_.advance_ms(100 * kSessionTimeoutMs);
  EXPECT_FALSE(detector_.in_doubt());
  EXPECT_FALSE(detector_.tick(kEpoch));
}

TEST_F(StopDetectorTest, HasNoDoubtWhileTheProcessRuns) {
  detector_.tick(kEpoch);
  for (int i = 0; i < 200; ++i) {
    clock_.advance_ms(kTickMs);
    EXPECT_FALSE(detector_.in_doubt());
    EXPECT_FALSE(detector_.tick(kEpoch));
  }
}

TEST_F(StopDetectorTest, DoesNotMindAShortStop) {
  run(1'000);
  clock_.advance_ms(kSessionTimeoutMs / 2 - 1);
  EXPECT_FALSE(detector_.in_doubt());
  EXPECT_FALSE(detector_.tick(kEpoch));
}

TEST_F(StopDetectorTest, DoubtsFromTheFirstMomentAfterALongStop) {
  run(1'000);
  clock_.advance_ms(kSessionTimeoutMs / 2);
  EXPECT_TRUE(detector_.in_doubt()) << "before any thread ticks";
  EXPECT_TRUE(detector_.tick(kEpoch));
  EXPECT_TRUE(detector_.in_doubt());
  clock_.advance_ms(kTickMs);
  EXPECT_TRUE(detector_.tick(kEpoch)) << "ZooKeeper is asked again until it answers";
}

TEST_F(StopDetectorTest, IsSettledByTheRegistrationThatWasThereBefore) {
  run(1'000);
  stop_and_go_on(kSessionTimeoutMs);
  detector_.confirm(kEpoch + 1);
  EXPECT_TRUE(detector_.in_doubt()) << "a later registration says nothing of what is led";
  detector_.confirm(kEpoch);
  EXPECT_FALSE(detector_.in_doubt());
}

TEST_F(StopDetectorTest, IsSettledByTheControllerThatSpeaksToALaterRegistration) {
  run(1'000);
  stop_and_go_on(kSessionTimeoutMs);
  detector_.told(kEpoch);
  EXPECT_TRUE(detector_.in_doubt()) << "sent before the stop, perhaps";
  detector_.told(kEpoch + 1);
  EXPECT_FALSE(detector_.in_doubt());
}

TEST_F(StopDetectorTest, IsSettledByTimeWhereZooKeeperIsSilent) {
  run(1'000);
  stop_and_go_on(kSessionTimeoutMs);
  run(2 * kSessionTimeoutMs - kTickMs);
  EXPECT_TRUE(detector_.in_doubt());
  run(kTickMs);
  EXPECT_FALSE(detector_.in_doubt());
}

TEST_F(StopDetectorTest, KeepsTheFirstRegistrationInQuestionThroughAnotherStop) {
  run(1'000);
  stop_and_go_on(kSessionTimeoutMs);
  clock_.advance_ms(kSessionTimeoutMs);
  EXPECT_TRUE(detector_.tick(kEpoch + 1)) << "registered again, but not told anything yet";
  detector_.confirm(kEpoch + 1);
  EXPECT_TRUE(detector_.in_doubt());
  detector_.told(kEpoch + 1);
  EXPECT_FALSE(detector_.in_doubt());
}

TEST_F(Replicas, LeadNothingAfterALongStopUntilTheControllerSpeaks) {
  constexpr std::int64_t kAnyEpoch = 7;
  apply(1, kSelf, {1});
  replicas.stops().tick(kAnyEpoch);
  EXPECT_EQ(append(1, 1)->at(0).error, ErrorCode::kNone);
  clock.advance_ms(kSessionTimeoutMs);
  EXPECT_EQ(append(1, 1)->at(0).error, ErrorCode::kNotLeaderOrFollower);
  EXPECT_EQ(fetch(0, 1, 0)->at(0).error, ErrorCode::kNotLeaderOrFollower);
  EXPECT_FALSE(replicas.readable({"t", 0}, -1, false)) << "a consumer that may read from followers";
  replicas.stops().tick(kAnyEpoch);
  auto told = request(2, kSelf, {1});
  told.broker_epoch = kAnyEpoch + 1;
  leadership.apply(told, changes);
  EXPECT_EQ(append(1, 1)->at(0).error, ErrorCode::kNone);
}

}  // namespace
}  // namespace odradek::replica
