#include "server/admin/replica_assignment.h"

#include <gtest/gtest.h>

#include <set>

#include "protocol/errors.h"

namespace odradek::admin {
namespace {

using protocol::ErrorCode;

std::vector<AssignableBroker> brokers(int count, int racks = 0) {
  std::vector<AssignableBroker> all;
  for (int i = 0; i < count; ++i) {
    all.push_back({i, racks == 0 ? std::nullopt : std::optional("r" + std::to_string(i % racks))});
  }
  return all;
}

TEST(AssignReplicas, SpreadsLeadersAndReplicasEvenly) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    base::Random random(seed);
    auto assignment = assign_replicas(brokers(5), 10, 3, random);
    ASSERT_TRUE(assignment.ok());
    std::map<int, int> leads, holds;
    for (const auto& [partition, replicas] : *assignment) {
      ASSERT_EQ(std::set<int>(replicas.begin(), replicas.end()).size(), 3u);
      ++leads[replicas[0]];
      for (int id : replicas) ++holds[id];
    }
    for (int id = 0; id < 5; ++id) {
      EXPECT_EQ(leads[id], 2);
      EXPECT_EQ(holds[id], 6);
    }
  }
}

TEST(AssignReplicas, PutsEveryReplicaInAnotherRackWhereThereAreEnough) {
  std::map<int, std::string> rack_of;
  for (const auto& broker : brokers(6, 3)) rack_of[broker.id] = *broker.rack;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    base::Random random(seed);
    auto assignment = assign_replicas(brokers(6, 3), 12, 3, random);
    ASSERT_TRUE(assignment.ok());
    for (const auto& [partition, replicas] : *assignment) {
      std::set<std::string> racks;
      for (int id : replicas) racks.insert(rack_of[id]);
      EXPECT_EQ(racks.size(), 3u);
    }
  }
}

TEST(AssignReplicas, AssignsEveryBrokerWhenAllAreAskedFor) {
  for (int count = 1; count <= 7; ++count) {
    base::Random random(static_cast<std::uint64_t>(count));
    for (int racks : {0, 1, 2, 3}) {
      auto assignment = assign_replicas(brokers(count, racks), 20, count, random);
      ASSERT_TRUE(assignment.ok());
      for (const auto& [partition, replicas] : *assignment) {
        EXPECT_EQ(std::set<int>(replicas.begin(), replicas.end()).size(),
                  static_cast<std::size_t>(count));
      }
    }
  }
}

TEST(AssignReplicas, RefusesWhatCannotBe) {
  base::Random random(1);
  auto code = [&](int partitions, int replication_factor) {
    return protocol::code_of(
        assign_replicas(brokers(2), partitions, replication_factor, random).error());
  };
  EXPECT_EQ(code(0, 1), ErrorCode::kInvalidPartitions);
  EXPECT_EQ(code(1, 0), ErrorCode::kInvalidReplicationFactor);
  EXPECT_EQ(code(1, 3), ErrorCode::kInvalidReplicationFactor);
  EXPECT_EQ(code(2'000'000'000, 2), ErrorCode::kInvalidPartitions);
}

// The values are upstream's for these brokers.
TEST(AssignReplicas, GoesOnWhereTheTopicsPartitionZeroBegan) {
  const auto plain = brokers(3);
  EXPECT_EQ(*assign_replicas(plain, 3, 2, placement_after(plain, 1, 1)),
            (Assignment{{1, {2, 1}}, {2, {0, 2}}, {3, {1, 2}}}));
  const auto racks = brokers(4, 2);  // dealt as 0, 1, 2, 3
  EXPECT_EQ(*assign_replicas(racks, 2, 2, placement_after(racks, 0, 2)),
            (Assignment{{2, {2, 3}}, {3, {3, 0}}}));
  EXPECT_EQ(placement_after(plain, 9, 4).start, 0u) << "its broker is gone";
}

TEST(CheckAssignment, TellsWhatIsWrongWithOneMadeByHand) {
  auto ok = [](const Assignment& assignment) { return check_assignment(assignment).ok(); };
  EXPECT_TRUE(ok({{0, {0, 1}}, {1, {1, 2}}}));
  EXPECT_TRUE(ok({{0, {9}}})) << "brokers may be dead";
  EXPECT_FALSE(ok({{0, {0}}, {2, {1}}}));
  EXPECT_FALSE(ok({{0, {0, 1}}, {1, {1}}}));
  EXPECT_FALSE(ok({{0, {0, 0}}}));
  EXPECT_FALSE(ok({{0, {}}}));
}

TEST(CheckAddedAssignment, WantsLiveBrokersAndTheReplicationFactorOfTheTopic) {
  auto said = [](const Assignment& added) {
    base::Status checked = check_added_assignment(added, 2, 2, brokers(3));
    EXPECT_TRUE(checked.ok() ||
                protocol::code_of(checked.error()) == ErrorCode::kInvalidReplicaAssignment);
    return checked.ok() ? "" : checked.error().message;
  };
  EXPECT_EQ(said({{3, {0, 1}}, {4, {2, 1}}}), "");
  EXPECT_EQ(said({{3, {0, 9}}}), "Unknown broker(s) in replica assignment: 9.");
  EXPECT_EQ(said({{3, {0, 1}}}),
            "Increasing the number of partitions by 2 but 1 assignments provided.");
  EXPECT_EQ(said({{3, {0, 0}}, {4, {0, 1}}}),
            "Duplicate brokers not allowed in replica assignment: 0, 0 for partition id 3.");
  EXPECT_EQ(said({{3, {}}, {4, {}}}), "Cannot have replication factor of 0 for partition id 3.");
  EXPECT_EQ(
      said({{3, {0}}, {4, {0, 1, 2}}}),
      "Inconsistent replication factor between partitions, partition 0 has 2 while partitions "
      "[3, 4] have replication factors [1, 3], respectively.");
}

}  // namespace
}  // namespace odradek::admin
