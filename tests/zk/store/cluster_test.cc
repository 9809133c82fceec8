#include <set>
#include <utility>

#include "tests/zk/store/store_fixture.h"
#include "zk/data/paths.h"
#include "zk/store/brokers.h"
#include "zk/store/cluster_id.h"
#include "zk/store/features.h"
#include "zk/store/node_acl.h"
#include "zk/store/producer_ids.h"

namespace odradek::zk {
namespace {

BrokerRegistration registration(protocol::BrokerId id) {
  BrokerRegistration broker;
  broker.broker_id = id;
  broker.endpoints = {{"PLAINTEXT", "PLAINTEXT", "localhost", 9092}};
  return broker;
}

TEST_F(StoreTest, MakesThePersistentPathsWithNullData) {
  for (std::string_view path : paths::kPersistentPaths) {
    Response response = session_->call(GetData{std::string(path)});
    EXPECT_EQ(response.code, Code::kOk) << path;
    EXPECT_EQ(response.data, std::nullopt) << path;
  }
  EXPECT_TRUE(create_persistent_paths(*session_).ok());
}

TEST_F(StoreTest, AgreesOnOneClusterId) {
  EXPECT_EQ(*read_cluster_id(*session_), std::nullopt);
  EXPECT_EQ(*create_or_read_cluster_id(*session_, "first"), "first");
  EXPECT_EQ(*create_or_read_cluster_id(*session_, "second"), "first");
  EXPECT_EQ(data("/cluster/id"), R"({"version":"1","id":"first"})");
}

TEST_F(StoreTest, RegistersABrokerUnderItsCzxid) {
  Brokers brokers(*session_);
  auto epoch = brokers.register_broker(registration(1));
  ASSERT_TRUE(epoch.ok()) << epoch.error().message;
  Response node = session_->call(GetData{"/brokers/ids/1"});
  EXPECT_EQ(node.stat.czxid, *epoch);
  EXPECT_EQ(node.stat.version, 1);
  EXPECT_EQ(node.stat.ephemeral_owner, session_->session_id());
  EXPECT_EQ(node.data, registration(1).encode());
  // As after a lost answer: the node is ours.
  EXPECT_EQ(*brokers.register_broker(registration(1)), *epoch);
  ASSERT_TRUE(brokers.update(registration(1)).ok());
  EXPECT_EQ((*brokers.read(1))->epoch, *epoch);
}

TEST_F(StoreTest, RefusesABrokerIdOfAForeignSession) {
  auto other = connect();
  ASSERT_TRUE(Brokers(*other).register_broker(registration(1)).ok());
  auto refused = Brokers(*session_).register_broker(registration(1));
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().message.find("another ZooKeeper session"), std::string::npos);
}

TEST_F(StoreTest, RegistersAgainWithAHigherEpochAfterExpiry) {
  Brokers brokers(*session_);
  auto first = brokers.register_broker(registration(1));
  ASSERT_TRUE(first.ok());
  expire();
  auto second = brokers.register_broker(registration(1));
  ASSERT_TRUE(second.ok()) << second.error().message;
  EXPECT_GT(*second, *first);
}

TEST_F(StoreTest, ListsBrokersAndLeavesOutTheUnreadable) {
  Brokers brokers(*session_);
  ASSERT_TRUE(brokers.register_broker(registration(10)).ok());
  ASSERT_TRUE(brokers.register_broker(registration(2)).ok());
  session_->call(Create{"/brokers/ids/3", "garbage", CreateMode::kEphemeral, {}});
  session_->call(Create{"/brokers/ids/x", "garbage", CreateMode::kEphemeral, {}});
  EXPECT_EQ(*brokers.ids(), (std::vector<protocol::BrokerId>{2, 3, 10}));
  auto list = brokers.list();
  ASSERT_TRUE(list.ok());
  ASSERT_EQ(list->size(), 2u);
  EXPECT_EQ((*list)[0].registration.broker_id, 2);
  EXPECT_EQ(*brokers.exists(10), true);
  EXPECT_EQ(*brokers.exists(11), false);
}

TEST_F(StoreTest, GeneratesBrokerIdsAboveTheReserved) {
  Brokers brokers(*session_);
  EXPECT_EQ(*brokers.generate_id(), 1001);
  EXPECT_EQ(*brokers.generate_id(), 1002);
  EXPECT_EQ(data("/brokers/seqid"), "");
}

TEST_F(StoreTest, ElectsOneController) {
  ControllerStore controller(*session_);
  EXPECT_EQ(*controller.read_epoch() ? true : false, false);
  auto won = controller.elect(1);
  ASSERT_TRUE(won.ok() && *won);
  EXPECT_EQ(**won, (Fence{1, 1}));
  EXPECT_EQ(data("/controller_epoch"), "1");
  EXPECT_EQ((*controller.read())->data.broker_id, 1);
  auto other = connect();
  EXPECT_EQ(*ControllerStore(*other).elect(2), std::nullopt);
  EXPECT_EQ(data("/controller_epoch"), "1");
  ASSERT_TRUE(controller.resign(**won).ok());
  EXPECT_EQ(*controller.read() ? true : false, false);
  EXPECT_EQ(**ControllerStore(*other).elect(2), (Fence{2, 2}));
}

TEST_F(StoreTest, DoesNotResignForAnother) {
  Fence fence = elected();
  move_controller();
  base::Status refused = ControllerStore(*session_).resign(fence);
  ASSERT_FALSE(refused.ok());
  EXPECT_TRUE(is_controller_moved(refused.error()));
  EXPECT_TRUE(exists("/controller"));
}

TEST_F(StoreTest, ArmsTheControllersWatchAlsoWhileThereIsNone) {
  base::BoundedQueue<NodeEvent> events(4);
  session_->watches().set_node_handler("/controller",
                                       [&](NodeEvent event) { (void)events.push(event); });
  ControllerStore controller(*session_);
  EXPECT_FALSE(controller.read()->has_value());
  Fence fence = elected();
  EXPECT_EQ(events.pop_until(base::steady_after_ms(kPatienceMs)), NodeEvent::kCreated);
  EXPECT_TRUE(controller.read()->has_value());
  ASSERT_TRUE(controller.resign(fence).ok());
  EXPECT_EQ(events.pop_until(base::steady_after_ms(kPatienceMs)), NodeEvent::kDeleted);
  session_->watches().remove_node_handler("/controller");
}

TEST_F(StoreTest, HandsOutEachProducerIdOnce) {
  auto other = connect();
  std::set<std::int64_t> firsts;
  for (int i = 0; i < 5; ++i) {
    for (Session* session : {session_.get(), other.get()}) {
      auto block = allocate_producer_ids(*session, 3);
      ASSERT_TRUE(block.ok());
      EXPECT_EQ(block->last - block->first, 999);
      firsts.insert(block->first);
    }
  }
  EXPECT_EQ(firsts.size(), 10u);
  EXPECT_EQ(*firsts.begin(), 0);
  EXPECT_EQ(data("/latest_producer_id_block"),
            R"({"version":1,"broker":3,"block_start":"9000","block_end":"9999"})");
}

TEST_F(StoreTest, NeverResetsProducerIdsThatItCannotRead) {
  for (const char* bad :
       {"", "x",
        R"({"version":1,"broker":1,"block_start":"0","block_end":"9223372036854775807"})"}) {
    session_->call(SetData{"/latest_producer_id_block", bad});
    EXPECT_FALSE(allocate_producer_ids(*session_, 3).ok()) << bad;
  }
}

TEST_F(StoreTest, SetsUpTheFeatureNode) {
  EXPECT_EQ(*enable_features(*session_, 1), 0);
  EXPECT_EQ(data("/feature"), R"({"version":1,"status":1,"features":{}})");
  EXPECT_EQ(*enable_features(*session_, 1), 0);
  EXPECT_EQ(*enable_features(*session_, 2), 1);
  EXPECT_EQ(data("/feature"), R"({"version":2,"status":1,"features":{}})");
  EXPECT_EQ(*disable_features(*session_), 2);
  EXPECT_EQ(data("/feature"), R"({"version":1,"status":0,"features":{}})");
  EXPECT_FALSE((*read_features(*session_))->data.enabled);
}

TEST(SecureAcl, DependsOnThePath) {
  EXPECT_EQ(secure_acl("/consumers"), Acl::kOpen);
  EXPECT_EQ(secure_acl("/consumers/g"), Acl::kCreatorAllWorldRead);
  EXPECT_EQ(secure_acl("/config/users/alice"), Acl::kCreatorAll);
  EXPECT_EQ(secure_acl("/config/brokers"), Acl::kCreatorAll);
  EXPECT_EQ(secure_acl("/delegation_token/tokens/x"), Acl::kCreatorAll);
  EXPECT_EQ(secure_acl("/brokers/ids/1"), Acl::kCreatorAllWorldRead);
}

}  // namespace
}  // namespace odradek::zk
