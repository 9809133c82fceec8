// What ZooKeeper says while somebody writes there: an offset is read in two round trips, first the
// decimal, then what stands beside it.
#include <chrono>
#include <utility>

#include "base/deadline.h"
#include "server/group/offset_mirror.h"
#include "tests/server/group/offsets_fixture.h"
#include "tests/support/background.h"
#include "tests/support/tcp_proxy.h"
#include "zk/data/offset_details.h"
#include "zk/data/paths.h"

namespace odradek::group {
namespace {

constexpr std::int64_t kDelayMs = 300;
constexpr std::int64_t kPatienceMs = 30'000;

testing::ZooKeeperServer& server() {
  static auto one = testing::ZooKeeperServer::start();
  CHECK(one != nullptr);
  return *one;
}

testing::TcpProxy& proxy() {
  static testing::TcpProxy one(server().port());
  return one;
}

// Reads what the proxy delays, and writes beside it.
class RacingOffsets : public OffsetsFixture {
 protected:
  RacingOffsets() : OffsetsFixture(OffsetStorage::kBoth, proxy().address()) {
    EXPECT_TRUE(session.connect().ok());
    EXPECT_TRUE(direct.connect().ok());
    (void)direct.call(zk::Create{"/consumers", std::nullopt, {}, {}});
    EXPECT_TRUE(direct_nodes.remove_group("g").ok());
    store.start();
    direct_store.start();
  }
  ~RacingOffsets() override {
    proxy().delay_answers_ms(0);
    store.stop();
    direct_store.stop();
    direct.close();
    session.close();
  }

  // As the coordinator's mirror writes it.
  void copy(protocol::Offset value) {
    std::promise<std::vector<ErrorCode>> answer;
    direct_store.commit(
        "g", {offset(0, value)}, CommitKind::kCopy,
        [&](std::vector<ErrorCode> errors) { answer.set_value(std::move(errors)); });
    EXPECT_EQ(answer.get_future().get()[0], ErrorCode::kNone);
  }
  void log_learns(protocol::Offset value) {
    GroupEntryPtr entry = table.find_or_create("g");
    base::MutexLock lock(entry->mutex);
    entry->offsets.put({"t", 0}, offset(0, value).committed, memory.next_offset);
  }
  protocol::Offset known_to_log() {
    GroupEntryPtr entry = table.find("g");
    base::MutexLock lock(entry->mutex);
    const CommittedOffset* found = entry->offsets.find({"t", 0});
    return found == nullptr ? -1 : found->offset;
  }
  // What a fetch answers between whose two reads `action` falls. On a slow machine it may fall
  // after both: then there is nothing to see.
  template <class Action>
  protocol::Offset fetch_around(Action action) {
    proxy().delay_answers_ms(kDelayMs);
    testing::Background fetched([this] { return fetch(0).committed.offset; });
    auto deadline = base::steady_after_ms(kPatienceMs);
    while (!proxy().keeps_answers() && std::chrono::steady_clock::now() < deadline) {
      (void)direct.call(zk::Exists{"/consumers"});
    }
    EXPECT_TRUE(proxy().keeps_answers());
    action();
    protocol::Offset answered = fetched.get();
    proxy().delay_answers_ms(0);
    return answered;
  }

  zk::Session direct{{.connect = server().address()}, base::Clock::system()};
  zk::ConsumerOffsets direct_nodes{direct};
  OffsetStore direct_store{direct_nodes, 60'000, clock,
                           [](std::int64_t, const std::function<void()>&) {}};
};

TEST_F(RacingOffsets, DoNotGoBackWhereTheCopyIsWrittenMeanwhile) {
  ASSERT_EQ(commit({offset(0, 10)})[0], ErrorCode::kNone);
  log_learns(15);
  const std::size_t written = memory.batches.size();
  EXPECT_EQ(fetch_around([this] { copy(15); }), 15);
  EXPECT_EQ(known_to_log(), 15);
  EXPECT_EQ(memory.batches.size(), written);
}

TEST_F(RacingOffsets, DoNotGoBackWhereTwoCommitsComeMeanwhile) {
  ASSERT_EQ(commit({offset(0, 10)})[0], ErrorCode::kNone);
  copy(15);
  const std::size_t written = memory.batches.size();
  EXPECT_NE(fetch_around([this] {
              log_learns(20);
              copy(20);
            }),
            15);
  EXPECT_EQ(known_to_log(), 20);
  EXPECT_EQ(memory.batches.size(), written);
}

TEST_F(RacingOffsets, OfOldClientsDoNotOverruleCommitsOfMeanwhile) {
  ASSERT_EQ(commit({offset(0, 50)})[0], ErrorCode::kNone);
  ASSERT_TRUE(direct.call(zk::SetData{zk::paths::consumer_offset("g", "t", 0), "7"}).ok());
  // By the clock of ZooKeeper, which is far ahead of ours here, the commit is the older of the two.
  fetch_around([this] { log_learns(51); });
  EXPECT_EQ(known_to_log(), 51);
}

TEST_F(RacingOffsets, StayRemovedWhereTheyAreRemovedMeanwhile) {
  copy(10);
  fetch_around([this] { EXPECT_TRUE(direct_nodes.remove("g", {{"t", 0}}).ok()); });
  EXPECT_TRUE(in_log().empty());
}

TEST_F(RacingOffsets, AreThoseOfAnOldConsumerThatSharesTheRoundTrip) {
  ASSERT_EQ(commit({offset(0, 10)})[0], ErrorCode::kNone);
  zk::OffsetDetails ours{.offset = 15, .in_log = true};
  log_learns(15);
  const std::string decimal = zk::paths::consumer_offset("g", "t", 0);
  EXPECT_EQ(direct_nodes.write({{zk::paths::consumer_offset_details("g", "t", 0), ours.encode()},
                                {decimal, "15"},
                                {decimal, "12"}}),
            std::vector<zk::Code>(3, zk::Code::kOk));
  EXPECT_EQ(fetch(0).committed.offset, 12);
}

}  // namespace
}  // namespace odradek::group
