#include "server/log/checkpoint_file.h"

#include <gtest/gtest.h>

#include <fstream>

#include "server/log/clean_shutdown_file.h"
#include "server/log/partition_metadata.h"
#include "tests/support/file_content.h"
#include "tests/support/temporary_directory.h"

namespace odradek::log {
namespace {

TEST(CheckpointFile, WritesAndReadsTheTextOfTheJvm) {
  testing::TemporaryDirectory directory;
  std::string path = directory.file(kRecoveryPointCheckpoint);
  OffsetCheckpoint offsets{{{"orders", 0}, 17}, {{"a.b-c", 12}, 9'000'000'000}};
  ASSERT_TRUE(write_offset_checkpoint(path, offsets).ok());
  EXPECT_EQ(testing::content(path), "0\n2\na.b-c 12 9000000000\norders 0 17\n");
  auto read = read_offset_checkpoint(path);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(*read, offsets);
}

TEST(CheckpointFile, ReadsAMissingFileAsEmptyAndRefusesABrokenOne) {
  testing::TemporaryDirectory directory;
  std::string path = directory.file("checkpoint");
  EXPECT_TRUE(read_offset_checkpoint(path)->empty());
  std::ofstream(path).close();
  EXPECT_TRUE(read_offset_checkpoint(path)->empty());
  for (const char* text : {"1\n0\n", "0\n", "0\n2\na 0 0\n", "0\n1\na 0\n", "0\n1\na x 0\n",
                           "0\n1\na 0 x\n", "0\n1\n0 0\n", "0\n-1\n"}) {
    std::ofstream(path) << text;
    EXPECT_FALSE(read_offset_checkpoint(path).ok()) << text;
  }
}

TEST(PartitionMetadata, IsTheTextOfTheJvm) {
  testing::TemporaryDirectory directory;
  EXPECT_FALSE(read_partition_metadata(directory.path())->has_value());
  base::Uuid id = base::Uuid::random(true);
  ASSERT_TRUE(write_partition_metadata(directory.path(), id).ok());
  EXPECT_EQ(testing::content(directory.file("partition.metadata")),
            "version: 0\ntopic_id: " + id.to_string());
  EXPECT_EQ(*read_partition_metadata(directory.path()), id);
  std::ofstream(directory.file("partition.metadata")) << "version: 0\ntopic_id: nonsense\n";
  EXPECT_FALSE(read_partition_metadata(directory.path()).ok());
}

TEST(CleanShutdownFile, HoldsTheBrokerEpoch) {
  testing::TemporaryDirectory directory;
  EXPECT_FALSE(clean_shutdown_file_exists(directory.path()));
  ASSERT_TRUE(write_clean_shutdown_file(directory.path(), 42).ok());
  EXPECT_EQ(testing::content(directory.file(".kafka_cleanshutdown")),
            R"({"version":0,"brokerEpoch":42})");
  EXPECT_EQ(read_clean_shutdown_broker_epoch(directory.path()), 42);
  ASSERT_TRUE(remove_clean_shutdown_file(directory.path()).ok());
  EXPECT_FALSE(clean_shutdown_file_exists(directory.path()));
  std::ofstream(directory.file(".kafka_cleanshutdown")) << "";  // as written by 2.8
  EXPECT_TRUE(clean_shutdown_file_exists(directory.path()));
  EXPECT_FALSE(read_clean_shutdown_broker_epoch(directory.path()).has_value());
}

}  // namespace
}  // namespace odradek::log
