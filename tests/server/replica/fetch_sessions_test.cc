#include "server/replica/fetch_sessions.h"

#include <gtest/gtest.h>

namespace odradek::replica {
namespace {

SessionPartition partition(int index) { return {.topic = "t", .partition = index}; }

std::vector<SessionPartition> partitions(int count, int first = 0) {
  std::vector<SessionPartition> all;
  for (int i = 0; i < count; ++i) all.push_back(partition(first + i));
  return all;
}

class Sessions : public ::testing::Test {
 protected:
  base::ManualClock clock;
  FetchSessions sessions{2, clock, base::Random(7)};
};

TEST_F(Sessions, GiveIdsThatFindThemAgain) {
  auto session = sessions.open(false, false, partitions(1));
  ASSERT_NE(session, nullptr);
  EXPECT_GT(session->id(), 0);
  EXPECT_EQ(sessions.find(session->id()), session);
  sessions.close(session->id());
  EXPECT_EQ(sessions.find(session->id()), nullptr);
}

TEST_F(Sessions, AreBoundedAndMakeRoomForLargerFollowersAndIdleOnes) {
  auto first = sessions.open(false, false, partitions(5));
  auto second = sessions.open(false, false, partitions(5));
  EXPECT_EQ(sessions.open(false, false, partitions(5)), nullptr);
  EXPECT_NE(sessions.open(false, false, partitions(6)), nullptr);
  EXPECT_NE(sessions.open(true, false, partitions(1)), nullptr);
  EXPECT_EQ(sessions.size(), 2u);
  EXPECT_EQ(sessions.open(false, false, partitions(1)), nullptr);
  clock.advance_ms(120'001);
  EXPECT_NE(sessions.open(false, false, partitions(1)), nullptr);
}

class SessionsOfFewPartitions : public ::testing::Test {
 protected:
  bool update(FetchSession& session, std::vector<SessionPartition> asked,
              const std::vector<SessionPartition>& forgotten = {}) {
    base::MutexLock lock(session.mutex());
    return sessions.update(session, std::move(asked), forgotten);
  }
  bool is_open(const FetchSessionPtr& session) { return sessions.find(session->id()) != nullptr; }

  base::ManualClock clock;
  FetchSessions sessions{100, clock, base::Random(7), 10};
};

TEST_F(SessionsOfFewPartitions, AreNotMadeBeyondTheBound) {
  EXPECT_EQ(sessions.open(false, false, partitions(11)), nullptr);
  auto first = sessions.open(false, false, partitions(6));
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(sessions.open(false, false, partitions(5)), nullptr);
  EXPECT_NE(sessions.open(false, false, partitions(4)), nullptr);
  EXPECT_EQ(sessions.open(false, false, partitions(7)), nullptr);  // larger, which is no merit
  EXPECT_TRUE(is_open(first));
  sessions.close(first->id());
  EXPECT_NE(sessions.open(false, false, partitions(6)), nullptr);
}

TEST_F(SessionsOfFewPartitions, AreClosedWhenTheyGrowBeyondTheBound) {
  auto first = sessions.open(false, false, partitions(6));
  auto second = sessions.open(false, false, partitions(1));
  EXPECT_TRUE(update(*second, partitions(4)));
  EXPECT_TRUE(update(*second, partitions(4)));
  EXPECT_FALSE(update(*second, partitions(1, 4)));
  EXPECT_FALSE(is_open(second));
  EXPECT_TRUE(is_open(first));
  EXPECT_NE(sessions.open(false, false, partitions(4)), nullptr);
}

TEST_F(SessionsOfFewPartitions, GiveBackWhatTheyForget) {
  auto first = sessions.open(false, false, partitions(10));
  EXPECT_TRUE(update(*first, partitions(2, 10), partitions(4)));
  EXPECT_EQ(sessions.open(false, false, partitions(3)), nullptr);
  EXPECT_NE(sessions.open(false, false, partitions(2)), nullptr);
}

TEST_F(SessionsOfFewPartitions, OfConsumersMakeRoomForFollowers) {
  auto follower = sessions.open(true, false, partitions(3));
  clock.advance_ms(1);
  auto consumer = sessions.open(false, false, partitions(7));
  EXPECT_EQ(sessions.open(false, false, partitions(1)), nullptr);
  EXPECT_NE(sessions.open(true, false, partitions(1)), nullptr);
  EXPECT_TRUE(is_open(follower));
  EXPECT_FALSE(is_open(consumer));
  EXPECT_EQ(sessions.open(true, false, partitions(7)), nullptr);
  EXPECT_TRUE(is_open(follower));
}

TEST_F(SessionsOfFewPartitions, ThatAreIdleMakeRoom) {
  auto idle = sessions.open(false, false, partitions(9));
  clock.advance_ms(120'001);
  EXPECT_NE(sessions.open(false, false, partitions(10)), nullptr);
  EXPECT_FALSE(update(*idle, partitions(1, 9)));  // others needed its room
}

TEST_F(SessionsOfFewPartitions, KeepNoNameThatNoTopicCanHave) {
  SessionPartition longest{.topic = std::string(249, 't')};
  SessionPartition too_long{.topic = std::string(250, 't')};
  EXPECT_EQ(sessions.open(false, false, {too_long}), nullptr);
  auto session = sessions.open(false, false, {longest});
  ASSERT_NE(session, nullptr);
  EXPECT_FALSE(update(*session, {too_long}));
  EXPECT_FALSE(is_open(session));
}

TEST_F(Sessions, AreNotMadeForNothing) {
  EXPECT_EQ(sessions.open(false, false, partitions(0)), nullptr);
}

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
