// A leader that is the only replica in sync of several: what it commits is on its disk.
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <latch>
#include <optional>
#include <thread>

#include "base/file_faults.h"
#include "tests/server/replica/replicas.h"

namespace odradek::replica {
namespace {

// Syncs of segments wait until `open()`.
class HeldSyncs {
 public:
  void open() { open_.count_down(); }
  void wait_for_first() { begun_.wait(); }
  int count() const { return count_; }

 private:
  std::optional<base::FileFault> next(base::FileOperation operation, std::string_view path) {
    if (operation != base::FileOperation::kSync || !path.ends_with(".log")) return {};
    if (++count_ == 1) begun_.count_down();
    open_.wait();
    return {};
  }

  std::latch begun_{1};
  std::latch open_{1};
  std::atomic<int> count_{0};
  base::FileFaults faults_{[this](base::FileOperation operation, std::string_view path) {
    return next(operation, path);
  }};
};

class LoneLeaderTest : public Replicas {
 protected:
  LoneLeaderTest() : Replicas(kSelf, {.flushes_when_alone = true}) {}

  static bool is_answered(std::future<AppendOutcome>& outcome) {
    return outcome.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
  }
  // Answered by the flusher, which moves the high watermark before.
  std::vector<ReadOutcome> read_when_committed() {
    std::promise<std::vector<ReadOutcome>> promise;
    reads.fetch({.max_wait_ms = 60'000,
                 .min_bytes = 1,
                 .max_bytes = 1 << 20,
                 .entries = {{.partition = {"t", 0}, .fetch_offset = 0, .max_bytes = 1 << 20}}},
                [&](std::vector<ReadOutcome> done) { promise.set_value(std::move(done)); });
    return promise.get_future().get();
  }
  log::LogPtr log() { return logs.find({"t", 0}); }
};

TEST_F(LoneLeaderTest, AnswersAcksAllOnceTheRecordsAreOnDisk) {
  ASSERT_EQ(apply(1, kSelf, {kSelf}), ErrorCode::kNone);
  HeldSyncs syncs;
  auto first = append_in_background(-1);
  syncs.wait_for_first();
  auto second = append_in_background(-1);
  EXPECT_FALSE(is_answered(first));
  EXPECT_FALSE(is_answered(second));
  EXPECT_EQ(log()->high_watermark(), 0);
  syncs.open();
  EXPECT_EQ(first.get().error, ErrorCode::kNone);
  EXPECT_EQ(second.get().error, ErrorCode::kNone);
  EXPECT_EQ(log()->recovery_point(), 2);
  EXPECT_EQ(log()->high_watermark(), 2);
}

TEST_F(LoneLeaderTest, KeepsNobodyWaitingWhoAsksForLessButShowsConsumersOnlyWhatIsOnDisk) {
  ASSERT_EQ(apply(1, kSelf, {kSelf}), ErrorCode::kNone);
  HeldSyncs syncs;
  auto outcome = append_in_background(1);
  EXPECT_TRUE(is_answered(outcome));
  syncs.wait_for_first();
  EXPECT_EQ(log()->high_watermark(), 0);
  EXPECT_EQ(fetch(0, 1, 0)->at(0).slice.size_bytes, 0);
  syncs.open();
  EXPECT_GT(read_when_committed().at(0).slice.size_bytes, 0);
  EXPECT_EQ(log()->high_watermark(), 1);
}

TEST_F(LoneLeaderTest, SyncsNothingWhileAFollowerIsInSync) {
  ASSERT_EQ(apply(1, kSelf, {kSelf, 2}), ErrorCode::kNone);
  HeldSyncs syncs;
  auto outcome = append_in_background(-1);
  fetch(1, 1, 0, 2);
  EXPECT_TRUE(is_answered(outcome));
  EXPECT_EQ(syncs.count(), 0);
  syncs.open();
}

TEST_F(LoneLeaderTest, OfOneReplicaSyncsNothing) {
  auto only = request(1, kSelf, {kSelf});
  only.topic_states[0].partition_states[0].replicas = {kSelf};
  leadership.apply(only, changes);
  HeldSyncs syncs;
  auto outcome = append_in_background(-1);
  EXPECT_TRUE(is_answered(outcome));
  EXPECT_EQ(syncs.count(), 0);
  syncs.open();
}

TEST_F(LoneLeaderTest, SyncsWhatItHadWhenTheLastFollowerLeft) {
  ASSERT_EQ(apply(1, kSelf, {kSelf, 2}), ErrorCode::kNone);
  auto outcome = append_in_background(-1);
  HeldSyncs syncs;
  clock.advance_ms(10'001);
  isr_updater.shrink_all();
  EXPECT_TRUE(isr_updater.send());
  syncs.wait_for_first();
  EXPECT_FALSE(is_answered(outcome));
  EXPECT_EQ(log()->high_watermark(), 0);
  syncs.open();
  EXPECT_EQ(outcome.get().error, ErrorCode::kNone);
  EXPECT_EQ(log()->recovery_point(), 1);
}

TEST_F(LoneLeaderTest, SyncsWhatItHadWhenItBeganToLead) {
  ASSERT_EQ(apply(1, kSelf, {kSelf, 2}), ErrorCode::kNone);
  append(1, 1);
  HeldSyncs syncs;
  ASSERT_EQ(apply(2, kSelf, {kSelf}), ErrorCode::kNone);
  syncs.wait_for_first();
  EXPECT_EQ(log()->high_watermark(), 0);
  syncs.open();
  EXPECT_GT(read_when_committed().at(0).slice.size_bytes, 0);
}

TEST_F(LoneLeaderTest, TellsOfWhatIsCommittedThoughAllIsOnDiskAlready) {
  ASSERT_EQ(apply(1, kSelf, {kSelf}), ErrorCode::kNone);
  proposals.error = ErrorCode::kIneligibleReplica;
  fetch(0, 0, 0, 2);  // may be in by now
  auto outcome = append_in_background(-1);
  while (waits.produce.delayed() == 0) std::this_thread::yield();
  EXPECT_EQ(log()->recovery_point(), 1);
  EXPECT_EQ(log()->high_watermark(), 0);
  alive({1, 3});
  EXPECT_TRUE(isr_updater.send());
  EXPECT_EQ(log()->high_watermark(), 1);
  ASSERT_TRUE(is_answered(outcome));
  EXPECT_EQ(outcome.get().error, ErrorCode::kNone);
}

TEST_F(LoneLeaderTest, TellsOfASyncThatFailed) {
  ASSERT_EQ(apply(1, kSelf, {kSelf}), ErrorCode::kNone);
  base::FileFaults failing(
      [](base::FileOperation operation, std::string_view path) -> std::optional<base::FileFault> {
        if (operation != base::FileOperation::kSync || !path.ends_with(".log")) return {};
        return base::FileFault();
      });
  EXPECT_EQ(append_in_background(-1).get().error, ErrorCode::kKafkaStorageError);
  EXPECT_EQ(log()->high_watermark(), 0);
}

}  // namespace
}  // namespace odradek::replica
