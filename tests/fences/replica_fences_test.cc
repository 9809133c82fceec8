// The fences of replicated state at the broker's own objects. Each test tells something stale,
// which is refused, and then the same with the present epoch in the stale one's place, as it would
// be taken if nobody compared: then what was acknowledged is lost.
#include <gtest/gtest.h>

#include "protocol/record/batch.h"
#include "server/controller/isr_changes.h"
#include "tests/server/log/log_bench.h"
#include "tests/server/replica/replicas.h"

namespace odradek::replica {
namespace {

constexpr BrokerId kFollower = 2;

// One of several brokers, each with logs of its own.
class OneBroker : public Replicas {
 public:
  explicit OneBroker(BrokerId id) : Replicas(id) {}
  void TestBody() override {}
  using Replicas::append;
  using Replicas::clock;
  using Replicas::isr_updater;
  using Replicas::leadership;
  using Replicas::proposals;

  // LeaderAndIsr, as its handler goes about it.
  ErrorCode told(std::int32_t controller_epoch, LeaderEpoch epoch, BrokerId leader,
                 std::vector<BrokerId> isr) {
    ErrorCode refused = leadership.accept_controller(controller_epoch);
    return refused != ErrorCode::kNone ? refused : apply(epoch, leader, std::move(isr));
  }
  // Produce with acks=all: how it was answered by now, if it was.
  std::optional<ErrorCode> produced() {
    auto outcome = append(-1, 1);
    return outcome->empty() ? std::nullopt : std::optional(outcome->at(0).error);
  }
  ErrorCode fetched(Offset offset, std::int64_t broker_epoch, LeaderEpoch leader_epoch) {
    ErrorCode error = ErrorCode::kNone;
    reads.fetch({.replica_id = kFollower,
                 .replica_epoch = broker_epoch,
                 .max_bytes = 1 << 20,
                 .entries = {{.partition = {"t", 0},
                              .fetch_offset = offset,
                              .max_bytes = 1 << 20,
                              .current_leader_epoch = leader_epoch}}},
                [&](std::vector<ReadOutcome> outcomes) { error = outcomes.at(0).error; });
    return error;
  }
  base::Bytes records(Offset from) {
    auto read = log()->read({.start_offset = from, .upper_bound = end()});
    CHECK(read.ok()) << read.error().message;
    return log::bytes_of(read->slice);
  }
  PartitionPtr partition() { return replicas.find({"t", 0}); }
  log::LogPtr log() { return partition()->log(); }
  Offset end() { return log()->log_end_offset(); }
  Offset committed() { return log()->high_watermark(); }
  std::vector<IsrProposal>& proposed() {
    isr_updater.send();
    return proposals.all;
  }
};

TEST(Fences, TheControllerEpochKeepsADeposedControllerFromMakingALeader) {
  for (bool is_fenced : {true, false}) {
    OneBroker broker(1);
    // The new controller, which has made broker 2 leader in epoch 1, has told who lives.
    ASSERT_EQ(broker.leadership.accept_controller(2), ErrorCode::kNone);
    ErrorCode told = broker.told(is_fenced ? 1 : 2, 0, 1, {1});
    if (is_fenced) {
      EXPECT_EQ(told, ErrorCode::kStaleControllerEpoch);
      EXPECT_EQ(broker.produced(), ErrorCode::kUnknownTopicOrPartition);
      continue;
    }
    ASSERT_EQ(told, ErrorCode::kNone);
    EXPECT_EQ(broker.produced(), ErrorCode::kNone);
    EXPECT_EQ(broker.committed(), 1);
    // What the new one has said arrives, and the true leader's log has nothing of epoch 0.
    ASSERT_EQ(broker.told(2, 1, 2, {2}), ErrorCode::kNone);
    ASSERT_TRUE(broker.partition()->truncate(1, 0).ok());
    EXPECT_EQ(broker.end(), 0) << "the acknowledged record is gone";
  }
}

TEST(Fences, TheBrokerEpochKeepsAnEarlierLifeFromBeingCounted) {
  constexpr std::int64_t kFirstLife = 17;
  constexpr std::int64_t kSecondLife = 18;
  for (bool is_fenced : {true, false}) {
    OneBroker leader(1);
    OneBroker follower(kFollower);
    ASSERT_EQ(leader.told(1, 0, 1, {1}), ErrorCode::kNone);
    ASSERT_EQ(follower.told(1, 0, 1, {1}), ErrorCode::kNone);
    EXPECT_EQ(leader.produced(), ErrorCode::kNone);
    // The follower, which had the record, has come back without it.
    EXPECT_EQ(leader.fetched(follower.end(), kSecondLife, 0), ErrorCode::kNone);
    ASSERT_TRUE(leader.proposed().empty());
    ErrorCode late = leader.fetched(1, is_fenced ? kFirstLife : kSecondLife, 0);
    if (is_fenced) {
      EXPECT_NE(late, ErrorCode::kNone);
      EXPECT_TRUE(leader.proposed().empty());
      continue;
    }
    EXPECT_EQ(late, ErrorCode::kNone);
    ASSERT_EQ(leader.proposed().size(), 1u);
    EXPECT_EQ(leader.partition()->state().isr, (std::vector<BrokerId>{1, kFollower}));
    ASSERT_EQ(follower.told(1, 1, kFollower, {kFollower}), ErrorCode::kNone);
    EXPECT_LT(follower.end(), leader.committed())
        << "an elected leader lacks what was acknowledged";
  }
}

// The same fence at the controller: the fetch came in time, the proposal comes late.
TEST(Fences, TheBrokerEpochKeepsAnEarlierLifeOutOfTheInSyncSet) {
  OneBroker leader(1);
  ASSERT_EQ(leader.told(1, 0, 1, {1}), ErrorCode::kNone);
  EXPECT_EQ(leader.produced(), ErrorCode::kNone);
  EXPECT_EQ(leader.fetched(1, 17, 0), ErrorCode::kNone);
  ASSERT_EQ(leader.proposed().size(), 1u);
  const IsrProposal& proposal = leader.proposed()[0];
  controller::Partition partition;
  partition.assignment.replicas = {1, 2, 3};
  partition.leadership = controller::Leadership{.leader = 1, .leader_epoch = 0, .isr = {1}};
  partition.leadership->partition_epoch = proposal.partition_epoch;
  controller::IsrChange change{.leader_epoch = proposal.leader_epoch,
                               .new_isr = proposal.isr,
                               .new_isr_epochs = proposal.broker_epochs,
                               .partition_epoch = proposal.partition_epoch};
  auto registered_with = [](std::int64_t follower) {
    return [follower](BrokerId id, std::int64_t epoch) {
      return epoch == controller::kUnknownBrokerEpoch || epoch == (id == 1 ? 5 : follower);
    };
  };
  auto decide = [&](std::int64_t epoch) {
    return controller::decide_isr_change(change, 1, 3, &partition, registered_with(epoch));
  };
  EXPECT_TRUE(decide(17).is_written);
  EXPECT_EQ(decide(18).error, ErrorCode::kIneligibleReplica);
  change.new_isr_epochs = {-1, -1};
  EXPECT_TRUE(decide(18).is_written) << "of old leaders, which do not tell";
}

TEST(Fences, TheLeaderEpochKeepsAnotherHistoryFromBeingCounted) {
  for (bool is_fenced : {true, false}) {
    OneBroker leader(1);
    OneBroker follower(kFollower);
    // In epoch 0 broker 2 led, and wrote what nobody copied; broker 1 leads in epoch 1.
    ASSERT_EQ(follower.told(1, 0, kFollower, {1, kFollower}), ErrorCode::kNone);
    EXPECT_EQ(follower.produced(), std::nullopt);
    ASSERT_EQ(leader.told(1, 1, 1, {1, kFollower}), ErrorCode::kNone);
    EXPECT_EQ(leader.produced(), std::nullopt);
    ErrorCode asked = leader.fetched(follower.end(), 17, is_fenced ? 0 : 1);
    if (is_fenced) {
      EXPECT_EQ(asked, ErrorCode::kFencedLeaderEpoch);
      EXPECT_EQ(leader.committed(), 0);
      continue;
    }
    EXPECT_EQ(leader.committed(), 1);
    ASSERT_EQ(follower.told(1, 2, kFollower, {kFollower}), ErrorCode::kNone);
    EXPECT_EQ(follower.log()->end_offset_for_epoch(1).end_offset, 1);
    EXPECT_EQ(follower.log()->end_offset_for_epoch(0).end_offset, 1)
        << "where a record of epoch 1 was acknowledged, the leader has one of epoch 0";
  }
}

TEST(Fences, TheLeaderEpochKeepsAnOldLeadersRecordsOutOfALog) {
  for (bool is_fenced : {true, false}) {
    OneBroker old_leader(3);
    OneBroker follower(kFollower);
    ASSERT_EQ(old_leader.told(1, 0, 3, {3, kFollower}), ErrorCode::kNone);
    EXPECT_EQ(old_leader.produced(), std::nullopt);
    ASSERT_EQ(follower.told(1, 1, 1, {1, kFollower}), ErrorCode::kNone);
    base::Bytes late = old_leader.records(0);
    auto appended = follower.partition()->append_fetched({.leader_epoch = is_fenced ? 0 : 1,
                                                          .offset = 0,
                                                          .records = late,
                                                          .high_watermark = 1,
                                                          .log_start_offset = 0});
    EXPECT_EQ(appended.ok(), !is_fenced);
    EXPECT_EQ(follower.committed(), is_fenced ? 0 : 1) << "as if it were committed in epoch 1";
  }
}

TEST(Fences, ThePartitionEpochKeepsAnOldAnswerFromShrinkingTheInSyncSet) {
  for (bool is_fenced : {true, false}) {
    OneBroker leader(1);
    OneBroker follower(kFollower);
    ASSERT_EQ(leader.told(1, 0, 1, {1, kFollower}), ErrorCode::kNone);
    ASSERT_EQ(follower.told(1, 0, 1, {1, kFollower}), ErrorCode::kNone);
    // It left, it came back, and is to leave again; the controller has not heard of that.
    auto propose_shrink = [&] {
      leader.clock.advance_ms(20'000);
      leader.append(1, 1);
      leader.isr_updater.shrink_all();
    };
    propose_shrink();
    ASSERT_EQ(leader.proposed().size(), 1u);
    const IsrProposal first = leader.proposed()[0];
    EXPECT_EQ(leader.fetched(leader.end(), 17, 0), ErrorCode::kNone);
    ASSERT_EQ(leader.proposed().size(), 2u);
    const Offset committed = leader.committed();
    leader.proposals.error = ErrorCode::kNotController;
    propose_shrink();
    leader.isr_updater.send();
    ASSERT_EQ(leader.proposals.all.size(), 3u);
    // The answer to the first proposal comes once more.
    const IsrProposal asked = is_fenced ? first : leader.proposals.all[2];
    IsrAnswer answer{.leader_epoch = 0, .isr = {1}, .partition_epoch = asked.partition_epoch + 1};
    leader.partition()->settle(asked, answer);
    if (is_fenced) {
      EXPECT_EQ(leader.partition()->state().isr, (std::vector<BrokerId>{1, kFollower}));
      EXPECT_EQ(leader.committed(), committed);
      continue;
    }
    EXPECT_GT(leader.committed(), committed);
    // In ZooKeeper it is still in sync, and may be elected.
    ASSERT_EQ(follower.told(1, 1, kFollower, {kFollower}), ErrorCode::kNone);
    EXPECT_LT(follower.end(), leader.committed())
        << "an elected leader lacks what was acknowledged";
  }
}

TEST(Fences, TheProducerEpochKeepsAZombieFromWriting) {
  for (bool is_fenced : {true, false}) {
    OneBroker leader(1);
    ASSERT_EQ(leader.told(1, 0, 1, {1}), ErrorCode::kNone);
    auto write = [&](std::int16_t epoch, std::int32_t sequence, std::uint8_t value) {
      base::Bytes bytes = log::make_batch(
          {.producer_id = 9, .producer_epoch = epoch, .base_sequence = sequence, .fill = value});
      auto info = leader.partition()->append(bytes, -1, {}, nullptr);
      return info ? ErrorCode::kNone : protocol::code_of(info.error());
    };
    EXPECT_EQ(write(0, 0, 'a'), ErrorCode::kNone);
    // Its successor, which has the same transactional id.
    EXPECT_EQ(write(1, 0, 'b'), ErrorCode::kNone);
    ErrorCode zombie = write(is_fenced ? 0 : 1, 1, 'a');
    EXPECT_EQ(zombie, is_fenced ? ErrorCode::kInvalidProducerEpoch : ErrorCode::kNone);
    base::Bytes bytes = leader.records(leader.end() - 1);
    EXPECT_EQ(bytes[bytes.size() - 2], is_fenced ? 'b' : 'a') << "the key's last value";
  }
}

}  // namespace
}  // namespace odradek::replica
