#include "server/controller/topic_changes.h"

#include <gtest/gtest.h>

#include "tests/server/controller/active_controller_fixture.h"
#include "zk/data/paths.h"

namespace odradek::controller {
namespace {

class TopicChangesTest : public ActiveControllerTest {
 protected:
  void add_partition() {
    zk::TopicAssignment assigned = assignment("orders");
    assigned.partitions[static_cast<std::int32_t>(assigned.partitions.size())].replicas = {1};
    ASSERT_TRUE(zk::Topics(*session_).set_assignment("orders", assigned).ok());
  }
  std::size_t partitions() const { return active_->context().partitions_of("orders").size(); }
};

TEST_F(TopicChangesTest, ChangesFromBeforeTopicsAreWatchedAreNotMissed) {
  EXPECT_EQ(partitions(), 1u);
  add_partition();
  active_->process(next<WatchTopics>());
  EXPECT_EQ(partitions(), 2u);
}

TEST_F(TopicChangesTest, ChangesFromThenOnAreHeardOf) {
  active_->process(next<WatchTopics>());
  add_partition();
  auto heard = next<PartitionModification>();
  EXPECT_EQ(heard.topic, "orders");
  active_->process(heard);
  EXPECT_EQ(partitions(), 2u);
}

TEST_F(TopicChangesTest, TopicsThatWentMeanwhileAreNotWatched) {
  auto watch = next<WatchTopics>();
  ASSERT_TRUE(session_->call(zk::Delete{zk::paths::topic("orders")}).ok());
  active_->process(next<TopicChange>());
  active_->process(watch);
  EXPECT_FALSE(session_->watches().has_node_handler(zk::paths::topic("orders")));
}

}  // namespace
}  // namespace odradek::controller
