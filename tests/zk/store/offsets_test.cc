#include "zk/store/offsets.h"

#include "tests/support/background.h"
#include "tests/zk/store/store_fixture.h"

namespace odradek::zk {
namespace {

using OffsetsTest = StoreTest;
using protocol::TopicPartition;

std::vector<OffsetCommit> commits(const std::string& group, int count, std::int64_t base) {
  std::vector<OffsetCommit> all;
  for (int i = 0; i < count; ++i) all.push_back({group, {"t", i}, base + i});
  return all;
}

TEST_F(OffsetsTest, CommitsAndReadsThousands) {
  constexpr int kCount = 3'000;
  ConsumerOffsets offsets(*session_);
  for (std::int64_t base : {0, 1'000'000}) {
    for (Code code : offsets.commit(commits("g", kCount, base))) ASSERT_EQ(code, Code::kOk);
  }
  EXPECT_EQ(data("/consumers/g/offsets/t/7"), "1000007");
  EXPECT_EQ(session_->call(GetData{"/consumers/g/offsets/t"}).data, std::nullopt);
  std::vector<TopicPartition> partitions;
  for (int i = 0; i <= kCount; ++i) partitions.push_back({"t", i});
  auto read = offsets.read("g", partitions);
  ASSERT_TRUE(read.ok());
  for (int i = 0; i < kCount; ++i) ASSERT_EQ((*read)[i]->offset, 1'000'000 + i);
  EXPECT_GT((*read)[0]->mtime_ms, 0);
  EXPECT_EQ(read->back().has_value(), false);
  auto all = offsets.read_all("g");
  ASSERT_TRUE(all.ok());
  EXPECT_EQ(all->size(), static_cast<std::size_t>(kCount));
  EXPECT_EQ(*offsets.groups(), (std::vector<std::string>{"g"}));
}

TEST_F(OffsetsTest, CreatesWhatIsMissingBesideWhatIsThere) {
  ConsumerOffsets offsets(*session_);
  ASSERT_EQ(offsets.commit({{"g", {"t", 0}, 1}})[0], Code::kOk);
  auto codes = offsets.commit({{"g", {"t", 0}, 2},
                               {"h", {"u", 5}, 3},
                               {"g", {"t", 1}, 4},
                               {"h", {"u", 5}, 30},
                               {"", {"t", 1}, 5},
                               {std::string("z\0z", 3), {"t", 1}, 6}});
  EXPECT_EQ(codes, (std::vector<Code>{Code::kOk, Code::kOk, Code::kOk, Code::kOk,
                                      Code::kBadArguments, Code::kBadArguments}));
  EXPECT_EQ(data("/consumers/g/offsets/t/0"), "2");
  EXPECT_EQ(data("/consumers/g/offsets/t/1"), "4");
  // The last of two commits of one partition counts.
  EXPECT_EQ(data("/consumers/h/offsets/u/5"), "30");
  EXPECT_FALSE(exists("/consumers/z"));
}

TEST_F(OffsetsTest, WritesInTheOrderGivenAlsoWhereSomeAreMissing) {
  ConsumerOffsets offsets(*session_);
  const std::string decimal = "/consumers/g/offsets/t/0";
  const std::string details = "/consumers/g/offset_details/t/0";
  (void)offsets.commit({{"g", {"t", 0}, 1}});
  EXPECT_EQ(offsets.write({{details, "two"}, {decimal, "2"}, {details, "three"}, {decimal, "3"}}),
            std::vector<Code>(4, Code::kOk));
  EXPECT_EQ(data(details), "three");
  EXPECT_EQ(data(decimal), "3");
  Stat of_decimal = session_->call(Exists{decimal}).stat;
  Stat of_details = session_->call(Exists{details}).stat;
  EXPECT_EQ(of_details.version, 1);
  EXPECT_GT(of_decimal.mzxid, of_details.mzxid);
}

TEST_F(OffsetsTest, TheLastOfTwoCommitsCountsWhereTheFirstIsInAMultiThatFails) {
  ConsumerOffsets offsets(*session_);
  (void)offsets.commit({{"g", {"t", 0}, 1}});
  std::vector<OffsetCommit> batch = {{"g", {"t", 0}, 15}};
  for (const OffsetCommit& other : commits("h", static_cast<int>(kMultiMaxOps) - 1, 0))
    batch.push_back(other);
  batch.push_back({"g", {"t", 0}, 20});
  for (Code code : offsets.commit(batch)) ASSERT_EQ(code, Code::kOk);
  ASSERT_EQ(data("/consumers/h/offsets/t/0"), "0");
  EXPECT_EQ(data("/consumers/g/offsets/t/0"), "20");
}

TEST_F(OffsetsTest, TheLastOfTwoCommitsCountsWhereSomebodyElseCreatesTheNode) {
  constexpr int kGroups = 200;
  ConsumerOffsets offsets(*session_);
  auto group = [](int i) { return "rival" + std::to_string(i); };
  for (int i = 0; i < kGroups; ++i) (void)offsets.commit({{group(i), {"t", 1}, 0}});
  std::unique_ptr<Session> other = connect();
  for (int i = 0; i < kGroups; ++i) {
    const std::string path = "/consumers/" + group(i) + "/offsets/t/0";
    odradek::testing::Background rival([&] {
      for (int wait = 0; wait < i % 4; ++wait) (void)other->call(Exists{path});
      return other->call(Create{path, "9", CreateMode::kPersistent, {}}).code;
    });
    for (Code code : offsets.commit({{group(i), {"t", 0}, 1}, {group(i), {"t", 0}, 2}})) {
      ASSERT_EQ(code, Code::kOk);
    }
    (void)rival.get();
    ASSERT_EQ(data(path), "2");
  }
}

TEST_F(OffsetsTest, AlwaysWritesAlsoAnUnchangedOffset) {
  ConsumerOffsets offsets(*session_);
  (void)offsets.commit({{"g", {"t", 0}, 1}});
  std::int64_t before = (*offsets.read("g", {{"t", 0}}))[0]->mzxid;
  (void)offsets.commit({{"g", {"t", 0}, 1}});
  EXPECT_GT((*offsets.read("g", {{"t", 0}}))[0]->mzxid, before);
}

TEST_F(OffsetsTest, ReadsWaitNoLongerThanAsked) {
  ConsumerOffsets offsets(*session_, 200);
  (void)offsets.commit({{"g", {"t", 0}, 1}});
  EXPECT_EQ((*offsets.read("g", {{"t", 0}, {"t", 1}}))[0]->offset, 1);
  EXPECT_EQ(offsets.read_all("g")->size(), 1u);
  server_->pause();
  auto late = offsets.read("g", {{"t", 0}});
  auto all_late = offsets.read_all("g");
  server_->resume();
  EXPECT_FALSE(late.ok());
  EXPECT_FALSE(all_late.ok());
  EXPECT_TRUE(ConsumerOffsets(*session_).read("g", {{"t", 0}}).ok());
}

TEST_F(OffsetsTest, RemovesOffsetsAndTheNodesAboveThemThatAreEmptyThen) {
  ConsumerOffsets offsets(*session_);
  (void)offsets.commit({{"g", {"t", 0}, 1}, {"g", {"t", 1}, 1}});
  (void)offsets.write({{"/consumers/g/offset_details/t/0", "{}"}});
  ASSERT_TRUE(offsets.remove("g", {{"t", 0}, {"t", 7}}).ok());
  EXPECT_FALSE(exists("/consumers/g/offsets/t/0"));
  EXPECT_FALSE(exists("/consumers/g/offset_details"));
  EXPECT_TRUE(exists("/consumers/g/offsets/t/1"));
  (void)session_->call(Create{"/consumers/g/ids", std::nullopt, {}, {}});
  ASSERT_TRUE(offsets.remove("g", {{"t", 1}}).ok());
  EXPECT_FALSE(exists("/consumers/g/offsets"));
  EXPECT_TRUE(exists("/consumers/g/ids"));  // of old consumers
}

TEST_F(OffsetsTest, SkipsWhatIsNoOffset) {
  ConsumerOffsets offsets(*session_);
  (void)offsets.commit({{"g", {"t", 0}, 1}});
  session_->call(Create{"/consumers/g/offsets/t/1", "garbage", {}, {}});
  session_->call(Create{"/consumers/g/offsets/t/2", std::nullopt, {}, {}});
  session_->call(Create{"/consumers/g/offsets/t/x", "5", {}, {}});
  auto all = offsets.read_all("g");
  ASSERT_TRUE(all.ok());
  ASSERT_EQ(all->size(), 1u);
  EXPECT_EQ(all->front().first, (TopicPartition{"t", 0}));
  EXPECT_TRUE(offsets.read_all("nobody")->empty());
}

TEST_F(OffsetsTest, KeepsOtherNodesAndRemovesGroups) {
  ConsumerOffsets offsets(*session_);
  (void)offsets.commit({{"g", {"t", 0}, 1}, {"g", {"t", 1}, 1}});
  EXPECT_EQ(offsets.write({{"/consumers/g/odradek/t/0", "meta"}})[0], Code::kOk);
  auto read = offsets.read_nodes({"/consumers/g/odradek/t/0", "/consumers/g/none"});
  ASSERT_TRUE(read.ok());
  EXPECT_EQ((*read)[0]->data, "meta");
  EXPECT_GT((*read)[0]->mzxid, 0);
  EXPECT_FALSE((*read)[1].has_value());
  ASSERT_TRUE(offsets.remove("g", {{"t", 0}, {"t", 9}}).ok());
  EXPECT_FALSE(exists("/consumers/g/offsets/t/0"));
  ASSERT_TRUE(offsets.remove_group("g").ok());
  EXPECT_FALSE(exists("/consumers/g"));
}

TEST_F(OffsetsTest, SaysWhenTheSessionIsGone) {
  session_->close();
  EXPECT_EQ(ConsumerOffsets(*session_).commit({{"g", {"t", 0}, 1}})[0], Code::kClosing);
}

}  // namespace
}  // namespace odradek::zk
