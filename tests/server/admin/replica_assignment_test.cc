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
}

TEST(CheckAssignment, TellsWhatIsWrongWithOneMadeByHand) {
  auto ok = [](const Assignment& assignment) {
    return check_assignment(assignment, brokers(3)).ok();
  };
  EXPECT_TRUE(ok({{0, {0, 1}}, {1, {1, 2}}}));
  EXPECT_FALSE(ok({{0, {0}}, {2, {1}}}));
  EXPECT_FALSE(ok({{0, {0, 1}}, {1, {1}}}));
  EXPECT_FALSE(ok({{0, {0, 0}}}));
  EXPECT_FALSE(ok({{0, {9}}}));
  EXPECT_FALSE(ok({{0, {}}}));
}

}  // namespace
}  // namespace odradek::admin
