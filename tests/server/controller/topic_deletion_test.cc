#include "server/controller/topic_deletion.h"

#include "tests/server/controller/cluster_fixture.h"
#include "zk/store/configs.h"

namespace odradek::controller {
namespace {

using TopicDeletionTest = ControllerTest;

TEST_F(TopicDeletionTest, TakesTheTopicFromBrokersAndZooKeeper) {
  auto b1 = broker(1);
  auto b2 = broker(2);
  create("orders", {{0, {1, 2}}});
  auto controller = start(options(1));
  ASSERT_TRUE(b1->wait_for_leader(kOrders, [](const auto& s) { return s.is_new; }));
  b1->forget();
  ASSERT_TRUE(zk::Deletions(*session_).mark("orders").ok());
  ASSERT_TRUE(b1->wait_for_metadata(kOrders, [](const auto& s) { return s.leader == -2; }));
  EXPECT_TRUE(b1->wait_for_stop(kOrders, false));
  EXPECT_TRUE(b1->wait_for_stop(kOrders, true));
  EXPECT_TRUE(b2->wait_for_stop(kOrders, true));
  EXPECT_TRUE(wait_until_gone("/admin/delete_topics/orders"));
  EXPECT_FALSE(session_->call(zk::Exists{"/brokers/topics/orders"}).ok());
  EXPECT_FALSE(session_->call(zk::Exists{"/config/topics/orders"}).ok());
  // The same name again is a new topic.
  b1->forget();
  create("orders", {{0, {2, 1}}});
  EXPECT_TRUE(b1->wait_for_leader(kOrders, [](const auto& s) { return s.is_new; }));
}

TEST_F(TopicDeletionTest, WaitsForADeadBrokerAndGoesOnWhenItIsBack) {
  auto b1 = broker(1);
  auto b2 = broker(2);
  create("orders", {{0, {1, 2}}});
  auto controller = start(options(1));
  ASSERT_TRUE(b1->wait_for_leader(kOrders, [](const auto& s) { return s.is_new; }));
  b2->die();
  ASSERT_TRUE(b1->wait_for_leader(kOrders, [](const auto& s) { return s.isr == Replicas{1}; }));
  b1->forget();
  ASSERT_TRUE(zk::Deletions(*session_).mark("orders").ok());
  ASSERT_TRUE(b1->wait_for_stop(kOrders, true));
  EXPECT_TRUE(session_->call(zk::Exists{"/brokers/topics/orders"}).ok());
  b2->register_again();
  EXPECT_TRUE(wait_until_gone("/admin/delete_topics/orders"));
  EXPECT_TRUE(b2->wait_for_stop(kOrders, true));
}

TEST_F(TopicDeletionTest, WaitsForAReassignmentAndForNoneThatIsOver) {
  auto b1 = broker(1);
  auto b2 = broker(2);
  auto b3 = broker(3);
  create("orders", {{0, {1, 2}}});
  auto controller = start(options(1));
  ASSERT_TRUE(b1->wait_for_leader(kOrders, [](const auto& s) { return s.is_new; }));
  auto reassign = [&](Replicas target) {
    return controller->ask<ReassignmentTargets, ReassignmentAnswer>({{kOrders, target}});
  };
  ASSERT_EQ(reassign({2, 1}).error, ErrorCode::kNone) << "over at once";
  ASSERT_EQ(reassign({3, 1}).error, ErrorCode::kNone) << "waits for broker 3";
  b1->forget();
  ASSERT_TRUE(zk::Deletions(*session_).mark("orders").ok());
  zk::StoredPartitionState now = state(kOrders);
  auto grown = controller->ask<AlterPartitionRequest, AlterPartitionAnswer>(
      {.version = 2,
       .broker_id = now.state.leader,
       .broker_epoch = b1->epoch(),
       .partitions = {{.topic_id = *assignment("orders").topic_id,
                       .partition = 0,
                       .leader_epoch = now.state.leader_epoch,
                       .new_isr = {1, 2, 3},
                       .partition_epoch = now.partition_epoch}}});
  ASSERT_EQ(grown.partitions.at(0).error, ErrorCode::kNone);
  EXPECT_TRUE(wait_until_gone("/admin/delete_topics/orders"));
  // A topic that was moved before it was marked is deleted as any other.
  create("moved", {{0, {1, 2}}});
  ASSERT_TRUE(b1->wait_for_leader({"moved", 0}, [](const auto& s) { return s.is_new; }));
  auto moved = controller->ask<ReassignmentTargets, ReassignmentAnswer>({{{"moved", 0}, {{2, 1}}}});
  ASSERT_EQ(moved.error, ErrorCode::kNone);
  ASSERT_TRUE(zk::Deletions(*session_).mark("moved").ok());
  EXPECT_TRUE(wait_until_gone("/admin/delete_topics/moved"));
}

TEST_F(TopicDeletionTest, IsTakenUpByTheNextController) {
  auto b1 = broker(1);
  auto b2 = broker(2);
  create("orders", {{0, {1, 2}}});
  auto first = start(options(1));
  ASSERT_TRUE(b1->wait_for_leader(kOrders, [](const auto& s) { return s.is_new; }));
  ASSERT_TRUE(b2->wait_for_leader(kOrders, [](const auto& s) { return s.is_new; }));
  b2->fail(kOrders, ErrorCode::kKafkaStorageError);
  ASSERT_TRUE(zk::Deletions(*session_).mark("orders").ok());
  ASSERT_TRUE(b2->wait_for_stop(kOrders, true));
  first.reset();
  EXPECT_TRUE(session_->call(zk::Exists{"/brokers/topics/orders"}).ok());
  b2->recover();
  auto second = start(options(2));
  EXPECT_TRUE(wait_until_gone("/admin/delete_topics/orders"));
  EXPECT_FALSE(session_->call(zk::Exists{"/brokers/topics/orders"}).ok());
}

TEST_F(TopicDeletionTest, RemovesTheMarkWhereItIsForbiddenOrMeansNothing) {
  auto b1 = broker(1);
  create("orders", {{0, {1}}});
  ControllerOptions forbidding = options(1);
  forbidding.delete_topic_enable = false;
  auto controller = start(forbidding);
  ASSERT_TRUE(b1->wait_for_leader(kOrders, [](const auto& s) { return s.is_new; }));
  ASSERT_TRUE(zk::Deletions(*session_).mark("orders").ok());
  EXPECT_TRUE(wait_until_gone("/admin/delete_topics/orders"));
  EXPECT_TRUE(session_->call(zk::Exists{"/brokers/topics/orders"}).ok());
  controller.reset();
  controller = start(options(1));
  ASSERT_TRUE(is_led(*b1, 2));
  ASSERT_TRUE(zk::Deletions(*session_).mark("never-was").ok());
  EXPECT_TRUE(wait_until_gone("/admin/delete_topics/never-was"));
}

}  // namespace
}  // namespace odradek::controller
