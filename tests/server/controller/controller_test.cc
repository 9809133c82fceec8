#include "server/controller/controller.h"

#include <future>
#include <string_view>

#include "base/log.h"
#include "base/thread.h"
#include "tests/server/controller/cluster_fixture.h"

namespace odradek::controller {
namespace {

// As the leader of the first partition of "orders" asks when nobody follows.
template <class Controller, class Broker>
ErrorCode keep_alone_in_sync(Controller& controller, const Broker& leader) {
  return controller
      .template ask<AlterPartitionRequest, AlterPartitionAnswer>(
          {.version = 1,
           .broker_id = 2,
           .broker_epoch = leader.epoch(),
           .partitions = {{.topic = "orders", .new_isr = {2}}}})
      .error;
}

TEST_F(ControllerTest, OneOfTwoIsElectedAndTheOtherFollows) {
  auto b1 = broker(1);
  auto first = start(options(1));
  ASSERT_TRUE(is_led(*b1, 1));
  EXPECT_TRUE((*first)->is_active());
  EXPECT_EQ((*first)->epoch(), 1);
  auto second = start(options(2));
  b1->forget();
  first.reset();
  ASSERT_TRUE(is_led(*b1, 2));
  EXPECT_TRUE((*second)->is_active());
  EXPECT_EQ((*second)->epoch(), 2);
  EXPECT_EQ((*second)->active_controller(), 2);
}

TEST_F(ControllerTest, TellsBrokersOfEachOtherBeforeAnyLeader) {
  auto b1 = broker(1);
  auto b2 = broker(2);
  create("orders", {{0, {1, 2}}, {1, {2, 1}}});
  auto controller = start(options(1));
  ASSERT_TRUE(b1->wait_for_leader(kOrders, [](const auto& s) { return s.is_new; }));
  auto first = b1->recorded().front();
  ASSERT_TRUE(std::holds_alternative<protocol::UpdateMetadataRequest>(first));
  const auto& metadata = std::get<protocol::UpdateMetadataRequest>(first);
  EXPECT_TRUE(metadata.topic_states.empty());
  EXPECT_EQ(metadata.live_brokers.size(), 2u);
  EXPECT_EQ(metadata.broker_epoch, b1->epoch());
}

TEST_F(ControllerTest, ATopicCreatedByAnotherToolGetsAnIdAndLeaders) {
  auto b1 = broker(1);
  auto b2 = broker(2);
  auto controller = start(options(1));
  ASSERT_TRUE(is_led(*b1, 1));
  create("orders", {{0, {2, 1, 7}}}, false);
  auto told = b1->wait_for_leader(kOrders, [](const auto& s) { return s.is_new; });
  ASSERT_TRUE(told);
  EXPECT_EQ(told->leader, 2);
  EXPECT_EQ(told->isr, (Replicas{2, 1})) << "7 does not live";
  EXPECT_EQ(told->replicas, (Replicas{2, 1, 7}));
  EXPECT_EQ(told->partition_epoch, 0);
  auto known = b2->wait_for_metadata(kOrders, [](const auto&) { return true; });
  ASSERT_TRUE(known);
  EXPECT_EQ(known->offline_replicas, (Replicas{7}));
  ASSERT_TRUE(assignment("orders").topic_id);
  zk::StoredPartitionState stored = state(kOrders);
  EXPECT_EQ(stored.state.leader, 2);
  EXPECT_EQ(stored.state.leader_epoch, 0);
  EXPECT_EQ(stored.state.controller_epoch, 1);
}

TEST_F(ControllerTest, ADeadBrokerLosesItsLeadersAndItsPlaceInSync) {
  auto b1 = broker(1);
  auto b2 = broker(2);
  create("orders", {{0, {2, 1}}, {1, {1, 2}}});
  auto controller = start(options(1));
  ASSERT_TRUE(b1->wait_for_leader({"orders", 1}, [](const auto& s) { return s.is_new; }));
  b2->die();
  auto told = b1->wait_for_leader(kOrders, [](const auto& s) { return s.leader == 1; });
  ASSERT_TRUE(told);
  EXPECT_EQ(told->isr, (Replicas{1}));
  auto follower_left =
      b1->wait_for_leader({"orders", 1}, [](const auto& s) { return s.leader_epoch == 1; });
  ASSERT_TRUE(follower_left);
  EXPECT_EQ(follower_left->isr, (Replicas{1}));
  EXPECT_EQ(state(kOrders).state.isr, (Replicas{1}));
  b1->forget();
  b2->forget();
  b2->register_again();
  ASSERT_TRUE(b2->wait_for_leader(kOrders, [](const auto& s) { return s.leader == 1; }));
  EXPECT_EQ(state(kOrders).state.leader, 1) << "its old place is for the leader to give back";
}

TEST_F(ControllerTest, ABrokerThatRestartsTooFastIsStillSeenGone) {
  auto b1 = broker(1);
  auto b2 = broker(2);
  create("orders", {{0, {2, 1}}});
  auto controller = start(options(1));
  ASSERT_TRUE(b1->wait_for_leader(kOrders, [](const auto& s) { return s.is_new; }));
  const std::int64_t before = b2->epoch();
  b2->forget();
  // In one step for the server, so that no child list is ever without it.
  zk::Response swapped = b2->session().call(zk::Multi{
      {zk::Delete{"/brokers/ids/2"}, zk::Create{"/brokers/ids/2", b2->registration().encode(),
                                                zk::CreateMode::kEphemeral, std::nullopt}}});
  ASSERT_TRUE(swapped.ok());
  auto told = b1->wait_for_leader(kOrders, [](const auto& s) { return s.leader == 1; });
  ASSERT_TRUE(told);
  auto announced = b2->wait_for<protocol::LeaderAndIsrRequest>(
      [&](const auto& request) { return request.broker_epoch > before; });
  ASSERT_TRUE(announced);
  EXPECT_EQ(state(kOrders).state.leader, 1);
}

TEST_F(ControllerTest, WithoutAReplicaInSyncThereIsNoLeaderUnlessUncleanIsAllowed) {
  auto b1 = broker(1);
  auto b2 = broker(2);
  create("orders", {{0, {2, 1}}});
  auto controller = start(options(1));
  ASSERT_TRUE(b1->wait_for_leader(kOrders, [](const auto& s) { return s.is_new; }));
  ASSERT_EQ(keep_alone_in_sync(*controller, *b2), ErrorCode::kNone);
  b2->die();
  auto leaderless = b1->wait_for_metadata(kOrders, [](const auto& s) { return s.leader == -1; });
  ASSERT_TRUE(leaderless);
  EXPECT_EQ(leaderless->isr, (Replicas{2}));
  b1->forget();
  (*controller)->set_unclean_election_default(true);
  auto unclean = b1->wait_for_leader(kOrders, [](const auto& s) { return s.leader == 1; });
  ASSERT_TRUE(unclean);
  EXPECT_EQ(unclean->isr, (Replicas{1}));
  EXPECT_EQ(unclean->leader_recovery_state, 1);
}

TEST_F(ControllerTest, AFailoverFindsEverythingAndChangesNothing) {
  auto b1 = broker(1);
  auto b2 = broker(2);
  create("orders", {{0, {2, 1}}});
  auto first = start(options(1));
  ASSERT_TRUE(b1->wait_for_leader(kOrders, [](const auto& s) { return s.is_new; }));
  const zk::StoredPartitionState before = state(kOrders);
  const zk::TopicAssignment topic = assignment("orders");
  auto second = start(options(2));
  b1->forget();
  first.reset();
  ASSERT_TRUE(b1->wait_for_leader(kOrders, [](const auto& s) { return !s.is_new; }));
  auto request = std::get<protocol::UpdateMetadataRequest>(b1->recorded().front());
  EXPECT_EQ(request.controller_epoch, 2);
  EXPECT_EQ(request.live_brokers.size(), 2U);
  EXPECT_EQ(state(kOrders).partition_epoch, before.partition_epoch);
  EXPECT_EQ(state(kOrders).state.controller_epoch, 1);
  EXPECT_EQ(assignment("orders"), topic);
}

// Else clients of a broker that has just started would see a topic with partitions missing.
TEST_F(ControllerTest, AFailoverTellsOfEveryPartitionFromTheFirstRequestOn) {
  auto b1 = broker(1);
  auto b2 = broker(2);
  create("orders", {{0, {1}}, {1, {2}}});
  auto first = start(options(1));
  const protocol::TopicPartition on_the_dead{"orders", 1};
  ASSERT_TRUE(b2->wait_for_leader(on_the_dead, [](const auto& s) { return s.is_new; }));
  auto second = start(options(1));
  b2->die();
  ASSERT_TRUE(b1->wait_for_metadata(on_the_dead, [](const auto& s) { return s.leader == -1; }));
  b1->forget();
  first.reset();
  ASSERT_TRUE(b1->wait_for_leader(kOrders, [](const auto& s) { return !s.is_new; }));
  auto request = std::get<protocol::UpdateMetadataRequest>(b1->recorded().front());
  ASSERT_EQ(request.topic_states.size(), 1U);
  EXPECT_EQ(request.topic_states[0].partition_states.size(), 2U);
}

TEST_F(ControllerTest, ATopicThatATopologyToolMutilatedGetsItsIdBack) {
  auto b1 = broker(1);
  auto controller = start(options(1));
  ASSERT_TRUE(is_led(*b1, 1));
  create("orders", {{0, {1}}});
  ASSERT_TRUE(b1->wait_for_leader(kOrders, [](const auto& s) { return s.is_new; }));
  const auto id = assignment("orders").topic_id;
  zk::TopicAssignment mutilated;
  mutilated.partitions[0].replicas = {1};
  mutilated.partitions[1].replicas = {1};
  ASSERT_TRUE(zk::Topics(*session_).set_assignment("orders", mutilated).ok());
  ASSERT_TRUE(b1->wait_for_leader({"orders", 1}, [](const auto& s) { return s.is_new; }));
  EXPECT_EQ(assignment("orders").topic_id, id);
  EXPECT_EQ(assignment("orders").partitions.size(), 2u);
}

TEST_F(ControllerTest, ADeposedControllerWritesNothing) {
  auto b1 = broker(1);
  auto b2 = broker(2);
  create("orders", {{0, {2, 1}}});
  auto controller = start(options(1));
  ASSERT_TRUE(b1->wait_for_leader(kOrders, [](const auto& s) { return s.is_new; }));
  // Another controller was elected and the watch has not come yet: only the fence knows.
  ASSERT_TRUE(session_->call(zk::SetData{"/controller_epoch", "7"}).ok());
  auto answer = controller->ask<AlterPartitionRequest, AlterPartitionAnswer>(
      {.version = 1,
       .broker_id = 2,
       .broker_epoch = b2->epoch(),
       .partitions = {{.topic = "orders", .new_isr = {2}}}});
  EXPECT_EQ(answer.error, ErrorCode::kNotController);
  EXPECT_EQ(state(kOrders).state.isr, (Replicas{2, 1}));
  // It gives up, and is elected anew with a later epoch.
  ASSERT_TRUE(is_led(*b2, 8));
}

TEST_F(ControllerTest, AnExpiredSessionRegistersAnewAndElects) {
  auto b1 = broker(1);
  FakeBroker b2(connect_, 2);
  b2.die();
  RunningController expiring(connect_, options(2),
                             [&](zk::Session& session) { b2.register_here(session); });
  b2.register_here(expiring.session());
  ASSERT_TRUE(is_led(*b1, 1));
  const std::int64_t before = b2.epoch();
  auto other = start(options(1));
  b1->forget();
  odradek::testing::expire_session(expiring.session(), connect_);
  ASSERT_TRUE(is_led(*b1, 2));
  auto welcomed = b2.wait_for<protocol::UpdateMetadataRequest>(
      [&](const auto& request) { return request.broker_epoch > before; });
  ASSERT_TRUE(welcomed) << "it registered anew, and the controller noticed";
  EXPECT_GT(b2.epoch(), before);
  EXPECT_NE((*other)->is_active(), expiring->is_active());
}

// A default that came while the session expired must not be dropped with the events that wait.
TEST_F(ControllerTest, AnUncleanElectionDefaultOutlivesTheEventsOfAnExpiredSession) {
  auto b1 = broker(1);
  auto b2 = broker(2);
  create("orders", {{0, {2, 1}}});
  auto controller = start(options(1));
  ASSERT_TRUE(b1->wait_for_leader(kOrders, [](const auto& s) { return s.is_new; }));
  ASSERT_EQ(keep_alone_in_sync(*controller, *b2), ErrorCode::kNone);
  b2->die();
  ASSERT_TRUE(b1->wait_for_metadata(kOrders, [](const auto& s) { return s.leader == -1; }));
  b1->forget();

  std::promise<void> is_held, is_released, is_dropped;
  (*controller)->submit(ListReassignmentsRequest{}, [&](const ListReassignmentsAnswer&) {
    is_held.set_value();
    is_released.get_future().wait();
  });
  is_held.get_future().wait();
  (*controller)->set_unclean_election_default(true);
  (*controller)->submit(ListReassignmentsRequest{}, [&](const ListReassignmentsAnswer& answer) {
    EXPECT_EQ(answer.error, ErrorCode::kNotController);
    is_dropped.set_value();
  });
  base::Thread expiry("session-expiry", [&] { (*controller)->on_session_expired(); });
  is_dropped.get_future().wait();
  is_released.set_value();
  expiry.join();
  ASSERT_TRUE(session_->call(zk::Delete{"/controller"}).ok());
  (*controller)->on_session_established([]() -> base::Status { return {}; });
  auto unclean = b1->wait_for_leader(kOrders, [](const auto& s) { return s.leader == 1; });
  ASSERT_TRUE(unclean);
  EXPECT_EQ(unclean->isr, (Replicas{1}));
}

// Counts the lines that tell of a /controller that nobody can read.
class UnreadableLines : public google::LogSink {
 public:
  UnreadableLines() { google::AddLogSink(this); }
  ~UnreadableLines() override { google::RemoveLogSink(this); }

  void send(google::LogSeverity, const char*, const char*, int, const std::tm*, const char* message,
            std::size_t length) override {
    const std::string_view line(message, length);
    const bool counts = line.find("/controller could not be read") != std::string_view::npos;
    if (counts) (void)seen_.try_push(1);
  }
  // How many more come in this time.
  int count_for_ms(std::int64_t time_ms) {
    int count = 0;
    for (const auto end = base::steady_after_ms(time_ms); seen_.pop_until(end);) ++count;
    return count;
  }

 private:
  base::BoundedQueue<int> seen_{1024};
};

TEST_F(ControllerTest, AnUnreadableControllerNodeIsReadOnceASecondAndElectedAfterwards) {
  ASSERT_TRUE(
      session_
          ->call(zk::Create{"/controller", "not JSON", zk::CreateMode::kPersistent, std::nullopt})
          .ok());
  auto b1 = broker(1);
  UnreadableLines lines;
  auto controller = start(options(1));
  const int count = lines.count_for_ms(3'500);
  EXPECT_GE(count, 3);
  EXPECT_LE(count, 5) << "twice at the start, then by one timer";
  ASSERT_TRUE(session_->call(zk::Delete{"/controller"}).ok());
  EXPECT_TRUE(is_led(*b1, 1));
}

TEST_F(ControllerTest, ManyPartitionsTakeFewRoundTrips) {
  constexpr std::int32_t kPartitions = 3'000;
  auto b1 = broker(1);
  auto b2 = broker(2);
  std::map<std::int32_t, Replicas> replicas;
  for (std::int32_t i = 0; i < kPartitions; ++i) {
    replicas[i] = i % 2 ? Replicas{1, 2} : Replicas{2, 1};
  }
  auto first = start(options(1));
  ASSERT_TRUE(is_led(*b1, 1));
  const auto began = std::chrono::steady_clock::now();
  create("orders", replicas);
  ASSERT_TRUE(
      b1->wait_for_leader({"orders", kPartitions - 1}, [](const auto& s) { return s.is_new; }));
  const auto created = std::chrono::steady_clock::now();
  auto second = start(options(2));
  b1->forget();
  first.reset();
  ASSERT_TRUE(
      b1->wait_for_leader({"orders", kPartitions - 1}, [](const auto& s) { return !s.is_new; }));
  const auto taken_over = std::chrono::steady_clock::now();
  RecordProperty("create_ms", static_cast<int>((created - began).count() / 1'000'000));
  RecordProperty("failover_ms", static_cast<int>((taken_over - created).count() / 1'000'000));
  LOG(INFO) << kPartitions << " partitions: created in " << (created - began).count() / 1'000'000
            << " ms, failover in " << (taken_over - created).count() / 1'000'000 << " ms";
}

}  // namespace
}  // namespace odradek::controller
