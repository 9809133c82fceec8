#include "server/controller/elections.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace odradek::controller {
namespace {

Leadership leadership(BrokerId leader, Replicas isr, bool recovering = false) {
  return {.leader = leader,
          .leader_epoch = 7,
          .isr = std::move(isr),
          .recovering = recovering,
          .controller_epoch = 3,
          .partition_epoch = 11};
}

IsLive among(Replicas live) {
  return [live](BrokerId id) { return contains(live, id); };
}

struct OfflineRow {
  std::string name;
  Replicas replicas, live, isr;
  bool unclean_allowed;
  BrokerId leader;  // -1: nobody may lead
  Replicas new_isr;
  bool recovering = false;
};

TEST(Elections, OfflineTakesTheFirstLiveReplicaInSync) {
  const std::vector<OfflineRow> rows = {
      {"leader died", {1, 2, 3}, {2, 3}, {1, 2, 3}, false, 2, {2, 3}},
      {"order of assignment, not of isr", {3, 1, 2}, {1, 2, 3}, {1, 2, 3}, false, 3, {1, 2, 3}},
      {"first live is out of sync", {1, 2, 3}, {2, 3}, {1, 3}, false, 3, {3}},
      {"nobody in sync lives", {1, 2, 3}, {2, 3}, {1}, false, -1, {}},
      {"nobody in sync lives, unclean", {1, 2, 3}, {2, 3}, {1}, true, 2, {2}, true},
      {"unclean is not taken when clean will do", {1, 2, 3}, {2, 3}, {1, 3}, true, 3, {3}},
      {"nobody lives", {1, 2}, {}, {1}, true, -1, {}},
      {"no replicas", {}, {1}, {}, true, -1, {}},
  };
  for (const OfflineRow& row : rows) {
    ElectionCase partition{.current = leadership(1, row.isr), .replicas = row.replicas};
    auto elected = elect_offline(partition, among(row.live),
                                 {.allowed = row.unclean_allowed, .mark_recovering = true});
    ASSERT_EQ(elected.has_value(), row.leader != -1) << row.name;
    if (!elected) continue;
    EXPECT_EQ(elected->leadership.leader, row.leader) << row.name;
    EXPECT_EQ(elected->leadership.isr, row.new_isr) << row.name;
    EXPECT_EQ(elected->leadership.recovering, row.recovering) << row.name;
    EXPECT_EQ(elected->leadership.leader_epoch, 8) << row.name;
    EXPECT_EQ(elected->leadership.partition_epoch, 11) << row.name;
    for (BrokerId told : elected->recipients) EXPECT_TRUE(contains(row.live, told)) << row.name;
  }
}

TEST(Elections, CleanOfflineKeepsTheRecoveryState) {
  ElectionCase partition{.current = leadership(1, {1}, true), .replicas = {1, 2}};
  auto elected = elect_offline(partition, among({1, 2}), {});
  ASSERT_TRUE(elected);
  EXPECT_TRUE(elected->leadership.recovering);
}

TEST(Elections, UncleanDoesNotMarkRecoveryBelowItsProtocol) {
  ElectionCase partition{.current = leadership(1, {1}), .replicas = {1, 2}};
  auto elected = elect_offline(partition, among({2}), {.allowed = true, .mark_recovering = false});
  ASSERT_TRUE(elected);
  EXPECT_FALSE(elected->leadership.recovering);
}

TEST(Elections, FirstLeaderIsTheFirstLiveOneAndAllLiveAreInSync) {
  auto elected = elect_first({3, 1, 2}, among({1, 2}));
  ASSERT_TRUE(elected);
  EXPECT_EQ(elected->leadership.leader, 1);
  EXPECT_EQ(elected->leadership.leader_epoch, 0);
  EXPECT_EQ(elected->leadership.isr, (Replicas{1, 2}));
  EXPECT_EQ(elected->recipients, (Replicas{1, 2}));
  EXPECT_FALSE(elect_first({3}, among({1, 2})));
}

TEST(Elections, ReassignmentFollowsTheTargetAndKeepsTheIsr) {
  ElectionCase partition{.current = leadership(1, {1, 4, 3}), .replicas = {3, 4, 1}};
  auto elected = elect_for_reassignment(partition, {3, 4}, among({1, 4}));
  ASSERT_TRUE(elected);
  EXPECT_EQ(elected->leadership.leader, 4);
  EXPECT_EQ(elected->leadership.isr, (Replicas{1, 4, 3}));
  EXPECT_EQ(elected->recipients, (Replicas{3, 4}));
  EXPECT_FALSE(elect_for_reassignment(partition, {3, 5}, among({1, 4, 5})));
}

TEST(Elections, PreferredIsTheFirstReplicaOrNobody) {
  ElectionCase partition{.current = leadership(2, {2, 1}), .replicas = {1, 2}};
  auto elected = elect_preferred(partition, among({1, 2}));
  ASSERT_TRUE(elected);
  EXPECT_EQ(elected->leadership.leader, 1);
  EXPECT_EQ(elected->leadership.isr, (Replicas{2, 1}));
  EXPECT_FALSE(elect_preferred(partition, among({2}))) << "dead";
  partition.current.isr = {2};
  EXPECT_FALSE(elect_preferred(partition, among({1, 2}))) << "out of sync";
  partition.replicas = {};
  EXPECT_FALSE(elect_preferred(partition, among({1, 2})));
}

TEST(Elections, ShutdownMovesToSomebodyWhoStays) {
  ElectionCase partition{.current = leadership(1, {1, 2, 3}), .replicas = {1, 2, 3}};
  auto elected = elect_for_shutdown(partition, among({1, 2, 3}), {1, 2});
  ASSERT_TRUE(elected);
  EXPECT_EQ(elected->leadership.leader, 3);
  EXPECT_EQ(elected->leadership.isr, (Replicas{3}));
  EXPECT_EQ(elected->recipients, (Replicas{1, 2, 3})) << "stopping brokers are told as well";
  EXPECT_FALSE(elect_for_shutdown(partition, among({1, 2}), {1, 2}));
}

TEST(Elections, LeavingTheIsrTakesTheLeadershipAlong) {
  auto follower = remove_from_isr(leadership(1, {1, 2}), 2);
  ASSERT_TRUE(follower);
  EXPECT_EQ(follower->leader, 1);
  EXPECT_EQ(follower->isr, (Replicas{1}));
  EXPECT_EQ(follower->leader_epoch, 8);
  auto leader = remove_from_isr(leadership(1, {1, 2}), 1);
  ASSERT_TRUE(leader);
  EXPECT_EQ(leader->leader, -1);
  EXPECT_EQ(leader->isr, (Replicas{2}));
  auto last = remove_from_isr(leadership(1, {1}), 1);
  ASSERT_TRUE(last);
  EXPECT_EQ(last->leader, -1);
  EXPECT_EQ(last->isr, (Replicas{1})) << "only it may lead again";
  EXPECT_FALSE(remove_from_isr(leadership(1, {1}), 2));
}

// Every set of live brokers, every isr, every strategy: nobody who is dead leads, nobody leads out
// of sync unless that was allowed, and the isr never grows.
TEST(Elections, NeverElectTheDeadOrTheOutOfSync) {
  const Replicas all{1, 2, 3};
  for (unsigned live_bits = 0; live_bits < 8; ++live_bits) {
    for (unsigned isr_bits = 1; isr_bits < 8; ++isr_bits) {
      for (unsigned stopping_bits = 0; stopping_bits < 8; ++stopping_bits) {
        Replicas live, isr;
        std::set<BrokerId> stopping;
        for (BrokerId id : all) {
          const unsigned bit = 1U << (id - 1);
          if (live_bits & bit) live.push_back(id);
          if (isr_bits & bit) isr.push_back(id);
          if (stopping_bits & bit) stopping.insert(id);
        }
        ElectionCase partition{.current = leadership(isr.front(), isr), .replicas = all};
        const std::vector<std::optional<Elected>> results = {
            elect_offline(partition, among(live), {}),
            elect_for_reassignment(partition, {3, 2}, among(live)),
            elect_preferred(partition, among(live)),
            elect_for_shutdown(partition, among(live), stopping)};
        for (const auto& elected : results) {
          if (!elected) continue;
          EXPECT_TRUE(contains(live, elected->leadership.leader));
          EXPECT_TRUE(contains(isr, elected->leadership.leader));
          EXPECT_TRUE(contains(elected->leadership.isr, elected->leadership.leader));
          EXPECT_TRUE(is_subset(elected->leadership.isr, isr));
        }
      }
    }
  }
}

}  // namespace
}  // namespace odradek::controller
