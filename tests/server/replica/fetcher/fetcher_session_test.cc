#include "server/replica/fetcher/fetcher_session.h"

#include <gtest/gtest.h>

#include <limits>

#include "server/replica/fetcher/fetchers.h"

namespace odradek::replica {
namespace {

using protocol::FetchRequest;
using protocol::FetchResponse;

const base::Uuid kTopicId = base::Uuid::random(true);

WantedPartition wanted(std::int32_t index, Offset offset, base::Uuid topic_id = kTopicId) {
  return {.partition = {"t", index},
          .topic_id = topic_id,
          .offset = offset,
          .log_start_offset = 0,
          .leader_epoch = 5,
          .last_fetched_epoch = 4};
}

FetchResponse answer(std::int32_t session, const std::vector<std::int32_t>& partitions) {
  FetchResponse response;
  response.session_id = session;
  if (partitions.empty()) return response;
  auto& topic = response.responses.emplace_back();
  topic.topic_id = kTopicId;
  for (std::int32_t index : partitions) topic.partitions.emplace_back().partition_index = index;
  return response;
}

std::size_t asked(const FetchRequest& request) {
  std::size_t count = 0;
  for (const auto& topic : request.topics) count += topic.partitions.size();
  return count;
}

class FetcherSessionTest : public ::testing::Test {
 protected:
  void open(const std::vector<WantedPartition>& partitions) { open(session, partitions); }
  static void open(FetcherSession& session, const std::vector<WantedPartition>& partitions) {
    auto request = session.next(partitions, true);
    ASSERT_TRUE(request);
    EXPECT_EQ(request->session_id, 0);
    EXPECT_EQ(request->session_epoch, 0);
    std::vector<std::int32_t> indexes;
    for (const auto& each : partitions) indexes.push_back(each.partition.partition);
    ASSERT_TRUE(session.answered(answer(9, indexes)));
  }

  FetcherSession session{1000};
};

TEST_F(FetcherSessionTest, AsksForEverythingOnceAndThenForWhatChanged) {
  open({wanted(0, 10), wanted(1, 20)});
  auto request = session.next({wanted(0, 11), wanted(1, 20)}, true);
  ASSERT_TRUE(request);
  EXPECT_EQ(request->session_id, 9);
  EXPECT_EQ(request->session_epoch, 1);
  ASSERT_EQ(asked(*request), 1u);
  const auto& partition = request->topics[0].partitions[0];
  EXPECT_EQ(partition.partition, 0);
  EXPECT_EQ(partition.fetch_offset, 11);
  EXPECT_EQ(partition.current_leader_epoch, 5);
  EXPECT_EQ(partition.last_fetched_epoch, 4);
  EXPECT_EQ(partition.partition_max_bytes, 1000);
  EXPECT_EQ(request->topics[0].topic, "t");
  EXPECT_EQ(request->topics[0].topic_id, kTopicId);
  EXPECT_TRUE(session.answered(answer(9, {1})));
  EXPECT_EQ(session.find({"t", 0})->offset, 11);
  EXPECT_EQ(session.name_of(answer(9, {1}).responses[0]), "t");
  EXPECT_EQ(session.next({wanted(0, 11), wanted(1, 20)}, true)->session_epoch, 2);
}

TEST_F(FetcherSessionTest, ForgetsWhatIsNotWantedAnyMore) {
  open({wanted(0, 10), wanted(1, 20)});
  auto request = session.next({wanted(1, 20)}, true);
  ASSERT_TRUE(request);
  EXPECT_EQ(asked(*request), 0u);
  ASSERT_EQ(request->forgotten_topics_data.size(), 1u);
  EXPECT_EQ(request->forgotten_topics_data[0].partitions, (std::vector<std::int32_t>{0}));
  EXPECT_EQ(request->forgotten_topics_data[0].topic_id, kTopicId);
  EXPECT_TRUE(session.answered(answer(9, {})));
  request = session.next({}, true);
  ASSERT_TRUE(request);
  EXPECT_EQ(request->forgotten_topics_data.size(), 1u);
  EXPECT_TRUE(session.answered(answer(9, {})));
  EXPECT_FALSE(session.next({}, true));
}

TEST_F(FetcherSessionTest, ReplacesATopicThatWasMadeAnew) {
  open({wanted(0, 10)});
  auto request = session.next({wanted(0, 0, base::Uuid::random(true))}, true);
  ASSERT_TRUE(request);
  EXPECT_EQ(asked(*request), 1u);
  ASSERT_EQ(request->forgotten_topics_data.size(), 1u);
  EXPECT_EQ(request->forgotten_topics_data[0].topic_id, kTopicId);
}

TEST_F(FetcherSessionTest, GoesOnWithoutASessionWhereTheLeaderHasNoRoom) {
  for (int i = 0; i < 2; ++i) {
    auto request = session.next({wanted(0, 10)}, true);
    ASSERT_TRUE(request);
    EXPECT_EQ(request->session_epoch, 0);
    EXPECT_EQ(asked(*request), 1u);
    EXPECT_TRUE(session.answered(answer(0, {0})));
  }
}

TEST_F(FetcherSessionTest, BeginsAnewWhenTheAnswerDoesNotFit) {
  struct Case {
    const char* what;
    FetchResponse response;
    std::int32_t session_id;  // of the next request
    bool is_taken;
  };
  FetchResponse gone;
  gone.error_code = ErrorCode::kFetchSessionIdNotFound;
  FetchResponse refused;
  refused.error_code = ErrorCode::kInvalidFetchSessionEpoch;
  for (const Case& each : {Case{"the leader forgot the session", gone, 0, false},
                           Case{"it expected another epoch", refused, 9, false},
                           Case{"a partition that was not asked for", answer(9, {7}), 9, false},
                           Case{"the session was pushed out", answer(0, {0}), 0, true}}) {
    FetcherSession session(1000);
    open(session, {wanted(0, 10)});
    ASSERT_TRUE(session.next({wanted(0, 11)}, true));
    EXPECT_EQ(session.answered(each.response), each.is_taken) << each.what;
    auto next = session.next({wanted(0, 11)}, true);
    ASSERT_TRUE(next) << each.what;
    EXPECT_EQ(next->session_id, each.session_id) << each.what;
    EXPECT_EQ(next->session_epoch, 0) << each.what;
    EXPECT_EQ(asked(*next), 1u) << each.what;
  }
}

TEST_F(FetcherSessionTest, ClosesTheSessionAfterALostConnectionOrAChangeToTopicIds) {
  open({wanted(0, 10)});
  ASSERT_TRUE(session.next({wanted(0, 11)}, true));
  session.failed();
  auto request = session.next({wanted(0, 11)}, true);
  EXPECT_EQ(request->session_id, 9);
  EXPECT_EQ(request->session_epoch, 0);
  ASSERT_TRUE(session.answered(answer(10, {0})));
  request = session.next({wanted(0, 11)}, false);
  EXPECT_EQ(request->session_id, 10);
  EXPECT_EQ(request->session_epoch, 0);
}

TEST_F(FetcherSessionTest, RefusesAFullAnswerThatLacksAPartition) {
  ASSERT_TRUE(session.next({wanted(0, 10), wanted(1, 10)}, true));
  EXPECT_FALSE(session.answered(answer(9, {0})));
  EXPECT_EQ(session.next({wanted(0, 10), wanted(1, 10)}, true)->session_id, 0);
}

// As the JVM broker, so that its and our threads are loaded alike.
TEST(Fetchers, ChooseAThreadByTopicAndPartition) {
  EXPECT_EQ(fetcher_index({"t", 0}, 1), 0);
  EXPECT_EQ(fetcher_index({"orders", 3}, 4), 2);  // the sum is -1207109186
  EXPECT_EQ(fetcher_index({"orders", 4}, 4), 1);
  EXPECT_EQ(fetcher_index({"t", 5}, 0), 0);
}

}  // namespace
}  // namespace odradek::replica
