#include "server/replica/alter_partition.h"

#include <gtest/gtest.h>

namespace odradek::replica {
namespace {

const base::Uuid kFirst = base::Uuid::random(true);
const base::Uuid kSecond = base::Uuid::random(true);

std::vector<IsrProposal> proposals() {
  return {{{"a", 0}, kFirst, 9, 4, {1, 2}, 7},
          {{"b", 3}, kSecond, 9, 5, {1}, 8},
          {{"a", 1}, kFirst, 9, 6, {1, 3}, 9, {-1, 4711}}};
}

TEST(AlterPartition, AsksForAllProposalsByTopic) {
  protocol::AlterPartitionRequest request = request_of(proposals());
  ASSERT_EQ(request.topics.size(), 2u);
  EXPECT_EQ(request.topics[0].topic_name, "a");
  EXPECT_EQ(request.topics[0].topic_id, kFirst);
  ASSERT_EQ(request.topics[0].partitions.size(), 2u);
  const auto& partition = request.topics[0].partitions[1];
  EXPECT_EQ(partition.partition_index, 1);
  EXPECT_EQ(partition.leader_epoch, 6);
  EXPECT_EQ(partition.partition_epoch, 9);
  EXPECT_EQ(partition.new_isr, (std::vector<BrokerId>{1, 3}));
  ASSERT_EQ(partition.new_isr_with_epochs.size(), 2u);
  EXPECT_EQ(partition.new_isr_with_epochs[1].broker_id, 3);
  EXPECT_EQ(partition.new_isr_with_epochs[0].broker_epoch, -1);
  EXPECT_EQ(partition.new_isr_with_epochs[1].broker_epoch, 4711);
  // Of whom nothing is known, nothing is said.
  EXPECT_EQ(request.topics[0].partitions[0].new_isr_with_epochs[1].broker_epoch, -1);
  EXPECT_EQ(request.topics[1].topic_name, "b");
}

TEST(AlterPartition, FindsAnswersByNameOrId) {
  for (bool by_id : {false, true}) {
    protocol::AlterPartitionResponse response;
    auto& stranger = response.topics.emplace_back();
    stranger.topic_name = by_id ? "" : "c";
    stranger.topic_id = by_id ? base::Uuid::random(true) : base::Uuid{};
    stranger.partitions.emplace_back();
    auto& topic = response.topics.emplace_back();
    topic.topic_name = by_id ? "" : "a";
    topic.topic_id = by_id ? kFirst : base::Uuid{};
    topic.partitions.push_back({.partition_index = 1,
                                .leader_id = 1,
                                .leader_epoch = 6,
                                .isr = {1, 3},
                                .partition_epoch = 10});
    topic.partitions.push_back({.partition_index = 0, .error_code = ErrorCode::kFencedLeaderEpoch});
    topic.partitions.push_back({.partition_index = 77});
    auto answers = answers_in(response, proposals());
    ASSERT_EQ(answers.size(), 3u);
    EXPECT_EQ(answers[0]->error, ErrorCode::kFencedLeaderEpoch);
    EXPECT_FALSE(answers[1]);
    EXPECT_EQ(answers[2]->error, ErrorCode::kNone);
    EXPECT_EQ(answers[2]->partition_epoch, 10);
    EXPECT_EQ(answers[2]->isr, (std::vector<BrokerId>{1, 3}));
  }
}

}  // namespace
}  // namespace odradek::replica
