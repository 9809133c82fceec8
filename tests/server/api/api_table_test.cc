#include "server/api/api_table.h"

#include <gtest/gtest.h>

#include "protocol/messages/apis.h"
#include "server/api/dispatcher.h"

namespace odradek::api {
namespace {

using protocol::ApiKey;

std::int16_t number(ApiKey key) { return static_cast<std::int16_t>(key); }

TEST(ApiTable, IsInKeyOrderWithTheRangesOf39) {
  std::int16_t last = -1;
  for (const ApiRow& row : api_table()) {
    EXPECT_GT(number(row.api.key), last);
    last = number(row.api.key);
    const protocol::Api* known = protocol::find_api(last);
    ASSERT_NE(known, nullptr);
    EXPECT_EQ(row.api.min, 0) << row.api.name;  // old clients switch features off when 0 is missing
    EXPECT_EQ(row.api.max, known->max) << row.api.name;
  }
}

TEST(ApiTable, FindsRowsByKeyAndNothingElse) {
  EXPECT_EQ(find_row(number(ApiKey::kProduce))->api.name, "Produce");
  EXPECT_EQ(find_row(number(ApiKey::kDescribeCluster))->api.name, "DescribeCluster");
  for (int key : {-1, 52, 9999}) EXPECT_EQ(find_row(static_cast<std::int16_t>(key)), nullptr);
}

// Handlers that may wait never hold up a network thread; those that wait for ZooKeeper not even
// each other's handler threads.
TEST(ApiTable, RunsWhatMayWaitElsewhere) {
  for (ApiKey key : {ApiKey::kMetadata, ApiKey::kLeaderAndIsr, ApiKey::kStopReplica,
                     ApiKey::kAlterPartition, ApiKey::kAllocateProducerIds}) {
    EXPECT_EQ(find_row(number(key))->runs, Runs::kHandlerThread) << find_row(number(key))->api.name;
  }
  for (ApiKey key : {ApiKey::kCreateTopics, ApiKey::kDeleteTopics, ApiKey::kDescribeConfigs,
                     ApiKey::kCreatePartitions, ApiKey::kIncrementalAlterConfigs}) {
    EXPECT_EQ(find_row(number(key))->runs, Runs::kZooKeeperLane) << find_row(number(key))->api.name;
  }
}

}  // namespace
}  // namespace odradek::api
