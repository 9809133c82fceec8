// The fences in ZooKeeper at the controller's own objects; see replica_fences_test.cc.
#include <gtest/gtest.h>

#include "server/controller/fenced_store.h"
#include "tests/server/controller/cluster_fixture.h"
#include "zk/store/controller.h"

namespace odradek::controller {
namespace {

class ControllerFences : public ControllerTest {
 protected:
  void SetUp() override {
    ControllerTest::SetUp();
    if (server_ == nullptr) return;
    b1_ = broker(1);
    b2_ = broker(2);
    create("orders", {{0, {1, 2}}});
    controller_ = start(options(1));
    ASSERT_TRUE(b1_->wait_for_leader(kOrders, [](const auto& s) { return s.is_new; }));
    ASSERT_TRUE(b2_->wait_for_leader(kOrders, [](const auto& s) { return s.is_new; }));
  }
  ErrorCode propose(Replicas isr, LeaderEpoch leader_epoch, std::int32_t partition_epoch) {
    auto answer = controller_->ask<AlterPartitionRequest, AlterPartitionAnswer>(
        {.version = 2,
         .broker_id = 1,
         .broker_epoch = b1_->epoch(),
         .partitions = {{.topic_id = *assignment("orders").topic_id,
                         .partition = 0,
                         .leader_epoch = leader_epoch,
                         .new_isr = std::move(isr),
                         .partition_epoch = partition_epoch}}});
    return answer.error != ErrorCode::kNone ? answer.error : answer.partitions.at(0).error;
  }
  zk::Fence fence_in_zookeeper() {
    zk::Response epoch = session_->call(zk::GetData{"/controller_epoch"});
    CHECK(epoch.ok());
    return {.controller_epoch = std::stoi(epoch.data.value_or("")),
            .epoch_zk_version = epoch.stat.version};
  }

  std::unique_ptr<FakeBroker> b1_, b2_;
  std::unique_ptr<RunningController> controller_;
};

// The deposed controller believes broker 1 to lead. Broker 2 has been elected since, in a set in
// sync of its own, and acknowledges alone.
TEST_F(ControllerFences, TheControllerEpochKeepsADeposedOneFromNamingALeader) {
  const zk::Fence before = fence_in_zookeeper();
  controller_.reset();
  ASSERT_TRUE(session_->call(zk::SetData{"/controller_epoch", "7"}).ok());
  const zk::Fence after = fence_in_zookeeper();
  FencedStore store(*session_);
  auto write = [&](const zk::Fence& fence, BrokerId leader, std::int32_t expected) {
    store.begin(fence);
    auto written = store.update_leaderships({{.partition = kOrders,
                                              .leadership = {.leader = leader,
                                                             .leader_epoch = 1,
                                                             .isr = {leader},
                                                             .controller_epoch = 1,
                                                             .partition_epoch = expected}}});
    return written.at(0).outcome;
  };
  ASSERT_EQ(write(after, 2, 0), WriteOutcome::kDone);
  // It has read the state anew, so that the version alone would let it.
  EXPECT_EQ(write(before, 1, 1), WriteOutcome::kFailed);
  EXPECT_TRUE(store.controller_moved());
  EXPECT_EQ(state(kOrders).state.leader, 2);
  // If nobody compared: two leaders have one epoch, and what broker 2 acknowledged is not here.
  EXPECT_EQ(write(after, 1, 1), WriteOutcome::kDone);
  EXPECT_EQ(state(kOrders).state.leader, 1);
  EXPECT_EQ(state(kOrders).state.isr, (Replicas{1}));
}

TEST_F(ControllerFences, ThePartitionEpochKeepsALateProposalFromFillingTheInSyncSet) {
  // Broker 1 acknowledges alone from now on. That it wanted to keep broker 2 comes only now.
  ASSERT_EQ(propose({1}, 0, 0), ErrorCode::kNone);
  EXPECT_EQ(propose({1, 2}, 0, 0), ErrorCode::kInvalidUpdateVersion);
  EXPECT_EQ(state(kOrders).state.isr, (Replicas{1}));
  b1_->die();
  ASSERT_TRUE(b2_->wait_for_metadata(kOrders, [](const auto& s) { return s.leader == -1; }));
  EXPECT_EQ(state(kOrders).state.isr, (Replicas{1})) << "nobody leads who lacks anything";
}

TEST_F(ControllerFences, WithoutThePartitionEpochALateProposalMakesALeaderThatLacksRecords) {
  ASSERT_EQ(propose({1}, 0, 0), ErrorCode::kNone);
  ASSERT_EQ(propose({1, 2}, 0, 1), ErrorCode::kNone);  // as it would be taken if nobody compared
  b1_->die();
  EXPECT_TRUE(b2_->wait_for_leader(kOrders, [](const auto& s) { return s.leader == 2; }));
}

TEST_F(ControllerFences, TheLeaderEpochKeepsADeposedLeaderFromShrinkingToItself) {
  b1_->die();
  auto is_leader = [](const auto& s) { return s.leader == 2; };
  ASSERT_TRUE(b2_->wait_for_leader(kOrders, is_leader));
  b1_->register_again();
  ASSERT_TRUE(b1_->wait_for_leader(kOrders, is_leader));
  const zk::StoredPartitionState now = state(kOrders);
  // It has come back, and what it sent as leader of epoch 0 comes only now.
  EXPECT_EQ(propose({1}, 0, now.partition_epoch), ErrorCode::kFencedLeaderEpoch);
  EXPECT_EQ(state(kOrders).state.isr, (Replicas{2}));
  // The present epoch does not help it either: it is not the leader any more.
  EXPECT_EQ(propose({1}, now.state.leader_epoch, now.partition_epoch), ErrorCode::kInvalidRequest);
}

}  // namespace
}  // namespace odradek::controller
