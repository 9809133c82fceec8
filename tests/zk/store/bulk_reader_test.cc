#include "zk/client/bulk_reader.h"

#include "tests/zk/store/store_fixture.h"
#include "zk/store/partitions.h"
#include "zk/store/topics.h"

namespace odradek::zk {
namespace {

using BulkReaderTest = StoreTest;

TEST_F(BulkReaderTest, ReadsAsTheSessionDoes) {
  std::vector<std::string> paths;
  for (int i = 0; i < 1'001; ++i) {
    const std::string path = "/node-" + std::to_string(i);
    paths.push_back(path);
    if (i % 3 == 0) continue;  // missing
    std::optional<std::string> data;
    if (i % 3 == 1) data = "data " + std::to_string(i);
    ASSERT_TRUE(session_->call(Create{path, data, CreateMode::kPersistent, {}}).ok());
    const bool again = i % 5 == 0;
    ASSERT_TRUE(!again || session_->call(SetData{path, data}).ok());
  }
  auto reader = BulkReader::connect(session_->connect_string(), 5'000);
  ASSERT_TRUE(reader.ok()) << reader.error().message;
  auto read = reader->read(paths);
  ASSERT_TRUE(read.ok()) << read.error().message;
  ASSERT_EQ(read->size(), paths.size());
  for (std::size_t i = 0; i < paths.size(); ++i) {
    const Response expected = session_->call(GetData{paths[i]});
    EXPECT_EQ((*read)[i].code, expected.code) << paths[i];
    EXPECT_EQ((*read)[i].data, expected.data) << paths[i];
    EXPECT_EQ((*read)[i].stat.version, expected.stat.version) << paths[i];
    EXPECT_EQ((*read)[i].stat.czxid, expected.stat.czxid) << paths[i];
    EXPECT_EQ((*read)[i].stat.mzxid, expected.stat.mzxid) << paths[i];
  }
  EXPECT_TRUE(reader->read({})->empty());
}

TEST_F(BulkReaderTest, GoesOnToTheNextServerAndSaysWhyThereIsNone) {
  auto second = BulkReader::connect("127.0.0.1:1," + session_->connect_string(), 5'000);
  EXPECT_TRUE(second.ok());
  auto none = BulkReader::connect("127.0.0.1:1", 5'000);
  ASSERT_FALSE(none.ok());
  EXPECT_NE(none.error().message.find("127.0.0.1:1"), std::string::npos) << none.error().message;
}

TEST_F(BulkReaderTest, AllStatesOfAClusterAreReadWithIt) {
  const Fence fence = elected();
  TopicAssignment assignment;
  std::vector<PartitionStateUpdate> updates;
  std::vector<protocol::TopicPartition> partitions;
  for (std::int32_t i = 0; i < 700; ++i) {
    assignment.partitions[i].replicas = {1, 2};
    partitions.push_back({"orders", i});
    if (i % 7 == 0) continue;
    updates.push_back(
        {.partition = {"orders", i}, .state = {.leader = 1, .leader_epoch = i, .isr = {1, 2}}});
  }
  ASSERT_TRUE(Topics(*session_).create("orders", assignment, {}).ok());
  Partitions store(*session_);
  ASSERT_TRUE(store.create(fence, updates).ok());
  auto all = store.read_all(partitions);
  auto one_by_one = store.read(partitions);
  ASSERT_TRUE(all.ok() && one_by_one.ok());
  for (std::size_t i = 0; i < partitions.size(); ++i) {
    ASSERT_EQ((*all)[i].has_value(), i % 7 != 0) << i;
    if (i % 7 == 0) continue;
    EXPECT_EQ((*all)[i]->state, (*one_by_one)[i]->state);
    EXPECT_EQ((*all)[i]->partition_epoch, (*one_by_one)[i]->partition_epoch);
  }
}

}  // namespace
}  // namespace odradek::zk
