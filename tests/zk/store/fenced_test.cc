#include <future>
#include <utility>

#include "tests/support/background.h"
#include "tests/zk/store/store_fixture.h"
#include "zk/store/deletions.h"
#include "zk/store/isr_changes.h"
#include "zk/store/log_dir_events.h"
#include "zk/store/nodes.h"
#include "zk/store/partitions.h"
#include "zk/store/topics.h"

namespace odradek::zk {
namespace {

using protocol::TopicPartition;

std::vector<PartitionStateUpdate> updates(const std::string& topic, int count,
                                          std::int32_t expected = 0) {
  std::vector<PartitionStateUpdate> all;
  for (int i = 0; i < count; ++i) {
    all.push_back({{topic, i},
                   {.leader = i, .leader_epoch = 0, .controller_epoch = 1, .isr = {i}},
                   expected});
  }
  return all;
}

TopicAssignment assignment(int partitions) {
  TopicAssignment topic;
  for (int i = 0; i < partitions; ++i) topic.partitions[i].replicas = {1, 2};
  return topic;
}

using FencedTest = StoreTest;

TEST_F(FencedTest, KeepsEachOpsOwnResult) {
  Fence fence = elected();
  session_->call(Create{"/a", "", {}, {}});
  session_->call(Create{"/b", "", {}, {}});
  auto results =
      execute_fenced(*session_, fence,
                     {SetData{"/a", "1", 0}, SetData{"/b", "1", 7}, SetData{"/none", "1", 0},
                      Create{"/a", "", {}, {}}, SetData{"/bad//path", "1", 0}, Delete{"/b", 0}});
  ASSERT_TRUE(results.ok()) << results.error().message;
  std::vector<Code> codes;
  for (const FencedResult& result : *results) codes.push_back(result.code);
  EXPECT_EQ(codes, (std::vector<Code>{Code::kOk, Code::kBadVersion, Code::kNoNode,
                                      Code::kNodeExists, Code::kBadArguments, Code::kOk}));
  EXPECT_EQ((*results)[0].stat.version, 1);
}

TEST_F(FencedTest, WritesNothingWhenTheControllerMoved) {
  Fence fence = elected();
  session_->call(Create{"/a", "old", {}, {}});
  move_controller();
  auto refused = execute_fenced(*session_, fence, {SetData{"/a", "new"}});
  ASSERT_FALSE(refused.ok());
  EXPECT_TRUE(is_controller_moved(refused.error()));
  EXPECT_EQ(data("/a"), "old");
  // Both at once: the fence comes first.
  refused = execute_fenced(*session_, fence, {SetData{"/a", "new", 9}, SetData{"/none", ""}});
  ASSERT_FALSE(refused.ok());
  EXPECT_TRUE(is_controller_moved(refused.error()));
}

TEST_F(FencedTest, TellsABadVersionOfAPartitionFromAMovedController) {
  Fence fence = elected();
  Partitions partitions(*session_);
  ASSERT_TRUE(Topics(*session_).create("t", assignment(1), {}).ok());
  ASSERT_TRUE(partitions.create(fence, updates("t", 1)).ok());
  auto stale = partitions.update(fence, updates("t", 1, 5));
  ASSERT_TRUE(stale.ok());
  EXPECT_EQ(stale->front().code, Code::kBadVersion);
}

TEST_F(FencedTest, CreatesAndUpdatesThousandsOfPartitions) {
  constexpr int kCount = 2'000;
  Fence fence = elected();
  ASSERT_TRUE(Topics(*session_).create("big", assignment(kCount), {}).ok());
  Partitions partitions(*session_);
  auto created = partitions.create(fence, updates("big", kCount));
  ASSERT_TRUE(created.ok()) << created.error().message;
  for (const auto& result : *created) {
    ASSERT_EQ(result.code, Code::kOk);
    ASSERT_EQ(result.partition_epoch, 0);
  }
  EXPECT_EQ(data("/brokers/topics/big/partitions"), std::nullopt);
  EXPECT_EQ(data("/brokers/topics/big/partitions/7/state"),
            R"({"version":1,"leader":7,"leader_epoch":0,"controller_epoch":1,"isr":[7]})");

  std::vector<PartitionStateUpdate> changes = updates("big", kCount);
  changes[1'234].expected_partition_epoch = 3;
  auto changed = partitions.update(fence, changes);
  ASSERT_TRUE(changed.ok());
  for (int i = 0; i < kCount; ++i) {
    ASSERT_EQ((*changed)[i].code, i == 1'234 ? Code::kBadVersion : Code::kOk) << i;
    ASSERT_EQ((*changed)[i].partition_epoch, i == 1'234 ? 0 : 1) << i;
  }
  std::vector<TopicPartition> asked;
  for (const auto& each : changes) asked.push_back(each.partition);
  asked.push_back({"big", kCount});
  auto states = partitions.read(asked);
  ASSERT_TRUE(states.ok());
  EXPECT_EQ((*states)[5]->partition_epoch, 1);
  EXPECT_EQ((*states)[1'234]->partition_epoch, 0);
  EXPECT_EQ(states->back().has_value(), false);

  // More partitions of a topic that has some, and one that is there already.
  auto more = updates("big", kCount + 2);
  more.erase(more.begin(), more.begin() + kCount - 1);
  auto added = partitions.create(fence, more);
  ASSERT_TRUE(added.ok());
  EXPECT_EQ((*added)[0].code, Code::kNodeExists);
  EXPECT_EQ((*added)[1].code, Code::kOk);
  EXPECT_EQ((*added)[2].code, Code::kOk);

  ASSERT_TRUE(Topics(*session_).remove(fence, "big").ok());
  EXPECT_FALSE(exists("/brokers/topics/big"));
}

TEST_F(FencedTest, LosesNoUpdateWhenTheServerRestarts) {
  auto server = odradek::testing::ZooKeeperServer::start();
  ASSERT_NE(server, nullptr);
  SessionOptions options;
  options.connect = server->address();
  options.session_timeout_ms = 6'000;
  Session session(options, base::Clock::system());
  ASSERT_TRUE(session.connect().ok());
  ASSERT_TRUE(create_persistent_paths(session).ok());
  auto fence = ControllerStore(session).elect(1);
  ASSERT_TRUE(fence.ok() && *fence);
  constexpr int kCount = 200;
  ASSERT_TRUE(Topics(session).create("t", assignment(kCount), {}).ok());
  Partitions partitions(session);
  ASSERT_TRUE(partitions.create(**fence, updates("t", kCount)).ok());
  std::promise<void> under_way;
  odradek::testing::Background writer([&] {
    for (int round = 0; round < 200; ++round) {
      if (round == 20) under_way.set_value();
      auto changes = updates("t", kCount, round);
      for (auto& change : changes) change.state.leader_epoch = round + 1;
      auto results = partitions.update(**fence, changes);
      if (!results) return results.error().message;
      for (const auto& result : *results) {
        // A second sending of what had been applied must not look like somebody else's write.
        if (result.code != Code::kOk) return std::string(to_string(result.code));
        if (result.partition_epoch != round + 1) return std::string("wrong epoch");
      }
    }
    return std::string("ok");
  });
  under_way.get_future().wait();
  server->kill9();
  ASSERT_TRUE(server->restart());
  std::string outcome = writer.get();
  if (session.wait_until_connected(10'000) && outcome.find("expired") == std::string::npos) {
    EXPECT_EQ(outcome, "ok");
  }
}

TEST_F(FencedTest, LetsALeaderUpdateItsOwnPartition) {
  Fence fence = elected();
  ASSERT_TRUE(Topics(*session_).create("t", assignment(1), {}).ok());
  Partitions partitions(*session_);
  ASSERT_TRUE(partitions.create(fence, updates("t", 1)).ok());
  PartitionStateUpdate shrink = updates("t", 1)[0];
  shrink.state.isr = {};
  EXPECT_EQ(partitions.update_as_leader(shrink)->partition_epoch, 1);
  // Again, as after a lost answer.
  auto again = partitions.update_as_leader(shrink);
  EXPECT_EQ(again->code, Code::kOk);
  EXPECT_EQ(again->partition_epoch, 1);
  shrink.state.leader = 9;
  EXPECT_EQ(partitions.update_as_leader(shrink)->code, Code::kBadVersion);
  shrink.partition.partition = 5;
  EXPECT_EQ(partitions.update_as_leader(shrink)->code, Code::kNoNode);
}

TEST_F(FencedTest, KeepsTopics) {
  Fence fence = elected();
  Topics topics(*session_);
  TopicAssignment first = assignment(2);
  ASSERT_TRUE(topics.create("t", first, {{"retention.ms", "1"}}).ok());
  EXPECT_EQ(data("/config/topics/t"), R"({"version":1,"config":{"retention.ms":"1"}})");
  base::Status again = topics.create("t", first, {});
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().message, "Topic 't' already exists.");
  ASSERT_TRUE(topics.create("u", assignment(1), {}).ok());
  session_->call(Create{"/brokers/topics/broken", "x", {}, {}});
  EXPECT_EQ(*topics.names(), (std::vector<std::string>{"broken", "t", "u"}));
  auto read = topics.read({"t", "u", "missing", "broken"});
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->size(), 2u);
  EXPECT_EQ(read->at("t"), first);

  first.topic_id = base::Uuid::random(true);
  auto codes = topics.set_assignments(fence, {{"t", first}, {"missing", first}});
  ASSERT_TRUE(codes.ok());
  EXPECT_EQ(codes->at("t"), Code::kOk);
  EXPECT_EQ(codes->at("missing"), Code::kNoNode);
  EXPECT_EQ(topics.read({"t"})->at("t").topic_id, first.topic_id);
  EXPECT_FALSE(topics.set_assignment("missing", first).ok());
  move_controller();
  EXPECT_TRUE(is_controller_moved(topics.remove(fence, "t").error()));
  EXPECT_TRUE(*topics.exists("t"));
}

TEST_F(FencedTest, KeepsDeletions) {
  Fence fence = elected();
  Deletions deletions(*session_);
  ASSERT_TRUE(deletions.mark("t").ok());
  ASSERT_TRUE(deletions.mark("t").ok());
  EXPECT_EQ(*deletions.topics(), (std::vector<std::string>{"t"}));
  EXPECT_EQ(session_->call(GetData{"/admin/delete_topics/t"}).data, std::nullopt);
  ASSERT_TRUE(deletions.unmark(fence, {"t", "unknown"}).ok());
  EXPECT_TRUE(deletions.topics()->empty());
}

TEST_F(FencedTest, ReadsAndDeletesNotifications) {
  Fence fence = elected();
  ASSERT_TRUE(notify_isr_change(*session_, {{"a", 1}}).ok());
  ASSERT_TRUE(notify_isr_change(*session_, {{"b", 2}}).ok());
  session_->call(
      Create{"/isr_change_notification/isr_change_", "x", CreateMode::kPersistentSequential, {}});
  auto changes = read_isr_changes(*session_);
  ASSERT_TRUE(changes.ok());
  EXPECT_EQ(changes->partitions, (std::vector<TopicPartition>{{"a", 1}, {"b", 2}}));
  EXPECT_EQ(changes->names.size(), 3u);
  ASSERT_TRUE(delete_isr_changes(*session_, fence, changes->names).ok());
  EXPECT_TRUE(read_isr_changes(*session_)->names.empty());

  ASSERT_TRUE(notify_log_dir_event(*session_, 7).ok());
  auto events = read_log_dir_events(*session_);
  ASSERT_TRUE(events.ok());
  EXPECT_EQ(events->brokers, (std::vector<protocol::BrokerId>{7}));
  EXPECT_EQ(events->names, (std::vector<std::string>{"log_dir_event_0000000000"}));
  ASSERT_TRUE(delete_log_dir_events(*session_, fence, events->names).ok());
}

TEST_F(FencedTest, CreatesAndDeletesWholeTrees) {
  EXPECT_EQ(create_recursive(*session_, Create{"/x/y/z", "1", {}, {}}).code, Code::kOk);
  EXPECT_EQ(create_recursive(*session_, Create{"/x/y/z", "1", {}, {}}).code, Code::kNodeExists);
  EXPECT_EQ(session_->call(GetData{"/x/y"}).data, std::nullopt);
  ASSERT_TRUE(set_or_create(*session_, "/x/q/r", "2").ok());
  ASSERT_TRUE(set_or_create(*session_, "/x/q/r", "3").ok());
  EXPECT_EQ(data("/x/q/r"), "3");
  ASSERT_TRUE(delete_recursive(*session_, "/x").ok());
  EXPECT_FALSE(exists("/x"));
  EXPECT_TRUE(delete_recursive(*session_, "/x").ok());
}

}  // namespace
}  // namespace odradek::zk
