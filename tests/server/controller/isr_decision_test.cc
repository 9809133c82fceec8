#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "server/controller/isr_changes.h"

namespace odradek::controller {
namespace {

Partition partition_led_by_1() {
  Partition partition;
  partition.assignment.replicas = {1, 2, 3};
  partition.leadership = Leadership{.leader = 1,
                                    .leader_epoch = 5,
                                    .isr = {1, 2},
                                    .recovering = false,
                                    .controller_epoch = 2,
                                    .partition_epoch = 9};
  return partition;
}

struct Row {
  std::string name;
  IsrChange change;
  BrokerId sender;
  std::int16_t version;
  ErrorCode error;
  bool is_written;
};

IsrChange change(LeaderEpoch epoch, std::int32_t partition_epoch, Replicas isr,
                 bool recovering = false) {
  return {.topic = "t",
          .leader_epoch = epoch,
          .new_isr = std::move(isr),
          .recovering = recovering,
          .partition_epoch = partition_epoch};
}

TEST(IsrDecision, FollowsTheTable) {
  const Partition partition = partition_led_by_1();
  IsrChange stale_member = change(5, 9, {1, 2, 3});
  stale_member.new_isr_epochs = {101, 102, 99};
  IsrChange silent_member = change(5, 9, {1, 2, 3});
  silent_member.new_isr_epochs = {101, 102, -1};
  const std::vector<Row> rows = {
      {"grows", change(5, 9, {1, 2, 3}), 1, 3, ErrorCode::kNone, true},
      {"shrinks", change(5, 9, {1}), 1, 0, ErrorCode::kNone, true},
      {"leader of a later epoch", change(6, 9, {1}), 1, 3, ErrorCode::kNotController, false},
      {"later partition epoch", change(5, 10, {1}), 1, 3, ErrorCode::kNotController, false},
      {"leader of an earlier epoch", change(4, 9, {1}), 1, 3, ErrorCode::kFencedLeaderEpoch, false},
      {"repeats what is so already", change(5, 9, {1, 2}), 1, 3, ErrorCode::kNone, false},
      {"repeats after a lost answer", change(5, 8, {1, 2}), 1, 3, ErrorCode::kNone, false},
      {"earlier partition epoch", change(5, 8, {1}), 1, 3, ErrorCode::kInvalidUpdateVersion, false},
      {"recovering with two", change(5, 9, {1, 3}, true), 1, 3, ErrorCode::kInvalidRequest, false},
      {"back to recovering", change(5, 9, {1}, true), 1, 3, ErrorCode::kInvalidRequest, false},
      {"not the leader", change(5, 9, {2}), 2, 3, ErrorCode::kInvalidRequest, false},
      {"without the leader", change(5, 9, {2}), 1, 3, ErrorCode::kInvalidRequest, false},
      {"empty", change(5, 9, {}), 1, 3, ErrorCode::kInvalidRequest, false},
      {"not a replica", change(5, 9, {1, 4}), 1, 3, ErrorCode::kInvalidRequest, false},
      {"member restarted since", stale_member, 1, 3, ErrorCode::kIneligibleReplica, false},
      {"member of unknown epoch", silent_member, 1, 3, ErrorCode::kNone, true},
  };
  auto is_eligible = [](BrokerId id, std::int64_t epoch) {
    return id <= 4 && (epoch == -1 || epoch == 100 + id);
  };
  for (const Row& row : rows) {
    IsrDecision decision =
        decide_isr_change(row.change, row.sender, row.version, &partition, is_eligible);
    EXPECT_EQ(protocol::error_name(decision.error), protocol::error_name(row.error)) << row.name;
    EXPECT_EQ(decision.is_written, row.is_written) << row.name;
  }
}

TEST(IsrDecision, ADeadMemberHasAnErrorByVersion) {
  const Partition partition = partition_led_by_1();
  auto only_1 = [](BrokerId id, std::int64_t) { return id == 1; };
  for (std::int16_t version : {0, 1}) {
    EXPECT_EQ(decide_isr_change(change(5, 9, {1, 3}), 1, version, &partition, only_1).error,
              ErrorCode::kOperationNotAttempted);
  }
  for (std::int16_t version : {2, 3}) {
    EXPECT_EQ(decide_isr_change(change(5, 9, {1, 3}), 1, version, &partition, only_1).error,
              ErrorCode::kIneligibleReplica);
  }
}

TEST(IsrDecision, WithoutLeadershipThePartitionIsUnknown) {
  auto all = [](BrokerId, std::int64_t) { return true; };
  Partition fresh;
  EXPECT_EQ(decide_isr_change(change(0, 0, {1}), 1, 3, nullptr, all).error,
            ErrorCode::kUnknownTopicOrPartition);
  EXPECT_EQ(decide_isr_change(change(0, 0, {1}), 1, 3, &fresh, all).error,
            ErrorCode::kUnknownTopicOrPartition);
}

TEST(IsrDecision, RecoveryEndsWithARecoveredProposal) {
  Partition partition = partition_led_by_1();
  partition.leadership->recovering = true;
  partition.leadership->isr = {1};
  auto all = [](BrokerId, std::int64_t) { return true; };
  EXPECT_TRUE(decide_isr_change(change(5, 9, {1}), 1, 3, &partition, all).is_written);
  EXPECT_EQ(decide_isr_change(change(5, 9, {1, 2}, true), 1, 3, &partition, all).error,
            ErrorCode::kInvalidRequest);
}

TEST(Reassignments, PutTheTargetFirstAndTheLeavingLast) {
  struct Case {
    Assignment current;
    Replicas target;
    Assignment wanted;
  };
  const std::vector<Case> cases = {
      {{.replicas = {1, 2}},
       {3, 4},
       {.replicas = {3, 4, 1, 2}, .adding_replicas = {3, 4}, .removing_replicas = {1, 2}}},
      {{.replicas = {1, 2}}, {2, 1}, {.replicas = {2, 1}}},
      {{.replicas = {1, 2, 3}},
       {1},
       {.replicas = {1, 2, 3}, .adding_replicas = {}, .removing_replicas = {2, 3}}},
      // Another target while one is under way: what was being added and is not wanted any more
      // disappears.
      {{.replicas = {3, 4, 1, 2}, .adding_replicas = {3, 4}, .removing_replicas = {1, 2}},
       {5, 1},
       {.replicas = {5, 1, 2}, .adding_replicas = {5}, .removing_replicas = {2}}},
      // Cancelled.
      {{.replicas = {3, 4, 1, 2}, .adding_replicas = {3, 4}, .removing_replicas = {1, 2}},
       {1, 2},
       {.replicas = {1, 2}}},
  };
  for (const Case& row : cases) EXPECT_EQ(reassign_to(row.current, row.target), row.wanted);
}

}  // namespace
}  // namespace odradek::controller
