#include <gtest/gtest.h>

#include "zk/data/broker_registration.h"
#include "zk/data/cluster_id.h"
#include "zk/data/config.h"
#include "zk/data/config_change.h"
#include "zk/data/consumer.h"
#include "zk/data/controller.h"
#include "zk/data/controller_epoch.h"
#include "zk/data/feature.h"
#include "zk/data/isr_change.h"
#include "zk/data/log_dir_event.h"
#include "zk/data/migration.h"
#include "zk/data/partition_state.h"
#include "zk/data/preferred_election.h"
#include "zk/data/producer_id_block.h"
#include "zk/data/reassignment.h"
#include "zk/data/topic_assignment.h"

namespace odradek::zk {
namespace {

TEST(ControllerData, WritesBothVersionsAndReadsThemAndTheBareInteger) {
  ControllerData data{.version = 2, .broker_id = 1, .timestamp_ms = 1'700'000'000'000};
  EXPECT_EQ(data.encode(),
            R"({"version":2,"brokerid":1,"timestamp":"1700000000000","kraftControllerEpoch":-1})");
  data.version = 1;
  EXPECT_EQ(data.encode(), R"({"version":1,"brokerid":1,"timestamp":"1700000000000"})");
  EXPECT_EQ(ControllerData::decode(data.encode())->kraft_controller_epoch, -1);
  EXPECT_EQ(ControllerData::decode("7")->broker_id, 7);
  EXPECT_EQ(ControllerData::decode(R"({"brokerid":3000,"kraftControllerEpoch":5})")
                ->kraft_controller_epoch,
            5);
}

TEST(ControllerData, RefusesWhatTheJvmRefuses) {
  for (const char* text : {"", "{}", "[1]", "x", R"({"brokerid":"1"})", R"({"brokerid":1.0})",
                           R"({"brokerid":4294967296})", R"({"brokerid":null})"}) {
    EXPECT_FALSE(ControllerData::decode(text).ok()) << text;
  }
  EXPECT_EQ(ControllerData::decode(R"({"brokerid":1,"brokerid":2})")->broker_id, 2);
}

TEST(ControllerEpoch, IsAPlainDecimal) {
  EXPECT_EQ(encode_controller_epoch(7), "7");
  EXPECT_EQ(*decode_controller_epoch("7"), 7);
  for (const char* text : {"", " 7", "7.0", "4294967296", "\"7\""}) {
    EXPECT_FALSE(decode_controller_epoch(text).ok()) << text;
  }
}

BrokerRegistration registration() {
  BrokerRegistration broker;
  broker.broker_id = 4;
  broker.endpoints = {{"PLAINTEXT", "PLAINTEXT", "h1", 9092}, {"SSL", "SSL", "h1", 9093}};
  broker.rack = "r1";
  broker.timestamp_ms = 1'700'000'000'000;
  return broker;
}

TEST(BrokerRegistration, WritesTheVersionOfItsProtocol) {
  BrokerRegistration broker = registration();
  EXPECT_EQ(broker.encode(),
            R"({"version":5,"host":"h1","port":9092,"jmx_port":-1,"timestamp":"1700000000000",)"
            R"("endpoints":["PLAINTEXT://h1:9092","SSL://h1:9093"],)"
            R"("listener_security_protocol_map":{"PLAINTEXT":"PLAINTEXT","SSL":"SSL"},)"
            R"("rack":"r1","features":{}})");
  broker.rack.reset();
  broker.endpoints.erase(broker.endpoints.begin());
  EXPECT_EQ(broker.encode(4),
            R"({"version":4,"host":null,"port":-1,"jmx_port":-1,"timestamp":"1700000000000",)"
            R"("endpoints":["SSL://h1:9093"],"listener_security_protocol_map":{"SSL":"SSL"}})");
  EXPECT_EQ(broker.encode(2),
            R"({"version":2,"host":null,"port":-1,"jmx_port":-1,"timestamp":"1700000000000",)"
            R"("endpoints":["SSL://h1:9093"]})");
}

TEST(BrokerRegistration, ReadsWhatItWrites) {
  BrokerRegistration broker = registration();
  broker.endpoints.push_back({"INTERNAL", "SASL_SSL", "fe80::1", 9094});
  broker.features["metadata.version"] = {1, 7};
  auto read = BrokerRegistration::decode(4, broker.encode());
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(*read, broker);
}

TEST(BrokerRegistration, ReadsOldVersions) {
  auto first = BrokerRegistration::decode(
      1, R"({"version":1,"host":"h","port":9092,"jmx_port":9999,"timestamp":"2233345666"})");
  ASSERT_TRUE(first.ok()) << first.error().message;
  EXPECT_EQ(first->endpoints, (std::vector<BrokerEndpoint>{{"PLAINTEXT", "PLAINTEXT", "h", 9092}}));
  auto third = BrokerRegistration::decode(
      1, R"({"version":3,"host":"h","port":9092,"jmx_port":-1,"timestamp":"1",)"
         R"("endpoints":["plaintext://h:9092","SSL://[::1]:9093"],"rack":"dc1"})");
  ASSERT_TRUE(third.ok()) << third.error().message;
  EXPECT_EQ(third->endpoint("SSL")->security_protocol, "SSL");
  EXPECT_EQ(third->endpoint("SSL")->host, "::1");
  EXPECT_EQ(third->rack, "dc1");
}

TEST(BrokerRegistration, RefusesNonsense) {
  for (const char* text :
       {R"({"version":0,"host":"h","port":1})", R"({"host":"h","port":1})",
        R"({"version":1,"host":null,"port":1})", R"({"version":4})",
        R"({"version":4,"endpoints":["h:1"]})", R"({"version":4,"endpoints":["A://h:x"]})",
        R"({"version":4,"endpoints":["A://h:1","A://h:2"]})",
        R"({"version":4,"endpoints":["A://h:1"],"listener_security_protocol_map":{}})",
        R"({"version":5,"endpoints":["A://h:1"],"features":{"f":{"min_version":1}}})"}) {
    EXPECT_FALSE(BrokerRegistration::decode(1, text).ok()) << text;
  }
}

TEST(TopicAssignment, WritesVersionThree) {
  TopicAssignment topic;
  topic.topic_id = base::Uuid::parse("0J6rVTqZRmiuWOyq8V1bYQ");
  topic.partitions[0].replicas = {1, 2};
  topic.partitions[1].replicas = {2, 1};
  EXPECT_EQ(topic.encode(),
            R"({"version":3,"topic_id":"0J6rVTqZRmiuWOyq8V1bYQ",)"
            R"("partitions":{"0":[1,2],"1":[2,1]},"adding_replicas":{},"removing_replicas":{}})");
  topic.topic_id.reset();
  topic.partitions[0] = {{3, 4, 1, 2}, {3, 4}, {1, 2}};
  EXPECT_EQ(topic.encode(), R"({"version":3,"partitions":{"0":[3,4,1,2],"1":[2,1]},)"
                            R"("adding_replicas":{"0":[3,4]},"removing_replicas":{"0":[1,2]}})");
  EXPECT_EQ(*TopicAssignment::decode(topic.encode()), topic);
}

TEST(TopicAssignment, ReadsVersionsOneAndTwo) {
  auto first = TopicAssignment::decode(R"({"version":1,"partitions":{"10":[1],"2":[3,4]}})");
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(first->topic_id, std::nullopt);
  EXPECT_EQ(first->partitions.at(2).replicas, (std::vector<std::int32_t>{3, 4}));
  EXPECT_FALSE(first->partitions.at(10).is_being_reassigned());
  auto second = TopicAssignment::decode(
      R"({"version":2,"partitions":{"0":[1,2]},"adding_replicas":{"0":[2]},"removing_replicas":{}})");
  ASSERT_TRUE(second.ok());
  EXPECT_TRUE(second->partitions.at(0).is_being_reassigned());
}

TEST(TopicAssignment, RefusesNonsense) {
  for (const char* text :
       {"", R"({"partitions":{"x":[1]}})", R"({"partitions":{"0":["1"]}})",
        R"({"partitions":{"0":1}})", R"({"partitions":[]})", R"({"topic_id":1,"partitions":{}})",
        R"({"topic_id":"short","partitions":{}})"}) {
    EXPECT_FALSE(TopicAssignment::decode(text).ok()) << text;
  }
}

TEST(PartitionState, WritesTheRecoveryStateOnlyWhileRecovering) {
  PartitionState state{.leader = 1, .leader_epoch = 4, .controller_epoch = 7, .isr = {1, 2}};
  EXPECT_EQ(state.encode(),
            R"({"version":1,"leader":1,"leader_epoch":4,"controller_epoch":7,"isr":[1,2]})");
  EXPECT_EQ(*PartitionState::decode(state.encode()), state);
  state.recovery_state = LeaderRecoveryState::kRecovering;
  EXPECT_EQ(state.encode(),
            R"({"version":1,"leader":1,"leader_epoch":4,"controller_epoch":7,"isr":[1,2],)"
            R"("leader_recovery_state":1})");
  EXPECT_EQ(*PartitionState::decode(state.encode()), state);
}

TEST(PartitionState, RefusesNonsense) {
  for (
      const char* text :
      {R"({"leader":1,"leader_epoch":4,"controller_epoch":7})",
       R"({"leader":1,"leader_epoch":4,"isr":[1]})",
       R"({"leader":"1","leader_epoch":4,"controller_epoch":7,"isr":[1]})",
       R"({"leader":1,"leader_epoch":4,"controller_epoch":7,"isr":[1],"leader_recovery_state":2})"}) {
    EXPECT_FALSE(PartitionState::decode(text).ok()) << text;
  }
}

TEST(Config, HoldsText) {
  EXPECT_EQ(encode_config({{"retention.ms", "1000"}}),
            R"({"version":1,"config":{"retention.ms":"1000"}})");
  EXPECT_EQ(encode_config({}), R"({"version":1,"config":{}})");
  EXPECT_EQ(*decode_config(R"({"version":1,"config":{"a":"b\"\\"}})"), (ConfigMap{{"a", "b\"\\"}}));
  for (const char* text : {"", "{}", "[]", "3", R"({"version":1})"}) {
    ASSERT_TRUE(decode_config(text).ok()) << text;
    EXPECT_TRUE(decode_config(text)->empty());
  }
  EXPECT_FALSE(decode_config(R"({"config":{"a":1}})").ok());
  EXPECT_FALSE(decode_config("{").ok());
}

TEST(ConfigChange, NamesTheEntity) {
  EXPECT_EQ(encode_config_change("users/alice/clients/c1"),
            R"({"version":2,"entity_path":"users/alice/clients/c1"})");
  EXPECT_EQ(*decode_config_change(R"({"version":2,"entity_path":"ips/<default>"})"),
            "ips/<default>");
  EXPECT_EQ(
      *decode_config_change(R"({"version":1,"entity_type":"topics","entity_name":"mytopic"})"),
      "topics/mytopic");
  for (const char* text : {R"("mytopic")", "garbage", R"({"version":2,"entity_path":"x/y"})",
                           R"({"version":2,"entity_path":"topics/"})", R"({"version":3})",
                           R"({"version":1,"entity_type":"topics","entity_name":""})",
                           R"({"version":1,"entity_type":"users","entity_name":"u"})"}) {
    EXPECT_FALSE(decode_config_change(text).ok()) << text;
  }
}

TEST(Reassignment, RefusesUnknownFields) {
  Reassignment moves{{{"foo", 0}, {3, 4}}};
  EXPECT_EQ(encode_reassignment(moves),
            R"({"version":1,"partitions":[{"topic":"foo","partition":0,"replicas":[3,4]}]})");
  EXPECT_EQ(*decode_reassignment(encode_reassignment(moves)), moves);
  EXPECT_FALSE(
      decode_reassignment(R"({"version":1,"partitions":[{"topic":"f","partition":0,"replicas":[3],)"
                          R"("log_dirs":["any"]}]})")
          .ok());
  EXPECT_FALSE(decode_reassignment(R"({"version":1,"partitions":[],"x":1})").ok());
}

TEST(PartitionLists, HaveOneForm) {
  std::vector<protocol::TopicPartition> partitions{{"foo", 0}};
  const char* text = R"({"version":1,"partitions":[{"topic":"foo","partition":0}]})";
  EXPECT_EQ(encode_preferred_election(partitions), text);
  EXPECT_EQ(encode_isr_change(partitions), text);
  EXPECT_EQ(*decode_preferred_election(text), partitions);
  EXPECT_EQ(*decode_isr_change(text), partitions);
  EXPECT_FALSE(decode_isr_change(R"({"partitions":[1]})").ok());
}

TEST(SmallPayloads, HaveTheFormOfTheReference) {
  EXPECT_EQ(encode_log_dir_event(2), R"({"version":1,"broker":2,"event":1})");
  EXPECT_EQ(*decode_log_dir_event(R"({"broker":2})"), 2);
  ProducerIdBlock block{2, 1000, 1999};
  EXPECT_EQ(block.encode(), R"({"version":1,"broker":2,"block_start":"1000","block_end":"1999"})");
  EXPECT_EQ(*ProducerIdBlock::decode(block.encode()), block);
  EXPECT_FALSE(ProducerIdBlock::decode(R"({"broker":2,"block_start":1,"block_end":2})").ok());
  EXPECT_EQ(encode_cluster_id("vPeOCWypqUOSepEvx0cbog"),
            R"({"version":"1","id":"vPeOCWypqUOSepEvx0cbog"})");
  EXPECT_EQ(*decode_cluster_id(R"({"version":"1","id":"-x"})"), "-x");
  MigrationData migration{3000, 5, 123, 5};
  EXPECT_EQ(migration.encode(),
            R"({"version":0,"kraft_controller_id":3000,"kraft_controller_epoch":5,)"
            R"("kraft_metadata_offset":123,"kraft_metadata_epoch":5})");
  EXPECT_EQ(*MigrationData::decode(migration.encode()), migration);
}

TEST(FeatureData, KnowsTwoVersions) {
  EXPECT_EQ(FeatureData{}.encode(), R"({"version":2,"status":1,"features":{}})");
  FeatureData first{.version = 1, .enabled = false, .features = {{"f", {1, 3}}}};
  EXPECT_EQ(first.encode(), R"({"version":1,"status":0,"features":)"
                            R"({"f":{"min_version_level":1,"max_version_level":3}}})");
  EXPECT_EQ(*FeatureData::decode(first.encode()), first);
  EXPECT_EQ(
      FeatureData::decode(R"({"version":2,"status":1,"features":{"f":{"max_version_level":3}}})")
          ->features.at("f")
          .max_version_level,
      3);
  for (const char* text :
       {R"({"version":3,"status":1,"features":{}})", R"({"version":2,"status":2,"features":{}})",
        R"({"version":2,"status":1})", R"({"version":2,"features":{}})",
        R"({"version":1,"status":1,"features":{"f":{"max_version_level":3}}})"}) {
    EXPECT_FALSE(FeatureData::decode(text).ok()) << text;
  }
}

TEST(ConsumerSubscription, IsReadAlsoWithoutItsYoungerFields) {
  ConsumerSubscription own{
      .pattern = "static", .subscription = {{"topicA", 2}}, .timestamp_ms = 1'700'000'000'000};
  EXPECT_EQ(own.encode(), R"({"version":1,"subscription":{"topicA":2},"pattern":"static",)"
                          R"("timestamp":"1700000000000"})");
  EXPECT_EQ(*ConsumerSubscription::decode(own.encode()), own);
  EXPECT_EQ(
      ConsumerSubscription::decode(R"({"subscription":{"a.*":1},"pattern":"white_list"})")->pattern,
      "white_list");
  EXPECT_EQ(encode_owner("g_h-1-ab", 0), "g_h-1-ab-0");
  EXPECT_EQ(*decode_offset("12345"), 12345);
  EXPECT_FALSE(decode_offset("12345 ").ok());
}

}  // namespace
}  // namespace odradek::zk
