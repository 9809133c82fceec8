#include "server/controller/states.h"

#include <gtest/gtest.h>

#include <set>
#include <utility>
#include <vector>

namespace odradek::controller {
namespace {

TEST(States, PartitionsMoveByTheTable) {
  using enum PartitionState;
  const std::set<std::pair<PartitionState, PartitionState>> allowed = {
      {kNonExistent, kNew}, {kNew, kOnline},     {kNew, kOffline},     {kOnline, kOnline},
      {kOnline, kOffline},  {kOffline, kOnline}, {kOffline, kOffline}, {kOffline, kNonExistent}};
  for (PartitionState from : {kNonExistent, kNew, kOnline, kOffline}) {
    for (PartitionState to : {kNonExistent, kNew, kOnline, kOffline}) {
      EXPECT_EQ(may_follow(from, to), allowed.contains({from, to}))
          << to_string(from) << " -> " << to_string(to);
    }
  }
}

TEST(States, ReplicasMoveByTheTable) {
  using enum ReplicaState;
  const std::set<std::pair<ReplicaState, ReplicaState>> allowed = {
      {kNonExistent, kNew},
      {kNew, kOnline},
      {kOnline, kOnline},
      {kOffline, kOnline},
      {kDeletionIneligible, kOnline},
      {kNew, kOffline},
      {kOnline, kOffline},
      {kOffline, kOffline},
      {kDeletionIneligible, kOffline},
      {kOffline, kDeletionStarted},
      {kDeletionStarted, kDeletionSuccessful},
      {kOffline, kDeletionIneligible},
      {kDeletionStarted, kDeletionIneligible},
      {kDeletionSuccessful, kNonExistent}};
  const std::vector<ReplicaState> all = {
      kNonExistent,       kNew, kOnline, kOffline, kDeletionStarted, kDeletionSuccessful,
      kDeletionIneligible};
  for (ReplicaState from : all) {
    for (ReplicaState to : all) {
      EXPECT_EQ(may_follow(from, to), allowed.contains({from, to}))
          << to_string(from) << " -> " << to_string(to);
    }
  }
}

}  // namespace
}  // namespace odradek::controller
