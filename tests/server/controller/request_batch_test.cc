#include "server/controller/request_batch.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace odradek::controller {
namespace {

using config::InterBrokerProtocol;

struct Recorder : RequestSink {
  std::vector<std::pair<BrokerId, ControlRequest>> sent;
  void send(BrokerId broker, ControlRequest request) override {
    sent.emplace_back(broker, std::move(request));
  }
  template <class Request>
  Request decoded(std::size_t at) const {
    base::Bytes bytes = sent.at(at).second.body.flatten();
    EXPECT_EQ(sent.at(at).second.api.key, Request::kApi.key);
    auto request = protocol::Codec<Request>::decode(bytes, sent.at(at).second.version);
    EXPECT_TRUE(request.ok());
    return std::move(*request);
  }
};

struct Fixture {
  ControllerOptions options{.broker_id = 1, .inter_broker_listener = "REPLICATION"};
  Context context{1};
  Recorder sink;
  RequestBatch batch{options, context, sink};
  TopicPartition orders{"orders", 0};
  base::Uuid id = base::Uuid::random(true);

  Fixture() {
    context.set_epoch(4);
    for (BrokerId broker : {1, 2}) add_broker(broker);
    context.add_topic("orders");
    context.set_topic_id("orders", id);
    Partition& partition = context.topic("orders")->partitions[0];
    partition.assignment = {.replicas = {2, 1, 3}, .adding_replicas = {3}, .removing_replicas = {}};
    partition.leadership = Leadership{.leader = 2,
                                      .leader_epoch = 5,
                                      .isr = {2, 1},
                                      .recovering = true,
                                      .controller_epoch = 3,
                                      .partition_epoch = 8};
  }
  void add_broker(BrokerId broker) {
    zk::RegisteredBroker registered;
    registered.epoch = 100 + broker;
    registered.registration.broker_id = broker;
    registered.registration.rack = "r1";
    registered.registration.endpoints = {
        {.listener = "CLIENT", .security_protocol = "SASL_SSL", .host = "c", .port = 1},
        {.listener = "REPLICATION", .security_protocol = "PLAINTEXT", .host = "r", .port = 2}};
    context.put_broker(registered);
  }
  const Leadership& leadership() const { return *context.leadership(orders); }
};

TEST(RequestBatch, LeaderAndIsrComesBeforeMetadataForAllBrokers) {
  Fixture f;
  f.batch.begin();
  f.batch.add_leader_and_isr({2, 9}, f.orders, f.leadership(), true);
  f.batch.add_leader_and_isr({2}, f.orders, f.leadership(), false);
  f.batch.add_stop_replica(2, f.orders, false);
  f.batch.send();
  ASSERT_EQ(f.sink.sent.size(), 4u) << "nothing for the unknown broker 9";
  EXPECT_EQ(f.sink.sent[0].first, 2);
  EXPECT_EQ(f.sink.sent[0].second.version, 7);
  auto request = f.sink.decoded<protocol::LeaderAndIsrRequest>(0);
  EXPECT_EQ(request.controller_epoch, 4);
  EXPECT_EQ(request.broker_epoch, 102);
  ASSERT_EQ(request.topic_states.size(), 1u);
  EXPECT_EQ(request.topic_states[0].topic_id, f.id);
  const auto& state = request.topic_states[0].partition_states.at(0);
  EXPECT_EQ(state.controller_epoch, 3) << "of the decision, not of the sender";
  EXPECT_EQ(state.leader_epoch, 5);
  EXPECT_EQ(state.partition_epoch, 8);
  EXPECT_EQ(state.adding_replicas, (Replicas{3}));
  EXPECT_EQ(state.leader_recovery_state, 1);
  EXPECT_TRUE(state.is_new) << "stays new once it was";
  ASSERT_EQ(request.live_leaders.size(), 1u);
  EXPECT_EQ(request.live_leaders[0].host_name, "r");
  EXPECT_EQ(request.live_leaders[0].port, 2);
  for (std::size_t at : {1, 2}) {
    auto metadata = f.sink.decoded<protocol::UpdateMetadataRequest>(at);
    EXPECT_EQ(metadata.broker_epoch, 100 + f.sink.sent[at].first);
    EXPECT_EQ(metadata.live_brokers.size(), 2u);
    EXPECT_EQ(metadata.live_brokers[0].endpoints.at(0).security_protocol, 3);
    const auto& known = metadata.topic_states.at(0).partition_states.at(0);
    EXPECT_EQ(known.leader, 2);
    EXPECT_EQ(known.zk_version, 8);
    EXPECT_EQ(known.offline_replicas, (Replicas{3}));
  }
  EXPECT_EQ(f.sink.sent[3].second.api.key, protocol::ApiKey::kStopReplica);
}

TEST(RequestBatch, ATopicUnderDeletionHasTheDeletionLeader) {
  Fixture f;
  f.context.topic("orders")->queued_for_deletion = true;
  f.batch.begin();
  f.batch.add_update_metadata({1}, {f.orders, {"unknown", 1}});
  f.batch.add_stop_replica(1, f.orders, true);
  f.batch.add_stop_replica(1, f.orders, false);
  f.batch.send();
  auto metadata = f.sink.decoded<protocol::UpdateMetadataRequest>(0);
  ASSERT_EQ(metadata.topic_states.size(), 1u);
  EXPECT_EQ(metadata.topic_states[0].partition_states.at(0).leader, -2);
  EXPECT_EQ(metadata.topic_states[0].partition_states.at(0).leader_epoch, 0);
  auto stop = f.sink.decoded<protocol::StopReplicaRequest>(1);
  EXPECT_EQ(stop.topic_states.at(0).partition_states.at(0).leader_epoch, -2);
  EXPECT_TRUE(stop.topic_states.at(0).partition_states.at(0).delete_partition);
  EXPECT_EQ(f.sink.sent[1].second.deleted, std::vector<TopicPartition>{f.orders});
}

TEST(RequestBatch, EveryProtocolVersionCanBeDecoded) {
  for (int at = 0; at <= static_cast<int>(InterBrokerProtocol::k3_9_Iv0); ++at) {
    Fixture f;
    f.options.protocol_version = static_cast<InterBrokerProtocol>(at);
    f.context.topic("orders")->partitions[0].leadership->recovering = false;
    f.batch.begin();
    f.batch.add_leader_and_isr({1}, f.orders, f.leadership(), false);
    f.batch.add_stop_replica(1, f.orders, true);
    f.batch.add_stop_replica(1, {"orders", 1}, false);
    f.batch.send();
    const std::int16_t version = config::leader_and_isr_version(f.options.protocol_version);
    auto request = f.sink.decoded<protocol::LeaderAndIsrRequest>(0);
    EXPECT_EQ(f.sink.sent[0].second.version, version);
    EXPECT_EQ(version < 2 ? request.ungrouped_partition_states.size() : request.topic_states.size(),
              1u);
    auto metadata = f.sink.decoded<protocol::UpdateMetadataRequest>(1);
    EXPECT_EQ(metadata.broker_epoch, f.sink.sent[1].second.version >= 5 ? 101 : -1);
    std::size_t stopped = 0;
    for (std::size_t i = 3; i < f.sink.sent.size(); ++i) {
      auto stop = f.sink.decoded<protocol::StopReplicaRequest>(i);
      stopped += stop.ungrouped_partitions.size();
      for (const auto& topic : stop.topics) stopped += topic.partition_indexes.size();
      for (const auto& topic : stop.topic_states) stopped += topic.partition_states.size();
    }
    EXPECT_EQ(stopped, 2u) << config::inter_broker_protocol_text(f.options.protocol_version);
    EXPECT_EQ(f.sink.sent.size(),
              config::stop_replica_version(f.options.protocol_version) < 3 ? 5u : 4u);
  }
}

TEST(RequestBatch, TheListOfBrokersAloneIsARequest) {
  Fixture f;
  f.batch.begin();
  f.batch.add_update_metadata(f.context.live_or_shutting_down(), {});
  f.batch.send();
  EXPECT_TRUE(f.batch.has_sent());
  ASSERT_EQ(f.sink.sent.size(), 2u);
  EXPECT_TRUE(f.sink.decoded<protocol::UpdateMetadataRequest>(0).topic_states.empty());
  f.batch.begin();
  f.batch.send();
  EXPECT_FALSE(f.batch.has_sent());
}

TEST(RequestBatch, AStoppingBrokerIsToldButCountsAsOffline) {
  Fixture f;
  f.context.shutting_down().insert(1);
  f.batch.begin();
  f.batch.add_update_metadata(f.context.live_or_shutting_down(), {f.orders});
  f.batch.send();
  ASSERT_EQ(f.sink.sent.size(), 2u);
  auto metadata = f.sink.decoded<protocol::UpdateMetadataRequest>(0);
  EXPECT_EQ(metadata.live_brokers.size(), 2u);
  EXPECT_EQ(metadata.topic_states.at(0).partition_states.at(0).offline_replicas, (Replicas{1, 3}));
}

}  // namespace
}  // namespace odradek::controller
