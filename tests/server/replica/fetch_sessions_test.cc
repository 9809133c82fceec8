#include "server/replica/fetch_sessions.h"

#include <gtest/gtest.h>

namespace odradek::replica {
namespace {

SessionPartition partition(int index) { return {.topic = "t", .partition = index}; }

class Sessions : public ::testing::Test {
 protected:
  base::ManualClock clock;
  FetchSessions sessions{2, clock, base::Random(7)};
};

TEST_F(Sessions, GiveIdsThatFindThemAgain) {
  auto session = sessions.open(false, false, 1);
  ASSERT_NE(session, nullptr);
  EXPECT_GT(session->id(), 0);
  EXPECT_EQ(sessions.find(session->id()), session);
  sessions.close(session->id());
  EXPECT_EQ(sessions.find(session->id()), nullptr);
}

TEST_F(Sessions, AreBoundedAndMakeRoomForLargerFollowersAndIdleOnes) {
  auto first = sessions.open(false, false, 5);
  auto second = sessions.open(false, false, 5);
  EXPECT_EQ(sessions.open(false, false, 5), nullptr);
  EXPECT_NE(sessions.open(false, false, 6), nullptr);
  EXPECT_NE(sessions.open(true, false, 1), nullptr);
  EXPECT_EQ(sessions.size(), 2u);
  EXPECT_EQ(sessions.open(false, false, 1), nullptr);
  clock.advance_ms(120'001);
  EXPECT_NE(sessions.open(false, false, 1), nullptr);
}

TEST_F(Sessions, AreNotMadeForNothing) { EXPECT_EQ(sessions.open(false, false, 0), nullptr); }

TEST(FetchSession, WrapsItsEpochTo1) {
  FetchSession session(1, false, false);
  base::MutexLock lock(session.mutex());
  EXPECT_EQ(session.next_epoch(), 1);
  session.advance_epoch();
  EXPECT_EQ(session.next_epoch(), 2);
}

TEST(FetchSession, MovesPartitionsThatGotDataToTheEnd) {
  FetchSession session(1, false, false);
  base::MutexLock lock(session.mutex());
  for (int i = 0; i < 3; ++i) session.put(partition(i));
  session.tell(partition(0), true, false, 1, 0);
  auto order = session.partitions();
  EXPECT_EQ(order[0].partition, 1);
  EXPECT_EQ(order[2].partition, 0);
}

TEST(FetchSession, ListsAPartitionOnlyWhenThereIsSomethingNew) {
  FetchSession session(1, false, false);
  base::MutexLock lock(session.mutex());
  session.put(partition(0));
  EXPECT_TRUE(session.tell(partition(0), false, false, 5, 0));  // the first high watermark
  EXPECT_FALSE(session.tell(partition(0), false, false, 5, 0));
  EXPECT_TRUE(session.tell(partition(0), false, false, 6, 0));
  EXPECT_TRUE(session.tell(partition(0), false, false, 6, 1));
  EXPECT_TRUE(session.tell(partition(0), false, true, 6, 1));  // an error
  EXPECT_TRUE(session.tell(partition(0), true, false, 6, 1));
}

TEST(FetchSession, ForgetsAndTakesOverWhatTheClientAsksNow) {
  FetchSession session(1, false, false);
  base::MutexLock lock(session.mutex());
  session.put(partition(0));
  session.tell(partition(0), false, false, 5, 0);
  SessionPartition moved = partition(0);
  moved.fetch_offset = 9;
  session.put(moved);
  EXPECT_EQ(session.partitions()[0].fetch_offset, 9);
  EXPECT_FALSE(session.tell(partition(0), false, false, 5, 0));  // it still knows what it was told
  session.forget(partition(0));
  EXPECT_EQ(session.size(), 0u);
}

}  // namespace
}  // namespace odradek::replica
