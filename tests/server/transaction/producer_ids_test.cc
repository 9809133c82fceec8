#include "server/transaction/producer_ids.h"

#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <vector>

#include "base/thread.h"

namespace odradek::transaction {
namespace {

TEST(ProducerIds, GivesOutBlocksToTheLastId) {
  std::int64_t asked = 0;
  ProducerIds ids([&]() -> base::Result<zk::ProducerIdBlock> {
    std::int64_t first = 1000 * asked++;
    return zk::ProducerIdBlock{1, first, first + 2};
  });
  EXPECT_FALSE(ids.next_at_hand());
  for (std::int64_t wanted : {0, 1, 2, 1000, 1001, 1002, 2000}) EXPECT_EQ(*ids.next(), wanted);
  EXPECT_EQ(ids.next_at_hand(), 2001);
  EXPECT_EQ(asked, 3);
}

TEST(ProducerIds, AsksAgainAfterAFailure) {
  bool works = false;
  ProducerIds ids([&]() -> base::Result<zk::ProducerIdBlock> {
    if (!works) return base::Error("no controller is known");
    return zk::ProducerIdBlock{1, 5, 5};
  });
  EXPECT_EQ(ids.next().error().message, "no controller is known");
  EXPECT_FALSE(ids.next().ok());
  works = true;
  EXPECT_EQ(*ids.next(), 5);
}

TEST(ProducerIds, GivesNoIdTwiceAndAsksForNoBlockInVain) {
  std::atomic<std::int64_t> blocks{0};
  ProducerIds ids([&]() -> base::Result<zk::ProducerIdBlock> {
    std::int64_t first = 10 * blocks++;
    return zk::ProducerIdBlock{1, first, first + 9};
  });
  std::vector<std::set<std::int64_t>> taken(4);
  std::vector<base::Thread> takers;
  for (auto& mine : taken) {
    takers.emplace_back("taker", [&ids, &mine] {
      for (int i = 0; i < 250; ++i) mine.insert(*ids.next());
    });
  }
  for (base::Thread& taker : takers) taker.join();
  std::set<std::int64_t> all;
  for (auto& mine : taken) all.merge(mine);
  EXPECT_EQ(all.size(), 1000u);
  EXPECT_EQ(blocks, 100);
}

}  // namespace
}  // namespace odradek::transaction
