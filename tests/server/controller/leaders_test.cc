#include "server/controller/context.h"
#include "tests/server/controller/cluster_fixture.h"
#include "zk/data/preferred_election.h"
#include "zk/data/reassignment.h"
#include "zk/store/isr_changes.h"
#include "zk/store/log_dir_events.h"

namespace odradek::controller {
namespace {

class LeadersTest : public ControllerTest {
 protected:
  void SetUp() override {
    ControllerTest::SetUp();
    if (server_ == nullptr) return;
    b1_ = broker(1);
    b2_ = broker(2);
    b3_ = broker(3);
  }
  // A cluster with orders-0 on brokers 1 and 2, led by 1.
  void lead(ControllerOptions wanted) {
    create("orders", {{0, {1, 2}}});
    controller_ = start(wanted);
    ASSERT_TRUE(b1_->wait_for_leader(kOrders, [](const auto& s) { return s.is_new; }));
    ASSERT_TRUE(b2_->wait_for_leader(kOrders, [](const auto& s) { return s.is_new; }));
  }
  void lead() { lead(options(1)); }
  AlterPartitionAnswer propose(FakeBroker& leader, Replicas isr) {
    zk::StoredPartitionState now = state(kOrders);
    return controller_->ask<AlterPartitionRequest, AlterPartitionAnswer>(
        {.version = 2,
         .broker_id = leader.id(),
         .broker_epoch = leader.epoch(),
         .partitions = {{.topic_id = *assignment("orders").topic_id,
                         .partition = 0,
                         .leader_epoch = now.state.leader_epoch,
                         .new_isr = std::move(isr),
                         .partition_epoch = now.partition_epoch}}});
  }
  ReassignmentAnswer reassign(std::optional<Replicas> target) {
    return controller_->ask<ReassignmentTargets, ReassignmentAnswer>({{kOrders, target}});
  }

  std::unique_ptr<FakeBroker> b1_, b2_, b3_;
  std::unique_ptr<RunningController> controller_;
};

TEST_F(LeadersTest, AnIsrIsWrittenAndTold) {
  lead();
  b2_->forget();
  AlterPartitionAnswer answer = propose(*b1_, {1});
  ASSERT_EQ(answer.error, ErrorCode::kNone);
  ASSERT_EQ(answer.partitions.size(), 1u);
  EXPECT_EQ(answer.partitions[0].error, ErrorCode::kNone);
  EXPECT_EQ(answer.partitions[0].topic, "orders");
  EXPECT_EQ(answer.partitions[0].leadership.partition_epoch, 1);
  EXPECT_EQ(state(kOrders).state.isr, (Replicas{1}));
  EXPECT_EQ(state(kOrders).state.leader_epoch, 0);
  EXPECT_TRUE(b2_->wait_for_metadata(kOrders, [](const auto& s) { return s.isr == Replicas{1}; }));
  for (const auto& request : b2_->recorded()) {
    EXPECT_FALSE(std::holds_alternative<protocol::LeaderAndIsrRequest>(request));
  }
  auto stale = controller_->ask<AlterPartitionRequest, AlterPartitionAnswer>(
      {.version = 2, .broker_id = 1, .broker_epoch = b1_->epoch() - 1});
  EXPECT_EQ(stale.error, ErrorCode::kStaleBrokerEpoch);
}

TEST_F(LeadersTest, AControlledShutdownMovesLeadersAway) {
  lead();
  auto stale = controller_->ask<ControlledShutdownRequest, ControlledShutdownAnswer>(
      {.broker_id = 1, .broker_epoch = b1_->epoch() - 1});
  ASSERT_FALSE(stale.ok());
  EXPECT_EQ(protocol::code_of(stale.error()), ErrorCode::kStaleBrokerEpoch);
  auto unknown = controller_->ask<ControlledShutdownRequest, ControlledShutdownAnswer>(
      {.broker_id = 9, .broker_epoch = -1});
  EXPECT_EQ(protocol::code_of(unknown.error()), ErrorCode::kBrokerNotAvailable);
  auto answer = controller_->ask<ControlledShutdownRequest, ControlledShutdownAnswer>(
      {.broker_id = 1, .broker_epoch = b1_->epoch()});
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_TRUE(answer->empty());
  EXPECT_EQ(state(kOrders).state.leader, 2);
  EXPECT_EQ(state(kOrders).state.isr, (Replicas{2}));
  EXPECT_TRUE(b1_->wait_for_leader(kOrders, [](const auto& s) { return s.leader == 2; }))
      << "it is told while it lives";
  // Its follower's place is not given back while it stops.
  AlterPartitionAnswer grown = propose(*b2_, {2, 1});
  ASSERT_EQ(grown.partitions.size(), 1u);
  EXPECT_EQ(grown.partitions[0].error, ErrorCode::kIneligibleReplica);
  auto last = controller_->ask<ControlledShutdownRequest, ControlledShutdownAnswer>(
      {.broker_id = 2, .broker_epoch = -1});
  ASSERT_TRUE(last.ok());
  EXPECT_EQ(*last, std::vector<TopicPartition>{kOrders}) << "nobody else can lead";
}

TEST_F(LeadersTest, ThePreferredLeaderComesBackOnRequest) {
  lead();
  auto needless = controller_->ask<ElectLeadersRequest, ElectLeadersAnswer>(
      {.partitions = {kOrders, {"nothing", 0}}});
  EXPECT_EQ(needless.partitions.at(kOrders).error, ErrorCode::kElectionNotNeeded);
  EXPECT_EQ(needless.partitions.at({"nothing", 0}).error, ErrorCode::kUnknownTopicOrPartition);
  b1_->die();
  ASSERT_TRUE(b2_->wait_for_leader(kOrders, [](const auto& s) { return s.leader == 2; }));
  auto impossible =
      controller_->ask<ElectLeadersRequest, ElectLeadersAnswer>({.partitions = {kOrders}});
  EXPECT_EQ(impossible.partitions.at(kOrders).error, ErrorCode::kPreferredLeaderNotAvailable);
  b1_->forget();
  b1_->register_again();
  ASSERT_TRUE(b1_->wait_for_leader(kOrders, [](const auto& s) { return s.leader == 2; }));
  ASSERT_EQ(propose(*b2_, {2, 1}).partitions.at(0).error, ErrorCode::kNone);
  auto answer =
      controller_->ask<ElectLeadersRequest, ElectLeadersAnswer>({.partitions = {kOrders}});
  EXPECT_EQ(answer.partitions.at(kOrders).error, ErrorCode::kNone);
  EXPECT_EQ(answer.partitions.at(kOrders).leader, 1);
  EXPECT_EQ(state(kOrders).state.leader, 1);
  EXPECT_EQ(state(kOrders).state.isr, (Replicas{2, 1}));
}

TEST_F(LeadersTest, ThePreferredElectionNodeIsServedTwice) {
  lead();
  for (int round = 0; round < 2; ++round) {
    ASSERT_TRUE(session_
                    ->call(zk::Create{"/admin/preferred_replica_election",
                                      zk::encode_preferred_election({kOrders}),
                                      zk::CreateMode::kPersistent, std::nullopt})
                    .ok());
    EXPECT_TRUE(wait_until_gone("/admin/preferred_replica_election"));
  }
}

TEST_F(LeadersTest, TheBalanceIsKeptByItself) {
  ControllerOptions balancing = options(3);
  balancing.auto_leader_rebalance_enable = true;
  balancing.leader_imbalance_first_delay_ms = 5;
  balancing.leader_imbalance_check_interval_ms = 20;
  lead(balancing);
  b1_->die();
  ASSERT_TRUE(b2_->wait_for_leader(kOrders, [](const auto& s) { return s.leader == 2; }));
  b1_->register_again();
  ASSERT_EQ(propose(*b2_, {2, 1}).partitions.at(0).error, ErrorCode::kNone);
  EXPECT_TRUE(b2_->wait_for_leader(
      kOrders, [](const auto& s) { return s.leader == 1 && s.leader_epoch > 1; }));
}

TEST_F(LeadersTest, AReassignmentGoesThroughItsPhases) {
  lead();
  b3_->forget();
  EXPECT_EQ(protocol::code_of(reassign(std::nullopt).partitions.at(kOrders)),
            ErrorCode::kNoReassignmentInProgress);
  EXPECT_EQ(protocol::code_of(reassign(Replicas{2, 8}).partitions.at(kOrders)),
            ErrorCode::kInvalidReplicaAssignment);
  EXPECT_EQ(protocol::code_of(reassign(Replicas{2, 2}).partitions.at(kOrders)),
            ErrorCode::kInvalidReplicaAssignment);
  EXPECT_EQ(protocol::code_of(reassign(Replicas{3, 2}).partitions.at(kOrders)), ErrorCode::kNone);
  auto added = b3_->wait_for_leader(kOrders, [](const auto& s) { return s.is_new; });
  ASSERT_TRUE(added);
  EXPECT_EQ(added->replicas, (Replicas{3, 2, 1}));
  EXPECT_EQ(added->adding_replicas, (Replicas{3}));
  EXPECT_EQ(added->removing_replicas, (Replicas{1}));
  EXPECT_EQ(added->leader_epoch, 1);
  auto listed = controller_->ask<ListReassignmentsRequest, ListReassignmentsAnswer>({});
  EXPECT_EQ(listed.partitions.at(kOrders).adding, (Replicas{3}));
  EXPECT_EQ(assignment("orders").partitions.at(0).removing_replicas, (Replicas{1}));
  b1_->forget();
  ASSERT_EQ(propose(*b1_, {1, 2, 3}).partitions.at(0).error, ErrorCode::kNone);
  ASSERT_TRUE(b1_->wait_for_stop(kOrders, true));
  auto done = b2_->wait_for_metadata(kOrders, [](const auto& s) {
    return s.replicas == Replicas{3, 2};
  });
  ASSERT_TRUE(done);
  auto empty = controller_->ask<ListReassignmentsRequest, ListReassignmentsAnswer>({});
  EXPECT_TRUE(empty.partitions.empty());
  EXPECT_EQ(assignment("orders").partitions.at(0), (Assignment{.replicas = {3, 2}}));
  EXPECT_EQ(state(kOrders).state.leader, 3);
  EXPECT_EQ(state(kOrders).state.isr, (Replicas{2, 3}));
}

TEST_F(LeadersTest, ACancelledReassignmentTakesTheNewReplicaBack) {
  lead();
  ASSERT_EQ(protocol::code_of(reassign(Replicas{3}).partitions.at(kOrders)), ErrorCode::kNone);
  ASSERT_TRUE(b3_->wait_for_leader(kOrders, [](const auto& s) { return s.is_new; }));
  ASSERT_EQ(protocol::code_of(reassign(std::nullopt).partitions.at(kOrders)), ErrorCode::kNone);
  EXPECT_TRUE(b3_->wait_for_stop(kOrders, true));
  EXPECT_EQ(assignment("orders").partitions.at(0), (Assignment{.replicas = {1, 2}}));
}

TEST_F(LeadersTest, TheReassignmentNodeIsServedAndSurvivesAFailover) {
  lead();
  ASSERT_TRUE(session_
                  ->call(zk::Create{"/admin/reassign_partitions",
                                    zk::encode_reassignment({{kOrders, {3}}, {{"none", 0}, {1}}}),
                                    zk::CreateMode::kPersistent, std::nullopt})
                  .ok());
  ASSERT_TRUE(b3_->wait_for_leader(kOrders, [](const auto& s) { return s.is_new; }));
  controller_.reset();
  b3_->forget();
  controller_ = start(options(2));
  ASSERT_TRUE(b3_->wait_for_leader(kOrders, [](const auto& s) { return s.leader_epoch == 2; }));
  ASSERT_EQ(propose(*b1_, {1, 2, 3}).partitions.at(0).error, ErrorCode::kNone);
  EXPECT_TRUE(wait_until_gone("/admin/reassign_partitions"));
  EXPECT_EQ(assignment("orders").partitions.at(0), (Assignment{.replicas = {3}}));
  EXPECT_EQ(state(kOrders).state.leader, 3);
}

TEST_F(LeadersTest, AFailedLogDirectoryCostsTheLeadership) {
  lead();
  b1_->fail(kOrders, ErrorCode::kKafkaStorageError);
  ASSERT_TRUE(zk::notify_log_dir_event(*session_, 1).ok());
  auto moved = b2_->wait_for_leader(kOrders, [](const auto& s) { return s.leader == 2; });
  ASSERT_TRUE(moved);
  auto known = b2_->wait_for_metadata(kOrders, [](const auto& s) { return s.leader == 2; });
  ASSERT_TRUE(known);
  EXPECT_EQ(known->offline_replicas, (Replicas{1}));
  EXPECT_TRUE(wait_until_gone("/log_dir_event_notification/log_dir_event_0000000000"));
}

TEST_F(LeadersTest, OldLeadersTellOfWhatTheyWrote) {
  ControllerOptions old = options(1);
  old.protocol_version = config::InterBrokerProtocol::k2_4_Iv1;
  lead(old);
  zk::StoredPartitionState now = state(kOrders);
  now.state.isr = {1};
  auto written = zk::Partitions(*session_).update_as_leader(
      {.partition = kOrders, .state = now.state, .expected_partition_epoch = now.partition_epoch});
  ASSERT_TRUE(written.ok());
  ASSERT_TRUE(zk::notify_isr_change(*session_, {kOrders}).ok());
  EXPECT_TRUE(b2_->wait_for_metadata(kOrders, [](const auto& s) { return s.isr == Replicas{1}; }));
  EXPECT_TRUE(wait_until_gone("/isr_change_notification/isr_change_0000000000"));
}

// What is known is not read again, but written only over what is known.
TEST_F(LeadersTest, AStateThatSomebodyElseWroteIsReadAnew) {
  lead();
  zk::StoredPartitionState now = state(kOrders);
  now.state.isr = {1};
  auto written = zk::Partitions(*session_).update_as_leader(
      {.partition = kOrders, .state = now.state, .expected_partition_epoch = now.partition_epoch});
  ASSERT_TRUE(written.ok());
  b1_->die();
  ASSERT_TRUE(b2_->wait_for_metadata(kOrders, [](const auto& s) { return s.leader == -1; }))
      << "broker 2 is not in sync any more, whatever the controller believed";
  EXPECT_EQ(state(kOrders).state.isr, (Replicas{1}));
}

TEST_F(LeadersTest, OldReassignmentsCompleteByTheStateNode) {
  ControllerOptions old = options(1);
  old.protocol_version = config::InterBrokerProtocol::k2_4_Iv1;
  lead(old);
  ASSERT_EQ(protocol::code_of(reassign(Replicas{3, 1}).partitions.at(kOrders)), ErrorCode::kNone);
  ASSERT_TRUE(b3_->wait_for_leader(kOrders, [](const auto& s) { return s.is_new; }));
  zk::StoredPartitionState now = state(kOrders);
  now.state.isr = {1, 2, 3};
  ASSERT_TRUE(zk::Partitions(*session_)
                  .update_as_leader({.partition = kOrders,
                                     .state = now.state,
                                     .expected_partition_epoch = now.partition_epoch})
                  .ok());
  EXPECT_TRUE(b2_->wait_for_stop(kOrders, true));
}

TEST_F(LeadersTest, ProducerIdsAreGivenToRegisteredBrokersOnly) {
  lead();
  auto first = controller_->ask<ProducerIdsRequest, ProducerIdsAnswer>(
      {.broker_id = 2, .broker_epoch = b2_->epoch()});
  ASSERT_TRUE(first.ok()) << first.error().message;
  EXPECT_EQ(first->first, 0);
  EXPECT_EQ(first->length, 1000);
  auto unknown =
      controller_->ask<ProducerIdsRequest, ProducerIdsAnswer>({.broker_id = 9, .broker_epoch = 1});
  EXPECT_EQ(protocol::code_of(unknown.error()), ErrorCode::kBrokerIdNotRegistered);
  auto stale =
      controller_->ask<ProducerIdsRequest, ProducerIdsAnswer>({.broker_id = 2, .broker_epoch = 1});
  EXPECT_EQ(protocol::code_of(stale.error()), ErrorCode::kStaleBrokerEpoch);
}

TEST_F(LeadersTest, ABrokerThatIsNotControllerSaysSo) {
  lead();
  auto other = start(options(2));
  auto answer = other->ask<AlterPartitionRequest, AlterPartitionAnswer>({.broker_id = 1});
  EXPECT_EQ(answer.error, ErrorCode::kNotController);
  auto elected = other->ask<ElectLeadersRequest, ElectLeadersAnswer>({.partitions = {kOrders}});
  EXPECT_EQ(elected.error, ErrorCode::kNotController);
}

TEST_F(LeadersTest, ARequestIsRepeatedUntilTheBrokerAnswers) {
  lead();
  controller_.reset();
  // Broker 3 stays registered, but nobody listens where it says.
  const std::int32_t port = b3_->registration().endpoints[0].port;
  zk::BrokerRegistration moved = b3_->registration();
  std::unique_ptr<testing::FakeServer> later;
  {
    testing::FakeServer gone([](base::MutableBytes) { return std::nullopt; });
    moved.endpoints[0].port = gone.port();
  }
  ASSERT_NE(moved.endpoints[0].port, port);
  ASSERT_TRUE(zk::Brokers(b3_->session()).update(moved).ok());
  b1_->forget();
  controller_ = start(options(2));
  ASSERT_TRUE(is_led(*b1_, 2)) << "others do not wait for it";
  base::BoundedQueue<int> arrived{16};
  later = std::make_unique<testing::FakeServer>(
      [&](base::MutableBytes) {
        (void)arrived.try_push(1);
        return std::nullopt;
      },
      nullptr, static_cast<std::uint16_t>(moved.endpoints[0].port));
  EXPECT_TRUE(arrived.pop_until(base::steady_after_ms(kPatienceMs)));
  EXPECT_TRUE(arrived.pop_until(base::steady_after_ms(kPatienceMs))) << "the same one again";
}

}  // namespace
}  // namespace odradek::controller
