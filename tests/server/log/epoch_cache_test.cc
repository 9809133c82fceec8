#include "server/log/epoch_cache.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/file_content.h"
#include "tests/support/temporary_directory.h"

namespace odradek::log {
namespace {

class EpochCacheTest : public ::testing::Test {
 protected:
  void fill(std::initializer_list<EpochEntry> entries) {
    for (const EpochEntry& entry : entries) {
      ASSERT_TRUE(cache.assign(entry.epoch, entry.start_offset).ok());
    }
  }

  testing::TemporaryDirectory directory;
  std::string path = directory.file("leader-epoch-checkpoint");
  EpochCache cache{path};
};

TEST_F(EpochCacheTest, WritesTheTextOfTheJvm) {
  fill({{0, 0}, {3, 17}});
  EXPECT_EQ(testing::content(path), "0\n2\n0 0\n3 17\n");
  EpochCache again(path);
  ASSERT_TRUE(again.load().ok());
  EXPECT_EQ(again.entries(), cache.entries());
}

TEST_F(EpochCacheTest, AnswersTheLargestEpochNotAboveTheAskedOne) {
  fill({{2, 10}, {5, 20}, {7, 30}});
  EXPECT_EQ(cache.end_offset_for(7, 40), (EpochEndOffset{7, 40}));
  EXPECT_EQ(cache.end_offset_for(6, 40), (EpochEndOffset{5, 30}));
  EXPECT_EQ(cache.end_offset_for(5, 40), (EpochEndOffset{5, 30}));
  EXPECT_EQ(cache.end_offset_for(4, 40), (EpochEndOffset{2, 20}));
  EXPECT_EQ(cache.end_offset_for(1, 40), (EpochEndOffset{1, 10}));
  EXPECT_EQ(cache.end_offset_for(8, 40), (EpochEndOffset{}));
  EXPECT_EQ(cache.end_offset_for(-1, 40), (EpochEndOffset{}));
  EXPECT_EQ(EpochCache(directory.file("none")).end_offset_for(0, 40), (EpochEndOffset{}));
}

TEST_F(EpochCacheTest, DropsEntriesThatANewOneContradicts) {
  fill({{2, 10}, {5, 20}, {7, 30}, {6, 25}});
  EXPECT_EQ(cache.entries(), (std::vector<EpochEntry>{{2, 10}, {5, 20}, {6, 25}}));
  fill({{9, 20}});
  EXPECT_EQ(cache.entries(), (std::vector<EpochEntry>{{2, 10}, {9, 20}}));
  fill({{9, 50}});  // the epoch began before
  EXPECT_EQ(cache.entries(), (std::vector<EpochEntry>{{2, 10}, {9, 20}}));
}

TEST_F(EpochCacheTest, IsCutAtBothEnds) {
  fill({{2, 10}, {5, 20}, {7, 30}});
  ASSERT_TRUE(cache.truncate_from_start(22).ok());
  EXPECT_EQ(cache.entries(), (std::vector<EpochEntry>{{5, 22}, {7, 30}}));
  ASSERT_TRUE(cache.truncate_from_start(15).ok());
  EXPECT_EQ(cache.entries(), (std::vector<EpochEntry>{{5, 22}, {7, 30}}));
  ASSERT_TRUE(cache.truncate_from_end(30).ok());
  EXPECT_EQ(cache.entries(), (std::vector<EpochEntry>{{5, 22}}));
  EXPECT_EQ(testing::content(path), "0\n1\n5 22\n");
}

TEST_F(EpochCacheTest, WritesWhatALoadDroppedWithTheNextRecord) {
  std::string before = "0\n2\n2 10\n5 20\n";
  fill({{2, 10}, {5, 20}});
  cache.truncate_unwritten(20);
  EXPECT_EQ(cache.entries(), (std::vector<EpochEntry>{{2, 10}}));
  // Cuts that find nothing to drop leave the file alone, as they come with each start.
  ASSERT_TRUE(cache.truncate_from_start(0).ok());
  ASSERT_TRUE(cache.truncate_from_end(20).ok());
  EXPECT_EQ(testing::content(path), before);
  // A record of the epoch that is the latest, or of none, lies where the file has another.
  ASSERT_TRUE(cache.assign(2, 20).ok());
  EXPECT_EQ(testing::content(path), "0\n1\n2 10\n");
  fill({{5, 20}});
  cache.truncate_unwritten(20);
  ASSERT_TRUE(cache.assign(-1, 20).ok());
  EXPECT_EQ(testing::content(path), "0\n1\n2 10\n");
  cache.truncate_unwritten(10);
  ASSERT_TRUE(cache.clear().ok());
  EXPECT_EQ(testing::content(path), "0\n0\n");
}

TEST_F(EpochCacheTest, TellsTheEpochOfAnOffset) {
  fill({{2, 10}, {5, 20}});
  EXPECT_EQ(cache.epoch_for_offset(9), std::nullopt);
  EXPECT_EQ(cache.epoch_for_offset(19), 2);
  EXPECT_EQ(cache.epoch_for_offset(1000), 5);
}

TEST_F(EpochCacheTest, RefusesABrokenFile) {
  for (const char* text : {"1\n0\n", "0\n2\n0 0\n", "0\n1\n0\n", "0\n1\nx 0\n", "0\n1\n0 0x\n",
                           "0\n1\n-1 0\n", "0\n1\n0 -1\n"}) {
    std::ofstream(path) << text;
    EXPECT_FALSE(EpochCache(path).load().ok()) << text;
  }
}

}  // namespace
}  // namespace odradek::log
