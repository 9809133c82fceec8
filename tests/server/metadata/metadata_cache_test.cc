#include "server/metadata/metadata_cache.h"

#include <gtest/gtest.h>

#include "protocol/messages/update_metadata.h"

namespace odradek::metadata {
namespace {

using protocol::UpdateMetadataRequest;

UpdateMetadataRequest update(std::initializer_list<int> brokers) {
  UpdateMetadataRequest request;
  request.controller_id = 1;
  for (int id : brokers) {
    UpdateMetadataRequest::Broker broker;
    broker.id = id;
    broker.endpoints = {{.port = 9000 + id, .host = "h", .listener = "PLAINTEXT"}};
    request.live_brokers.push_back(broker);
  }
  return request;
}

void add(UpdateMetadataRequest& request, const std::string& topic, int partition, int leader,
         const base::Uuid& id = {}) {
  UpdateMetadataRequest::PartitionState state;
  state.partition_index = partition;
  state.leader = leader;
  state.replicas = {1, 2};
  request.topic_states.push_back({topic, id, {state}});
}

TEST(MetadataCache, ReplacesBrokersAndKeepsPartitionsThatAreNotNamed) {
  MetadataCache cache;
  UpdateMetadataRequest first = update({1, 2});
  add(first, "t", 0, 1);
  add(first, "t", 1, 2);
  cache.update(first);
  UpdateMetadataRequest second = update({2});
  add(second, "t", 0, 2);
  cache.update(second);
  auto image = cache.image();
  EXPECT_FALSE(image->is_alive(1));
  EXPECT_EQ(image->partition({"t", 0})->leader, 2);
  EXPECT_EQ(image->partition({"t", 1})->leader, 2);
  EXPECT_EQ(image->brokers.at(2).endpoint("PLAINTEXT")->port, 9002);
  EXPECT_EQ(image->brokers.at(2).endpoint("SSL"), nullptr);
}

TEST(MetadataCache, ForgetsATopicWithItsLastDeletedPartition) {
  MetadataCache cache;
  base::Uuid id = base::Uuid::random(true);
  UpdateMetadataRequest first = update({1});
  add(first, "t", 0, 1, id);
  cache.update(first);
  ASSERT_NE(cache.image()->topic(id), nullptr);
  UpdateMetadataRequest deletion = update({1});
  add(deletion, "t", 0, -2, id);
  auto removed = cache.update(deletion);
  ASSERT_EQ(removed.size(), 1u);
  EXPECT_EQ(removed[0].to_string(), "t-0");
  EXPECT_EQ(cache.image()->topic(std::string("t")), nullptr);
  EXPECT_EQ(cache.image()->topic(id), nullptr);
}

TEST(MetadataCache, LeavesAnImageAsItWasTaken) {
  MetadataCache cache;
  UpdateMetadataRequest first = update({1});
  add(first, "t", 0, 1);
  cache.update(first);
  auto before = cache.image();
  UpdateMetadataRequest second = update({1});
  add(second, "t", 0, -1);
  cache.update(second);
  EXPECT_EQ(before->partition({"t", 0})->leader, 1);
  EXPECT_EQ(cache.image()->partition({"t", 0})->leader, -1);
}

TEST(MetadataCache, ReadsTheFormsOfOldControllers) {
  MetadataCache cache;
  UpdateMetadataRequest old;
  UpdateMetadataRequest::Broker broker;
  broker.id = 3;
  broker.v0_host = "old";
  broker.v0_port = 9092;
  old.live_brokers.push_back(broker);
  UpdateMetadataRequest::PartitionState state;
  state.topic_name = "t";
  state.leader = 3;
  old.ungrouped_partition_states.push_back(state);
  cache.update(old);
  EXPECT_EQ(cache.image()->brokers.at(3).endpoint("PLAINTEXT")->host, "old");
  EXPECT_EQ(cache.image()->partition({"t", 0})->leader, 3);
}

}  // namespace
}  // namespace odradek::metadata
