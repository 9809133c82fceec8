#include "server/replica/in_sync_replicas.h"

#include <gtest/gtest.h>

#include "tests/server/replica/replicas.h"

namespace odradek::replica {
namespace {

class InSyncReplicasTest : public Replicas {
 protected:
  // By a follower; it brings no records, which is why their number does not matter.
  ErrorCode fetched(BrokerId follower, Offset offset, std::int64_t broker_epoch = -1,
                    LeaderEpoch leader_epoch = -1, LeaderEpoch last_epoch = -1) {
    ErrorCode error = ErrorCode::kUnknownServerError;
    reads.fetch({.replica_id = follower,
                 .replica_epoch = broker_epoch,
                 .max_bytes = 1 << 20,
                 .entries = {{.partition = {"t", 0},
                              .fetch_offset = offset,
                              .max_bytes = 1 << 20,
                              .current_leader_epoch = leader_epoch,
                              .last_fetched_epoch = last_epoch}}},
                [&](std::vector<ReadOutcome> outcomes) { error = outcomes.at(0).error; });
    return error;
  }
  std::vector<BrokerId> isr() { return partition()->state().isr; }
  PartitionPtr partition() { return replicas.find({"t", 0}); }
  Offset high_watermark() { return partition()->log()->high_watermark(); }

  using Ids = std::vector<BrokerId>;
};

TEST_F(InSyncReplicasTest, LoseAFollowerThatIsBehindForTooLong) {
  ASSERT_EQ(apply(0, kSelf, {1, 2, 3}), ErrorCode::kNone);
  auto outcome = append(-1, 5);
  fetched(2, 5);
  clock.advance_ms(10'001);
  fetched(2, 5);
  isr_updater.shrink_all();
  EXPECT_EQ(isr(), (Ids{1, 2, 3}));
  EXPECT_EQ(high_watermark(), 0);  // nothing before the controller agrees
  EXPECT_TRUE(isr_updater.send());
  ASSERT_EQ(proposals.all.size(), 1u);
  EXPECT_EQ(proposals.all[0].isr, (Ids{1, 2}));
  EXPECT_EQ(proposals.all[0].topic_id, topic_id);
  EXPECT_EQ(isr(), (Ids{1, 2}));
  EXPECT_EQ(high_watermark(), 5);
  ASSERT_EQ(outcome->size(), 1u);
  EXPECT_EQ(outcome->at(0).error, ErrorCode::kNone);
}

TEST_F(InSyncReplicasTest, KeepAFollowerThatHasAllThereIsHoweverLongAgo) {
  ASSERT_EQ(apply(0, kSelf, {1, 2}), ErrorCode::kNone);
  append(1, 5);
  fetched(2, 5);
  clock.advance_ms(1'000'000);
  isr_updater.shrink_all();
  isr_updater.send();
  EXPECT_TRUE(proposals.all.empty());
}

TEST_F(InSyncReplicasTest, TakeAFollowerBackOnceItHasCaughtUp) {
  ASSERT_EQ(apply(0, kSelf, {1}), ErrorCode::kNone);
  append(1, 5);
  fetched(2, 4);
  isr_updater.send();
  EXPECT_TRUE(proposals.all.empty());
  fetched(2, 5);
  append(1, 5);
  EXPECT_EQ(high_watermark(), 5);  // who may be in by now counts
  EXPECT_EQ(isr(), (Ids{1}));
  EXPECT_TRUE(isr_updater.send());
  EXPECT_EQ(isr(), (Ids{1, 2}));
  fetched(2, 10);
  EXPECT_EQ(high_watermark(), 10);
}

TEST_F(InSyncReplicasTest, TellTheControllerWhichLifeOfAFollowerHasCaughtUp) {
  ASSERT_EQ(apply(0, kSelf, {1, 3}), ErrorCode::kNone);
  append(1, 5);
  fetched(2, 5, 17);
  isr_updater.send();
  ASSERT_EQ(proposals.all.size(), 1u);
  EXPECT_EQ(proposals.all[0].isr, (Ids{1, 3, 2}));
  EXPECT_EQ(proposals.all[0].broker_epochs, (std::vector<std::int64_t>{-1, -1, 17}));
  // A later life of one that is in.
  fetched(2, 5, 18);
  clock.advance_ms(10'001);
  append(1, 1);
  fetched(2, 6, 18);
  isr_updater.shrink_all();
  isr_updater.send();
  ASSERT_EQ(proposals.all.size(), 2u);
  EXPECT_EQ(proposals.all[1].isr, (Ids{1, 2}));
  EXPECT_EQ(proposals.all[1].broker_epochs, (std::vector<std::int64_t>{-1, 18}));
}

TEST_F(InSyncReplicasTest, TakeNobodyWhoseBrokerIsNotAlive) {
  alive({1, 2});
  ASSERT_EQ(apply(0, kSelf, {1}), ErrorCode::kNone);
  fetched(3, 0);
  fetched(2, 0);
  isr_updater.send();
  ASSERT_EQ(proposals.all.size(), 1u);
  EXPECT_EQ(proposals.all[0].isr, (Ids{1, 2}));
}

TEST_F(InSyncReplicasTest, WaitForTheStartOfTheEpoch) {
  ASSERT_EQ(apply(0, kSelf, {1, 2}), ErrorCode::kNone);
  append(1, 5);
  ASSERT_EQ(apply(1, kSelf, {1}), ErrorCode::kNone);
  append(1, 5);
  ASSERT_EQ(apply(2, kSelf, {1, 2}), ErrorCode::kNone);
  ASSERT_EQ(apply(3, kSelf, {1}), ErrorCode::kNone);
  EXPECT_EQ(partition()->epoch_start(), 10);
  fetched(2, 9);
  isr_updater.send();
  EXPECT_TRUE(proposals.all.empty());
  fetched(2, 10);
  isr_updater.send();
  EXPECT_EQ(proposals.all.size(), 1u);
}

TEST_F(InSyncReplicasTest, GoBackToWhatIsCommittedWhenTheControllerSaysNo) {
  ASSERT_EQ(apply(0, kSelf, {1}), ErrorCode::kNone);
  proposals.error = ErrorCode::kIneligibleReplica;
  fetched(2, 0);
  EXPECT_TRUE(isr_updater.send());
  EXPECT_EQ(isr(), (Ids{1}));
  append(1, 5);
  EXPECT_EQ(proposals.all.size(), 1u);
  proposals.error = ErrorCode::kNone;
  fetched(2, 5);
  EXPECT_TRUE(isr_updater.send());
  EXPECT_EQ(isr(), (Ids{1, 2}));
}

// Follower 2 died: what it held back is committed, and whoever waits is to learn it from what comes
// next.
TEST_F(InSyncReplicasTest, TellWhoeverWaitsWhenTheControllerSaysNo) {
  ASSERT_EQ(apply(0, kSelf, {1}), ErrorCode::kNone);
  proposals.error = ErrorCode::kIneligibleReplica;
  fetched(2, 0);
  auto outcome = append(-1, 5);
  auto read = fetch(0, 1, 60'000);
  alive({1, 3});
  EXPECT_TRUE(outcome->empty());
  EXPECT_TRUE(read->empty());
  EXPECT_TRUE(isr_updater.send());
  EXPECT_EQ(high_watermark(), 5);
  ASSERT_EQ(outcome->size(), 1u);
  EXPECT_EQ(outcome->at(0).error, ErrorCode::kNone);
  EXPECT_EQ(read->size(), 1u);
}

TEST_F(InSyncReplicasTest, TellWhoeverWaitsWhenALaterAppendCommits) {
  ASSERT_EQ(apply(0, kSelf, {1}), ErrorCode::kNone);
  alive({1, 3});
  fetched(2, 0);
  alive({1, 2, 3});  // caught up, but it is not asked to join before its next fetch
  auto outcome = append(-1, 5);
  EXPECT_TRUE(outcome->empty());
  alive({1, 3});
  append(1, 1);
  EXPECT_EQ(high_watermark(), 6);
  ASSERT_EQ(outcome->size(), 1u);
  EXPECT_EQ(outcome->at(0).error, ErrorCode::kNone);
}

TEST_F(InSyncReplicasTest, WaitForTheControllerWhenTheirViewIsOld) {
  ASSERT_EQ(apply(0, kSelf, {1}), ErrorCode::kNone);
  proposals.error = ErrorCode::kInvalidUpdateVersion;
  fetched(2, 0);
  EXPECT_TRUE(isr_updater.send());
  fetched(2, 0);
  EXPECT_TRUE(isr_updater.send());
  EXPECT_EQ(proposals.all.size(), 1u);
  append(1, 5);
  EXPECT_EQ(high_watermark(), 0);  // it may have joined
  proposals.error = ErrorCode::kNone;
  ASSERT_EQ(apply(1, kSelf, {1}), ErrorCode::kNone);
  EXPECT_EQ(high_watermark(), 5);
}

TEST_F(InSyncReplicasTest, AskAgainAfterAFailureOfTheController) {
  ASSERT_EQ(apply(0, kSelf, {1}), ErrorCode::kNone);
  proposals.error = ErrorCode::kNotController;
  fetched(2, 0);
  EXPECT_FALSE(isr_updater.send());
  EXPECT_FALSE(isr_updater.send());
  proposals.error = ErrorCode::kNone;
  EXPECT_TRUE(isr_updater.send());
  EXPECT_EQ(isr(), (Ids{1, 2}));
  EXPECT_EQ(proposals.all.size(), 3u);
}

TEST_F(InSyncReplicasTest, IgnoreAnAnswerThatLeaderAndIsrOvertook) {
  ASSERT_EQ(apply(0, kSelf, {1}), ErrorCode::kNone);
  fetched(2, 0);
  ASSERT_EQ(apply(1, kSelf, {1, 3}), ErrorCode::kNone);
  EXPECT_TRUE(isr_updater.send());  // not sent at all
  EXPECT_TRUE(proposals.all.empty());
  IsrProposal old{.partition = {"t", 0}, .leader_epoch = 0, .isr = {1, 2}, .partition_epoch = 0};
  IsrProgress progress =
      partition()->settle(old, {.leader_epoch = 0, .isr = {1, 2}, .partition_epoch = 9});
  EXPECT_FALSE(progress.moved || progress.repeat);
  EXPECT_EQ(isr(), (Ids{1, 3}));
}

TEST_F(InSyncReplicasTest, RefuseProducersWhenThereAreTooFew) {
  ASSERT_EQ(apply(0, kSelf, {1, 2}), ErrorCode::kNone);
  partition()->set_topic_settings({.min_insync_replicas = 2});
  auto outcome = append(-1, 5);
  EXPECT_TRUE(outcome->empty());
  clock.advance_ms(10'001);
  isr_updater.shrink_all();
  isr_updater.send();
  EXPECT_EQ(append(-1, 5)->at(0).error, ErrorCode::kNotEnoughReplicas);
  EXPECT_EQ(append(1, 5)->at(0).error, ErrorCode::kNone);
  EXPECT_EQ(high_watermark(), 0);  // nothing is committed with fewer
  EXPECT_TRUE(outcome->empty());
  partition()->set_topic_settings({.min_insync_replicas = 1});
  partition()->flush_when_alone([] {});  // commits, and tells nobody yet
  EXPECT_EQ(high_watermark(), 10);
  partition()->set_topic_settings({.min_insync_replicas = 2});
  waits.produce.check_and_complete({"t", 0});
  ASSERT_EQ(outcome->size(), 1u);
  EXPECT_EQ(outcome->at(0).error, ErrorCode::kNotEnoughReplicasAfterAppend);
}

TEST_F(InSyncReplicasTest, AskForNoMoreThanThePartitionHas) {
  ASSERT_EQ(apply(0, kSelf, {1, 2, 3}), ErrorCode::kNone);
  partition()->set_topic_settings({.min_insync_replicas = 5});
  auto outcome = append(-1, 1);
  fetched(2, 1);
  fetched(3, 1);
  ASSERT_EQ(outcome->size(), 1u);
  EXPECT_EQ(outcome->at(0).error, ErrorCode::kNone);
}

TEST_F(InSyncReplicasTest, RefuseStrangersOldEpochsAndEarlierLives) {
  ASSERT_EQ(apply(4, kSelf, {1, 2}), ErrorCode::kNone);
  append(1, 5);
  EXPECT_EQ(fetched(7, 0), ErrorCode::kNotLeaderOrFollower);
  EXPECT_EQ(fetched(7, 0, -1, 4), ErrorCode::kUnknownLeaderEpoch);
  EXPECT_EQ(fetched(2, 0, -1, 3), ErrorCode::kFencedLeaderEpoch);
  EXPECT_EQ(fetched(2, 0, -1, 5), ErrorCode::kUnknownLeaderEpoch);
  EXPECT_EQ(fetched(2, 0, 100, 4), ErrorCode::kNone);
  EXPECT_EQ(fetched(2, 5, 99, 4), ErrorCode::kUnknownLeaderEpoch);
  EXPECT_EQ(high_watermark(), 0);
  EXPECT_EQ(fetched(2, 6, 100, 4), ErrorCode::kOffsetOutOfRange);
  EXPECT_EQ(high_watermark(), 0);
  EXPECT_EQ(fetched(2, 5, 101, 4), ErrorCode::kNone);
  EXPECT_EQ(high_watermark(), 5);
}

TEST_F(InSyncReplicasTest, CountNoFollowerWithAnotherHistory) {
  ASSERT_EQ(apply(0, kSelf, {1, 2}), ErrorCode::kNone);
  append(1, 5);
  ASSERT_EQ(apply(2, kSelf, {1, 2}), ErrorCode::kNone);
  append(1, 5);
  EXPECT_EQ(fetched(2, 8, -1, 2, 0), ErrorCode::kNone);  // its epoch 0 goes on to 8, ours ends at 5
  EXPECT_EQ(high_watermark(), 0);
  EXPECT_EQ(fetched(2, 8, -1, 2, 1), ErrorCode::kNone);  // there is no epoch 1 here
  EXPECT_EQ(high_watermark(), 0);
  EXPECT_EQ(fetched(2, 8, -1, 2, 3), ErrorCode::kOffsetOutOfRange);  // nor any from 3 on
  EXPECT_EQ(fetched(2, 8, -1, 2, 2), ErrorCode::kNone);
  EXPECT_EQ(high_watermark(), 8);
}

TEST_F(InSyncReplicasTest, FollowNobodyWhoIsNotKnownToBeAlive) {
  ASSERT_EQ(apply(0, kSelf, {1}), ErrorCode::kNone);
  alive({1, 3});
  EXPECT_EQ(apply(1, 2, {2}), ErrorCode::kNone);
  EXPECT_TRUE(changes.followed.empty());
  EXPECT_EQ(partition()->leader_epoch(), 0);
  alive({1, 2, 3});
  EXPECT_EQ(apply(1, 2, {2}), ErrorCode::kNone);
  EXPECT_EQ(changes.followed.size(), 1u);
  EXPECT_EQ(partition()->leader_epoch(), 1);
}

}  // namespace
}  // namespace odradek::replica
