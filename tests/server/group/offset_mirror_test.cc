#include "server/group/offset_mirror.h"

#include "tests/server/group/offsets_fixture.h"

namespace odradek::group {
namespace {

class MirroredOffsets : public OffsetsFixture {
 protected:
  MirroredOffsets() : OffsetsFixture(OffsetStorage::kBoth, server().address()) {
    EXPECT_TRUE(session.connect().ok());
    (void)session.call(zk::Create{"/consumers", std::nullopt, {}, {}});
    EXPECT_TRUE(nodes.remove_group("g").ok());
    store.start();
  }
  ~MirroredOffsets() override {
    store.stop();
    session.close();
  }
  static testing::ZooKeeperServer& server() {
    static auto one = testing::ZooKeeperServer::start();
    CHECK(one != nullptr);
    return *one;
  }

  std::optional<std::string> node(std::int32_t partition) {
    return session.call(zk::GetData{"/consumers/g/offsets/t/" + std::to_string(partition)}).data;
  }
  void write(std::int32_t partition, const std::string& decimal) {
    std::string path = "/consumers/g/offsets/t/" + std::to_string(partition);
    for (const char* parent : {"/consumers/g", "/consumers/g/offsets", "/consumers/g/offsets/t"}) {
      (void)session.call(zk::Create{parent, std::nullopt, {}, {}});
    }
    (void)session.call(zk::Create{path, decimal, {}, {}});
    EXPECT_TRUE(session.call(zk::SetData{path, decimal}).ok());
  }
  // Until the store has done everything that it was given before.
  void wait_for_store() {
    std::promise<void> done;
    store.commit("other", {offset(0, 1)}, CommitKind::kAlone,
                 [&](const std::vector<ErrorCode>&) { done.set_value(); });
    done.get_future().get();
  }
  void load() {
    mirror.loaded(0, [this](const std::string& group, const std::vector<OffsetToAdopt>& found) {
      offsets.adopt(group, found);
    });
    scheduler.advance_ms(2000);
    wait_for_store();
  }
};

TEST_F(MirroredOffsets, AreInBothPlacesWhenTheyAreAnswered) {
  ASSERT_EQ(commit({offset(0, 5, "note")})[0], ErrorCode::kNone);
  EXPECT_EQ(node(0), "5");
  EXPECT_EQ(in_log()["g"].offsets.find({"t", 0})->offset, 5);
  auto copy = (*store.fetch("g", {{"t", 0}}))[0];
  EXPECT_TRUE(copy->is_ours && copy->in_log);
  EXPECT_EQ(copy->committed, offset(0, 5, "note").committed);
}

TEST_F(MirroredOffsets, AreNotWrittenToZooKeeperWhenTheLogRefuses) {
  memory.next_error = ErrorCode::kNotLeaderOrFollower;
  EXPECT_EQ(commit({offset(0, 5)})[0], ErrorCode::kNotCoordinator);
  wait_for_store();
  EXPECT_EQ(node(0), std::nullopt);
}

TEST_F(MirroredOffsets, NeedTheLogAloneWhileZooKeeperIsAwayAndReachItLater) {
  ASSERT_EQ(commit({offset(0, 5), offset(1, 5)})[0], ErrorCode::kNone);
  is_connected = false;
  EXPECT_EQ(commit({offset(0, 6)})[0], ErrorCode::kNone);
  EXPECT_EQ(commit({offset(0, 7)})[0], ErrorCode::kNone);
  EXPECT_EQ(fetch(0).committed.offset, 7);
  clock.advance_ms(kRetentionMs);
  EXPECT_EQ(commit({offset(0, 8)})[0], ErrorCode::kNone);
  removal.remove_expired();  // of partition 1
  scheduler.advance_ms(5000);
  wait_for_store();
  EXPECT_EQ(node(0), "5");
  EXPECT_EQ(remove_group(), ErrorCode::kCoordinatorNotAvailable);
  is_connected = true;
  scheduler.advance_ms(1000);
  wait_for_store();
  EXPECT_EQ(node(0), "8");
  EXPECT_EQ(node(1), std::nullopt);
  EXPECT_EQ(scheduler.waiting(), 0u);
}

TEST_F(MirroredOffsets, OfAGroupThatWasLostAreOwedByNobodyHere) {
  is_connected = false;
  ASSERT_EQ(commit({offset(0, 5)})[0], ErrorCode::kNone);
  table.remove_partition(0, 1);
  is_connected = true;
  scheduler.advance_ms(2000);
  wait_for_store();
  EXPECT_EQ(node(0), std::nullopt);
}

TEST_F(MirroredOffsets, AreThoseThatAnOldClientWroteSince) {
  ASSERT_EQ(commit({offset(0, 50, "note")})[0], ErrorCode::kNone);
  write(0, "7");
  write(1, "8");
  EXPECT_EQ(fetch(0).committed.offset, 7);
  EXPECT_EQ(fetch(0).committed.metadata, "");
  EXPECT_EQ(offsets.fetch_all("g", false)->size(), 2u);
  EXPECT_EQ(fetch(1).committed.offset, 8);
  wait_for_store();
  // By now the log has them, and a broker that never looks into ZooKeeper finds them there.
  EXPECT_EQ(in_log()["g"].offsets.find({"t", 0})->offset, 7);
  EXPECT_EQ(in_log()["g"].offsets.find({"t", 1})->offset, 8);
  write(0, "seven");
  EXPECT_EQ(fetch(0).committed.offset, 7);
  ASSERT_EQ(commit({offset(0, 51)})[0], ErrorCode::kNone);
  EXPECT_EQ(fetch(0).committed.offset, 51);
  EXPECT_EQ(node(0), "51");
}

TEST_F(MirroredOffsets, OfBeforeTheLogHadAnyAreTakenIntoItOnLoad) {
  store.commit("g", {offset(0, 5, "note")}, CommitKind::kAlone,
               [](const std::vector<ErrorCode>&) {});
  store.commit("g", {offset(1, 6)}, CommitKind::kDecimal, [](const std::vector<ErrorCode>&) {});
  wait_for_store();
  const CommittedOffset committed = offset(0, 5, "note").committed;
  load();
  EXPECT_EQ(*in_log()["g"].offsets.find({"t", 0}), committed);
  // An old consumer's stays where that reads it, until somebody else asks for it.
  EXPECT_EQ(in_log()["g"].offsets.find({"t", 1}), nullptr);
  EXPECT_TRUE((*store.fetch("g", {{"t", 0}}))[0]->in_log);
}

TEST_F(MirroredOffsets, ThatAnotherCoordinatorWroteReachZooKeeperOnLoad) {
  ASSERT_EQ(commit({offset(0, 5), offset(1, 6), offset(2, 7)})[0], ErrorCode::kNone);
  {
    GroupEntryPtr entry = table.find("g");
    base::MutexLock lock(entry->mutex);
    entry->offsets.put({"t", 0}, offset(0, 100).committed, 1000);
    entry->offsets.put({"t", 3}, offset(3, 300).committed, 1001);
    entry->offsets.remove({"t", 1});  // as a broker does that knows nothing of ZooKeeper
  }
  load();
  EXPECT_EQ(node(0), "100");
  EXPECT_EQ(node(1), std::nullopt);
  EXPECT_EQ(node(2), "7");
  EXPECT_EQ(node(3), "300");
}

TEST_F(MirroredOffsets, GoWithTheirGroupWhoeverWroteThem) {
  ASSERT_EQ(commit({offset(0, 5)})[0], ErrorCode::kNone);
  write(1, "6");
  EXPECT_EQ(remove_group(), ErrorCode::kNone);
  EXPECT_FALSE(session.call(zk::Exists{"/consumers/g"}).ok());
  EXPECT_EQ(fetch(1).committed.offset, -1);
  EXPECT_TRUE(in_log().empty());
}

TEST_F(MirroredOffsets, OfOldConsumersNeverExpire) {
  ASSERT_EQ(commit({offset(0, 5), offset(1, 5)})[0], ErrorCode::kNone);
  write(1, "6");
  clock.advance_ms(kRetentionMs);
  removal.remove_expired();
  scheduler.advance_ms(1000);
  wait_for_store();
  EXPECT_EQ(node(0), std::nullopt);
  EXPECT_EQ(node(1), "6");
}

TEST_F(MirroredOffsets, CanBeForgottenOneByOne) {
  ASSERT_EQ(commit({offset(0, 5), offset(1, 5)})[0], ErrorCode::kNone);
  write(0, "6");
  EXPECT_EQ(remove_offsets({{"t", 0}}).first, ErrorCode::kNone);
  EXPECT_EQ(node(0), std::nullopt);
  EXPECT_EQ(node(1), "5");
  EXPECT_EQ(fetch(0).committed.offset, -1);
}

}  // namespace
}  // namespace odradek::group
