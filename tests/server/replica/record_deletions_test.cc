#include "server/replica/record_deletions.h"

#include <gtest/gtest.h>

#include "tests/server/replica/replicas.h"

namespace odradek::replica {
namespace {

class RecordDeletionsTest : public Replicas {
 protected:
  RecordDeletionsTest() { alive({kSelf}); }

  // The outcome, once it came.
  std::shared_ptr<std::vector<DeletionOutcome>> remove(Offset offset) {
    auto outcome = std::make_shared<std::vector<DeletionOutcome>>();
    deletions.delete_records({{{"t", 0}, offset}}, 30'000,
                             [outcome](std::vector<DeletionOutcome> done) { *outcome = done; });
    return outcome;
  }
  void follower_begins_at(BrokerId follower, Offset start, Offset end) {
    ReadEntry entry{.partition = {"t", 0}, .fetch_offset = end, .max_bytes = 1024};
    entry.follower_log_start_offset = start;
    reads.fetch({.replica_id = follower, .max_bytes = 1024, .entries = {entry}},
                [](const std::vector<ReadOutcome>&) {});
  }
  log::LogPtr log() { return replicas.find({"t", 0})->log(); }

  RecordDeletions deletions{replicas, logs, waits};
};

TEST_F(RecordDeletionsTest, RaiseTheStartUpToTheHighWatermark) {
  ASSERT_EQ(apply(0, kSelf, {1}), ErrorCode::kNone);
  append(1, 10);
  EXPECT_EQ(remove(4)->at(0).low_watermark, 4);
  EXPECT_EQ(fetch(3, 1, 0)->at(0).error, ErrorCode::kOffsetOutOfRange);
  EXPECT_EQ(remove(2)->at(0).low_watermark, 4);
  EXPECT_EQ(remove(11)->at(0).error, ErrorCode::kOffsetOutOfRange);
  EXPECT_EQ(remove(-2)->at(0).error, ErrorCode::kOffsetOutOfRange);
  EXPECT_EQ(remove(kToHighWatermark)->at(0).low_watermark, 10);
  EXPECT_EQ(log()->log_start_offset(), 10);
}

TEST_F(RecordDeletionsTest, AreRefusedWhereNothingIsLedOrMayBeDeleted) {
  EXPECT_EQ(remove(0)->at(0).error, ErrorCode::kUnknownTopicOrPartition);
  ASSERT_EQ(apply(0, 2, {2}), ErrorCode::kNone);
  EXPECT_EQ(remove(0)->at(0).error, ErrorCode::kNotLeaderOrFollower);
  ASSERT_EQ(apply(1, kSelf, {1}), ErrorCode::kNone);
  log::LogOptions compacted;
  compacted.cleanup_delete = false;
  log()->set_options(compacted);
  EXPECT_EQ(remove(0)->at(0).error, ErrorCode::kPolicyViolation);
}

TEST_F(RecordDeletionsTest, WaitForEveryReplicaThatIsAlive) {
  alive({1, 2});
  ASSERT_EQ(apply(0, kSelf, {1}), ErrorCode::kNone);
  append(1, 10);
  auto outcome = remove(5);
  EXPECT_TRUE(outcome->empty());
  follower_begins_at(2, 0, 10);
  EXPECT_TRUE(outcome->empty());
  follower_begins_at(2, 5, 10);
  ASSERT_EQ(outcome->size(), 1u);
  EXPECT_EQ(outcome->at(0).error, ErrorCode::kNone);
  EXPECT_EQ(outcome->at(0).low_watermark, 5);
}

TEST_F(RecordDeletionsTest, TellWhenTheTimeIsUpThoughTheStartIsRaised) {
  alive({1, 2});
  ASSERT_EQ(apply(0, kSelf, {1}), ErrorCode::kNone);
  append(1, 10);
  auto outcome = remove(5);
  waits.delete_records.force_complete({"t", 0});
  ASSERT_EQ(outcome->size(), 1u);
  EXPECT_EQ(outcome->at(0).error, ErrorCode::kRequestTimedOut);
  EXPECT_EQ(outcome->at(0).low_watermark, -1);
  EXPECT_EQ(log()->log_start_offset(), 5);
}

TEST_F(RecordDeletionsTest, TellThatTheLeadWasLost) {
  alive({1, 2});
  ASSERT_EQ(apply(0, kSelf, {1}), ErrorCode::kNone);
  append(1, 10);
  auto outcome = remove(5);
  ASSERT_EQ(apply(1, 2, {1, 2}), ErrorCode::kNone);
  ASSERT_EQ(outcome->size(), 1u);
  EXPECT_EQ(outcome->at(0).error, ErrorCode::kNotLeaderOrFollower);
}

}  // namespace
}  // namespace odradek::replica
