#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/server/controller/active_controller_fixture.h"
#include "zk/data/paths.h"
#include "zk/data/preferred_election.h"
#include "zk/data/reassignment.h"

namespace odradek::controller {
namespace {

const std::string kReassignment(zk::paths::kReassignPartitions);
const std::string kElection(zk::paths::kPreferredReplicaElection);

std::string moved_to(BrokerId broker) { return zk::encode_reassignment({{kOrders, {broker}}}); }

// What the controller makes of nodes that tools and operators create, change and delete.
class ToolsNodesTest : public ActiveControllerTest {
 protected:
  void create_node(const std::string& path, std::string data) {
    ASSERT_TRUE(
        session_->call(zk::Create{path, std::move(data), zk::CreateMode::kPersistent, std::nullopt})
            .ok());
  }
  void delete_node(const std::string& path) { ASSERT_TRUE(session_->call(zk::Delete{path}).ok()); }
  bool is_there(const std::string& path) { return session_->call(zk::Exists{path}).ok(); }
  void ask_for_election() {
    create_node(kElection, zk::encode_preferred_election({kOrders}));
    active_->process(next<PreferredElectionNodeChanged>());
  }
  void let_nodes_be_deleted(bool allowed) {
    constexpr std::int32_t kDelete = 8;
    std::vector<zk::AclEntry> acl = session_->call(zk::GetAcl{"/admin"}).acl;
    ASSERT_EQ(acl.size(), 1U);
    acl[0].permissions ^= kDelete;
    ASSERT_EQ((acl[0].permissions & kDelete) != 0, allowed);
    ASSERT_TRUE(session_->call(zk::SetAcl{"/admin", acl}).ok());
  }

  Replicas replicas() const { return active_->context().partition(kOrders)->assignment.replicas; }
};

TEST_F(ToolsNodesTest, AReassignmentThatWasDeletedByHandIsFollowedByTheNextOne) {
  create_node(kReassignment, moved_to(2));
  active_->process(next<ReassignmentNodeChanged>());
  EXPECT_EQ(replicas(), (Replicas{2, 1}));
  delete_node(kReassignment);
  active_->process(next<ReassignmentNodeChanged>());
  create_node(kReassignment, moved_to(3));
  active_->process(next<ReassignmentNodeChanged>());
  EXPECT_EQ(replicas(), (Replicas{3, 1}));
}

TEST_F(ToolsNodesTest, AReassignmentThatOnlyChangedIsNotServedAgain) {
  create_node(kReassignment, moved_to(2));
  active_->process(next<ReassignmentNodeChanged>());
  ASSERT_TRUE(session_->call(zk::SetData{kReassignment, moved_to(4)}).ok());
  active_->process(next<ReassignmentNodeChanged>());
  EXPECT_EQ(replicas(), (Replicas{2, 1}));
  // Nobody looks between the two.
  delete_node(kReassignment);
  create_node(kReassignment, moved_to(3));
  active_->process(next<ReassignmentNodeChanged>());
  EXPECT_EQ(replicas(), (Replicas{3, 1}));
}

TEST_F(ToolsNodesTest, AnElectionIsDeletedWithWhatSomebodyMadeBelowIt) {
  create_node(kElection, zk::encode_preferred_election({kOrders}));
  create_node(kElection + "/note", "");
  active_->process(next<PreferredElectionNodeChanged>());
  EXPECT_FALSE(is_there(kElection));
  active_->process(next<PreferredElectionNodeChanged>());
  ask_for_election();
  EXPECT_FALSE(is_there(kElection));
}

TEST_F(ToolsNodesTest, AnElectionThatCannotBeDeletedIsServedOnce) {
  let_nodes_be_deleted(false);
  ask_for_election();
  EXPECT_TRUE(active_->store().ok());
  EXPECT_TRUE(is_there(kElection));
  EXPECT_FALSE(waits<PreferredElectionNodeChanged>()) << "it would be served for ever";
  let_nodes_be_deleted(true);
  ASSERT_TRUE(session_->call(zk::SetData{kElection, ""}).ok());
  active_->process(next<PreferredElectionNodeChanged>());
  EXPECT_TRUE(is_there(kElection)) << "it was served before";
  active_->take_over(fence_);
  EXPECT_FALSE(is_there(kElection)) << "a failover serves whatever is there";
}

TEST_F(ToolsNodesTest, AReassignmentThatCannotBeDeletedIsServedOnce) {
  let_nodes_be_deleted(false);
  create_node(kReassignment, zk::encode_reassignment({{{"none", 0}, {1}}}));
  active_->process(next<ReassignmentNodeChanged>());
  EXPECT_TRUE(active_->store().ok());
  EXPECT_TRUE(is_there(kReassignment));
  EXPECT_FALSE(waits<ReassignmentNodeChanged>());
  let_nodes_be_deleted(true);
}

}  // namespace
}  // namespace odradek::controller
