#include "server/replica/isr.h"

#include <gtest/gtest.h>

namespace odradek::replica {
namespace {

constexpr BrokerId kLeader = 1;

LeaderView view(Offset end, Offset high_watermark, Offset epoch_start, std::int64_t now_ms = 1000) {
  return {.end_offset = end,
          .high_watermark = high_watermark,
          .epoch_start = epoch_start,
          .now_ms = now_ms,
          .max_lag_ms = 100};
}

bool always(BrokerId) { return true; }
bool never(BrokerId) { return false; }

TEST(Isr, NotesWhenAFollowerHadAllThatTheLeaderHad) {
  struct Case {
    const char* what;
    Offset before_leader_end;
    Offset fetched;
    Offset leader_end;
    std::int64_t caught_up_ms;
  };
  // It fetched at 900 before and had caught up at 800; now it is 1000.
  for (const Case& each :
       {Case{"at the end", 50, 60, 60, 1000}, Case{"at the former end", 50, 50, 60, 900},
        Case{"beyond the former end", 50, 55, 60, 900}, Case{"behind", 50, 49, 60, 800}}) {
    FollowerState before{.end_offset = 10,
                         .leader_end_offset = each.before_leader_end,
                         .last_fetch_ms = 900,
                         .last_caught_up_ms = 800,
                         .broker_epoch = 7};
    FollowerState after =
        after_fetch(before, {.offset = each.fetched, .log_start_offset = 3, .broker_epoch = -1},
                    view(each.leader_end, 0, 0));
    EXPECT_EQ(after.last_caught_up_ms, each.caught_up_ms) << each.what;
    EXPECT_EQ(after.end_offset, each.fetched);
    EXPECT_EQ(after.log_start_offset, 3);
    EXPECT_EQ(after.leader_end_offset, each.leader_end);
    EXPECT_EQ(after.last_fetch_ms, 1000);
    EXPECT_EQ(after.broker_epoch, 7);
  }
}

TEST(Isr, LetsAFollowerBeBehindForTheAllowedTimeOnly) {
  FollowerState follower{.end_offset = 5, .last_caught_up_ms = 900};
  EXPECT_TRUE(is_caught_up(follower, view(10, 0, 0, 1000)));
  EXPECT_FALSE(is_caught_up(follower, view(10, 0, 0, 1001)));
  EXPECT_TRUE(is_caught_up(follower, view(5, 0, 0, 5000)));  // nothing was written since
  EXPECT_FALSE(is_caught_up({}, view(10, 0, 0, 0)));
}

TEST(Isr, ForgetsWhatAFormerLeaderKnew) {
  FollowerState before{.end_offset = 5,
                       .log_start_offset = 2,
                       .leader_end_offset = 9,
                       .last_fetch_ms = 10,
                       .last_caught_up_ms = 10,
                       .broker_epoch = 7};
  FollowerState anew = at_new_epoch(before, true, true, view(20, 0, 20));
  EXPECT_EQ(anew, (FollowerState{.last_caught_up_ms = 1000}));
  EXPECT_EQ(at_new_epoch(before, true, false, view(20, 0, 20)), FollowerState());
  FollowerState kept = at_new_epoch(before, false, true, view(20, 0, 20));
  EXPECT_EQ(kept.end_offset, 5);
  EXPECT_EQ(kept.leader_end_offset, 20);
  EXPECT_EQ(kept.last_caught_up_ms, 1000);
  EXPECT_EQ(at_new_epoch(before, false, false, view(20, 0, 20)).last_caught_up_ms, kNever);
}

TEST(Isr, DropsWhoIsBehindButNeverTheLeaderNorWhileAProposalIsOpen) {
  IsrState isr{.committed = {1, 2, 3}, .partition_epoch = 0, .proposed = {}};
  Followers followers{{2, {.end_offset = 5, .last_caught_up_ms = 950}},
                      {3, {.end_offset = 5, .last_caught_up_ms = 800}}};
  EXPECT_EQ(out_of_sync(isr, kLeader, followers, view(10, 0, 0)), (std::vector<BrokerId>{3}));
  followers.erase(2);
  EXPECT_EQ(out_of_sync(isr, kLeader, followers, view(10, 0, 0)), (std::vector<BrokerId>{2, 3}));
  isr.proposed = {1, 2};
  EXPECT_TRUE(out_of_sync(isr, kLeader, followers, view(10, 0, 0)).empty());
}

TEST(Isr, LetsAFollowerJoinAtTheHighWatermarkAndAtTheStartOfTheEpoch) {
  IsrState isr{.committed = {1, 2}, .partition_epoch = 0, .proposed = {}};
  auto joins = [&](BrokerId follower, Offset end, LeaderView leader) {
    return may_join(isr, follower, {.end_offset = end}, leader);
  };
  EXPECT_TRUE(joins(3, 10, view(20, 10, 10)));
  EXPECT_FALSE(joins(3, 9, view(20, 10, 0)));
  EXPECT_FALSE(joins(3, 10, view(20, 5, 11)));  // KAFKA-7128
  EXPECT_FALSE(joins(2, 20, view(20, 10, 0)));  // is in already
  isr.proposed = {1};
  EXPECT_FALSE(joins(3, 20, view(20, 10, 0)));
}

TEST(Isr, CommitsWhatEveryMemberHas) {
  IsrState isr{.committed = {1, 2}, .partition_epoch = 0, .proposed = {}};
  Followers followers{{2, {.end_offset = 8}}, {3, {.end_offset = 4}}};
  EXPECT_EQ(common_offset(isr, followers, view(10, 0, 0), always), 8);
  isr.proposed = {1, 2, 3};  // who may have joined by now counts
  EXPECT_EQ(common_offset(isr, followers, view(10, 0, 0), always), 4);
  isr.proposed = {1};  // who may have left by now does too
  EXPECT_EQ(common_offset(isr, followers, view(10, 0, 0), always), 8);
  isr.proposed.reset();
  followers[3].last_caught_up_ms = 990;  // about to join
  EXPECT_EQ(common_offset(isr, followers, view(10, 0, 0), always), 4);
  EXPECT_EQ(common_offset(isr, followers, view(10, 0, 0), never), 8);
  followers[2] = {};
  EXPECT_EQ(common_offset(isr, followers, view(10, 0, 0), always), kUnknownOffset);
}

TEST(Isr, CountsTheLargerOfTheCommittedAndTheProposedMembers) {
  IsrState isr{.committed = {1, 2}, .partition_epoch = 0, .proposed = {}};
  EXPECT_EQ(isr.maximal_size(), 2u);
  isr.proposed = {1, 2, 3};
  EXPECT_EQ(isr.maximal_size(), 3u);
  EXPECT_TRUE(isr.may_contain(3));
  isr.proposed = {1};
  EXPECT_EQ(isr.maximal_size(), 2u);
  EXPECT_TRUE(isr.may_contain(2));
}

TEST(Isr, KnowsWhatARefusalMeans) {
  EXPECT_EQ(meaning_of(ErrorCode::kOperationNotAttempted), IsrRefusal::kGoBack);
  EXPECT_EQ(meaning_of(ErrorCode::kIneligibleReplica), IsrRefusal::kGoBack);
  for (ErrorCode error : {ErrorCode::kUnknownTopicOrPartition, ErrorCode::kInvalidRequest,
                          ErrorCode::kFencedLeaderEpoch, ErrorCode::kInvalidUpdateVersion,
                          ErrorCode::kUnknownTopicId, ErrorCode::kNewLeaderElected}) {
    EXPECT_EQ(meaning_of(error), IsrRefusal::kWait) << protocol::error_name(error);
  }
  EXPECT_EQ(meaning_of(ErrorCode::kNotController), IsrRefusal::kRepeat);
  EXPECT_EQ(meaning_of(ErrorCode::kUnknownServerError), IsrRefusal::kRepeat);
}

}  // namespace
}  // namespace odradek::replica
