// What was applied, but whose answer the connection lost, is sent again: it must not look like the
// work of somebody else.
#include <utility>

#include "tests/support/background.h"
#include "tests/support/tcp_proxy.h"
#include "tests/zk/store/store_fixture.h"
#include "zk/store/brokers.h"
#include "zk/store/partitions.h"
#include "zk/store/producer_ids.h"
#include "zk/store/topics.h"

namespace odradek::zk {
namespace {

class LostAnswersTest : public StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    if (IsSkipped()) return;
    proxy_ = std::make_unique<odradek::testing::TcpProxy>(server_->port());
    SessionOptions options;
    options.connect = proxy_->address() + chroot_;
    options.session_timeout_ms = 20'000;
    lossy_ = std::make_unique<Session>(options, base::Clock::system());
    ASSERT_TRUE(lossy_->connect().ok());
  }
  // Runs `action` on the lossy session, and cuts its connection when `path` has the version: the
  // answer to what made it so is still on its way then.
  template <class Action>
  auto losing_the_answer(const std::string& path, std::int32_t version, Action action) {
    proxy_->delay_answers_ms(300);
    odradek::testing::Background result(action);
    auto deadline = base::steady_after_ms(kPatienceMs);
    Response seen = session_->call(Exists{path});
    while ((!seen.ok() || seen.stat.version < version) &&
           std::chrono::steady_clock::now() < deadline) {
      seen = session_->call(Exists{path});
    }
    EXPECT_TRUE(seen.ok()) << path;
    proxy_->cut();
    return result.get();
  }

  std::unique_ptr<odradek::testing::TcpProxy> proxy_;
  std::unique_ptr<Session> lossy_;
};

TEST_F(LostAnswersTest, RegistrationIsRecognised) {
  BrokerRegistration broker;
  broker.broker_id = 1;
  auto epoch = losing_the_answer("/brokers/ids/1", 1,
                                 [&] { return Brokers(*lossy_).register_broker(broker); });
  ASSERT_TRUE(epoch.ok()) << epoch.error().message;
  EXPECT_EQ(session_->call(Exists{"/brokers/ids/1"}).stat.czxid, *epoch);
}

TEST_F(LostAnswersTest, ElectionIsRecognised) {
  auto fence =
      losing_the_answer("/controller_epoch", 1, [&] { return ControllerStore(*lossy_).elect(1); });
  ASSERT_TRUE(fence.ok() && *fence);
  EXPECT_EQ(**fence, (Fence{1, 1}));
}

TEST_F(LostAnswersTest, TopicCreationIsRecognised) {
  TopicAssignment topic;
  topic.partitions[0].replicas = {1};
  base::Status created = losing_the_answer("/brokers/topics/t", 0,
                                           [&] { return Topics(*lossy_).create("t", topic, {}); });
  EXPECT_TRUE(created.ok()) << created.error().message;
}

TEST_F(LostAnswersTest, PartitionStatesAreRecognisedAndForeignOnesAreNot) {
  Fence fence = elected();
  TopicAssignment topic;
  topic.partitions[0].replicas = {1};
  ASSERT_TRUE(Topics(*session_).create("t", topic, {}).ok());
  std::vector<PartitionStateUpdate> updates = {
      {{"t", 0}, {.leader = 1, .leader_epoch = 0, .controller_epoch = 1, .isr = {1}}, 0}};
  const std::string path = "/brokers/topics/t/partitions/0/state";
  Partitions partitions(*lossy_);
  auto created = losing_the_answer(path, 0, [&] { return partitions.create(fence, updates); });
  ASSERT_TRUE(created.ok()) << created.error().message;
  EXPECT_EQ(created->front().code, Code::kOk);

  updates[0].state.leader_epoch = 1;
  auto updated = losing_the_answer(path, 1, [&] { return partitions.update(fence, updates); });
  ASSERT_TRUE(updated.ok()) << updated.error().message;
  EXPECT_EQ(updated->front().code, Code::kOk);
  EXPECT_EQ(updated->front().partition_epoch, 1);

  // This one fails truly: somebody else wrote version 2.
  session_->call(SetData{path, PartitionState{.leader = 9, .isr = {}}.encode()});
  updates[0].expected_partition_epoch = 1;
  updates[0].state.leader_epoch = 2;
  auto lost = losing_the_answer(path, 2, [&] { return partitions.update(fence, updates); });
  ASSERT_TRUE(lost.ok());
  EXPECT_EQ(lost->front().code, Code::kBadVersion);
}

TEST_F(LostAnswersTest, ALostBlockOfProducerIdsIsNeverGivenTwice) {
  auto block = losing_the_answer("/latest_producer_id_block", 1,
                                 [&] { return allocate_producer_ids(*lossy_, 1); });
  ASSERT_TRUE(block.ok());
  auto next = allocate_producer_ids(*session_, 2);
  ASSERT_TRUE(next.ok());
  EXPECT_GT(next->first, block->last);
}

}  // namespace
}  // namespace odradek::zk
