#include "server/replica/nearest_replica.h"

#include <gtest/gtest.h>

namespace odradek::replica {
namespace {

TEST(NearestReplica, IsTheLeaderUnlessOthersAreInTheConsumersRack) {
  const ReadableReplica leader{.id = 1, .end_offset = 100, .last_caught_up_ms = 0, .rack = "a"};
  const std::vector<ReadableReplica> followers{{2, 80, 50, "b"}, {3, 90, 40, "b"}, {4, 90, 45, "b"},
                                               {5, 90, 45, "b"}, {6, 99, 50, "c"}, {7, 99, 60, ""}};
  EXPECT_EQ(nearest_replica("a", leader, followers), 1);
  EXPECT_EQ(nearest_replica("d", leader, followers), 1);
  EXPECT_EQ(nearest_replica("", leader, followers), 1);
  EXPECT_EQ(nearest_replica("c", leader, followers), 6);
  // The one that is ahead, then that caught up last, then that with the larger id.
  EXPECT_EQ(nearest_replica("b", leader, followers), 5);
  EXPECT_EQ(nearest_replica("b", leader, {}), 1);
}

}  // namespace
}  // namespace odradek::replica
