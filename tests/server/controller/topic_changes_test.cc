#include "server/controller/topic_changes.h"

#include <gtest/gtest.h>

#include "server/controller/active_controller.h"
#include "tests/server/controller/cluster_fixture.h"
#include "tests/support/manual_scheduler.h"
#include "zk/data/paths.h"
#include "zk/store/controller.h"

namespace odradek::controller {
namespace {

// Its events wait in the queue until the test lets them happen.
class TopicChangesTest : public ControllerTest {
 protected:
  void SetUp() override {
    ControllerTest::SetUp();
    create("orders", {{0, {1}}});
    active_ =
        std::make_unique<ActiveController>(options_, *session_, connections_, events_, timers_);
    auto fence = zk::ControllerStore(*session_).elect(1);
    ASSERT_TRUE(fence.ok() && *fence);
    active_->take_over(**fence);
    ASSERT_TRUE(active_->store().ok());
  }
  void TearDown() override { active_->resign(); }

  void add_partition() {
    zk::TopicAssignment assigned = assignment("orders");
    assigned.partitions[static_cast<std::int32_t>(assigned.partitions.size())].replicas = {1};
    ASSERT_TRUE(zk::Topics(*session_).set_assignment("orders", assigned).ok());
  }
  // Waits for one of this kind; others do not happen.
  template <class Wanted>
  Wanted next() {
    for (;;) {
      std::optional<Event> event = events_.take();
      if (auto* wanted = std::get_if<Wanted>(&*event)) return *wanted;
    }
  }
  std::size_t partitions() const { return active_->context().partitions_of("orders").size(); }

  const ControllerOptions options_ = options(1);
  client::UniformConnections connections_{client::ConnectionOptions{}};
  EventQueue events_;
  base::ManualClock clock_;
  odradek::testing::ManualScheduler timers_{clock_};
  std::unique_ptr<ActiveController> active_;
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
