#include "server/replica/fetcher/truncation.h"

#include <gtest/gtest.h>

namespace odradek::replica {
namespace {

TEST(Truncation, CutsWhereTheHistoriesPart) {
  struct Case {
    const char* what;
    log::EpochEndOffset leader;
    FollowerLog follower;
    Truncation expected;
  };
  constexpr log::EpochEndOffset kUnknown{-1, -1};
  for (const Case& each : {
           Case{"the leader knows no such epoch: to the high watermark",
                kUnknown,
                {7, 20, kUnknown},
                {7, true}},
           Case{"the leader is too old to name an epoch", {-1, 15}, {7, 20, {3, 18}}, {15, true}},
           Case{"… and its offset is beyond the end here", {-1, 25}, {7, 20, kUnknown}, {20, true}},
           Case{"the epoch is unknown here, and so are smaller ones",
                {2, 15},
                {7, 20, kUnknown},
                {15, true}},
           Case{"the leader's epoch ends earlier", {3, 12}, {7, 20, {3, 20}}, {12, true}},
           Case{"it ends earlier here", {3, 30}, {7, 20, {3, 18}}, {18, true}},
           Case{"nothing to cut", {3, 30}, {20, 20, {3, 20}}, {20, true}},
           Case{"the leader's epoch has no records here: ask again about a smaller one",
                {3, 30},
                {7, 20, {2, 11}},
                {11, false}},
           Case{"… though beyond the end", {3, 30}, {7, 20, {2, 22}}, {20, false}},
       }) {
    EXPECT_EQ(truncation_point(each.leader, each.follower), each.expected) << each.what;
  }
}

}  // namespace
}  // namespace odradek::replica
