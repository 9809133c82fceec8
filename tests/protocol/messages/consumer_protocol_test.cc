#include "protocol/messages/consumer_protocol.h"

#include <gtest/gtest.h>

namespace odradek::protocol {
namespace {

TEST(ConsumerProtocol, StartsWithItsVersion) {
  ConsumerProtocolSubscription subscription{.topics = {"t"}};
  base::Bytes bytes = write_subscription(subscription, 0);
  EXPECT_EQ(bytes, (base::Bytes{0, 0, 0, 0, 0, 1, 0, 1, 't', 0xff, 0xff, 0xff, 0xff}));
  base::Result<ConsumerProtocolSubscription> back = read_subscription(bytes);
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(back->topics, subscription.topics);
  EXPECT_EQ(back->user_data, std::nullopt);
}

TEST(ConsumerProtocol, ReadsANewerVersionAsTheHighestItKnows) {
  ConsumerProtocolAssignment assignment;
  assignment.assigned_partitions.push_back({.topic = "t", .partitions = {4, 2}});
  base::Bytes bytes = write_assignment(assignment, 3);
  bytes[1] = 9;
  bytes.push_back(1);
  base::Result<ConsumerProtocolAssignment> back = read_assignment(bytes);
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(back->assigned_partitions.at(0).partitions, (std::vector<std::int32_t>{4, 2}));
}

TEST(ConsumerProtocol, RefusesNonsense) {
  EXPECT_FALSE(read_assignment(base::Bytes{}).ok());
  EXPECT_FALSE(read_assignment(base::Bytes{0}).ok());
  EXPECT_FALSE(read_assignment(base::Bytes{0, 0, 0xff}).ok());
  EXPECT_FALSE(read_assignment(base::Bytes{0xff, 0xff, 0, 0, 0, 0}).ok()) << "version -1";
}

}  // namespace
}  // namespace odradek::protocol
