#include "server/replica/log_dir_mover.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "base/thread.h"
#include "tests/server/replica/replicas.h"

namespace odradek::replica {
namespace {

class LogDirMoverTest : public Replicas {
 protected:
  log::LogPtr log() { return replicas.find({"t", 0})->log(); }
  std::string here() { return log()->dir().path(); }
  std::string elsewhere() { return directory.file(here().ends_with("a") ? "b" : "a"); }
  ErrorCode move(const std::string& dir) { return mover.move({"t", 0}, dir); }
  void wait_moved(const std::string& dir) {
    while (here() != dir) std::this_thread::yield();
  }
  static std::size_t entries_with(const std::string& dir, const std::string& suffix) {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(dir)) {
      if (entry.path().string().ends_with(suffix)) ++count;
    }
    return count;
  }

  LogDirMoverOptions options{.chunk_bytes = 16'000, .retry_ms = 1};
  LogDirMover mover{replicas, logs, waits, options, base::Clock::system()};
};

TEST_F(LogDirMoverTest, PutsTheSameRecordsIntoTheOtherDirectory) {
  ASSERT_EQ(apply(3, kSelf, {1}), ErrorCode::kNone);
  for (int i = 0; i < 100; ++i) append(1, 10);
  std::string from = here();
  std::string to = elsewhere();
  EXPECT_EQ(move(to), ErrorCode::kNone);
  EXPECT_NE(logs.find_future({"t", 0}), nullptr);
  EXPECT_EQ(entries_with(to, "-future"), 1u);
  mover.start();
  wait_moved(to);
  EXPECT_EQ(logs.find({"t", 0}), log());
  EXPECT_EQ(logs.find_future({"t", 0}), nullptr);
  EXPECT_EQ(log()->directory(), to + "/t-0");
  EXPECT_EQ(log()->log_end_offset(), 1000);
  EXPECT_EQ(log()->high_watermark(), 1000);
  EXPECT_EQ(log()->topic_id(), topic_id);
  EXPECT_EQ(log()->latest_epoch(), 3);
  EXPECT_EQ(entries_with(to, "-future"), 0u);
  EXPECT_EQ(entries_with(from, "-delete"), 1u);
  EXPECT_EQ(append(1, 1)->at(0).info.first_offset, 1000);
}

TEST_F(LogDirMoverTest, LosesNothingUnderARunningProducer) {
  ASSERT_EQ(apply(0, kSelf, {1}), ErrorCode::kNone);
  mover.start();
  std::atomic<bool> done{false};
  Offset written = 0;
  base::Thread producer("producer", [&] {
    while (!done) {
      auto outcome = append(1, 3);
      ASSERT_EQ(outcome->at(0).error, ErrorCode::kNone);
      ASSERT_EQ(outcome->at(0).info.first_offset, written);
      written += 3;
    }
  });
  for (int i = 0; i < 20; ++i) {
    std::string to = elsewhere();
    EXPECT_EQ(move(to), ErrorCode::kNone);
    wait_moved(to);
  }
  done = true;
  producer.join();
  EXPECT_EQ(log()->log_end_offset(), written);
  EXPECT_GT(written, 0);
}

TEST_F(LogDirMoverTest, KeepsToItsRateAndGivesUpWhenAskedTo) {
  LogDirMover slow(replicas, logs, waits, {.max_bytes_per_second = 1, .chunk_bytes = 1000},
                   base::Clock::system());
  ASSERT_EQ(apply(0, kSelf, {1}), ErrorCode::kNone);
  for (int i = 0; i < 100; ++i) append(1, 10);
  std::string from = here();
  ASSERT_EQ(slow.move({"t", 0}, elsewhere()), ErrorCode::kNone);
  slow.start();
  log::LogPtr future = logs.find_future({"t", 0});
  while (future->log_end_offset() == 0) std::this_thread::yield();
  EXPECT_EQ(slow.move({"t", 0}, elsewhere()), ErrorCode::kNone);  // as it is already
  EXPECT_EQ(logs.find_future({"t", 0}), future);
  EXPECT_EQ(slow.move({"t", 0}, from), ErrorCode::kNone);
  EXPECT_EQ(logs.find_future({"t", 0}), nullptr);
  EXPECT_EQ(entries_with(elsewhere(), "-future"), 0u);
  EXPECT_EQ(here(), from);
  EXPECT_LT(future->log_end_offset(), 100);
}

TEST_F(LogDirMoverTest, RefusesWhatCannotBe) {
  EXPECT_EQ(mover.move({std::string(249, 'x'), 0}, directory.file("a")),
            ErrorCode::kInvalidTopicException);
  EXPECT_EQ(move("/somewhere"), ErrorCode::kLogDirNotFound);
  ASSERT_EQ(apply(0, kSelf, {1}), ErrorCode::kNone);
  std::string to = elsewhere();
  logs.dirs().find(to)->fail("the disk is gone");
  EXPECT_EQ(move(to), ErrorCode::kKafkaStorageError);
}

TEST_F(LogDirMoverTest, RemembersWhereAReplicaShallBeMade) {
  for (const char* dir : {"b", "a", "b"}) {
    std::string topic = std::string("made-in-") + dir + std::to_string(logs.all().size());
    EXPECT_EQ(mover.move({topic, 0}, directory.file(dir)), ErrorCode::kUnknownTopicOrPartition);
    auto made = logs.get_or_create({topic, 0}, {});
    ASSERT_TRUE(made.ok());
    EXPECT_EQ((*made)->dir().path(), directory.file(dir));
  }
}

TEST_F(LogDirMoverTest, LetsADeletionOfRecordsWaitForTheCopyToo) {
  ASSERT_EQ(apply(0, kSelf, {1}), ErrorCode::kNone);
  append(1, 10);
  ASSERT_EQ(move(elsewhere()), ErrorCode::kNone);
  alive({kSelf});
  RecordDeletions deletions(replicas, logs, waits);
  std::atomic<Offset> low_watermark{-1};
  deletions.delete_records({{{"t", 0}, 5}}, 60'000, [&](std::vector<DeletionOutcome> outcomes) {
    EXPECT_EQ(outcomes.at(0).error, ErrorCode::kNone);
    low_watermark = outcomes.at(0).low_watermark;
  });
  EXPECT_EQ(low_watermark, -1);
  mover.start();
  while (low_watermark < 0) std::this_thread::yield();
  EXPECT_EQ(low_watermark, 5);
}

TEST_F(LogDirMoverTest, EndsWithItsPartitionOrItsDirectory) {
  ASSERT_EQ(apply(0, kSelf, {1}), ErrorCode::kNone);
  append(1, 10);
  std::string from = here();
  std::string to = elsewhere();
  ASSERT_EQ(move(to), ErrorCode::kNone);
  logs.dirs().find(to)->fail("the disk is gone");
  leadership.log_dir_failed(*logs.dirs().find(to));
  EXPECT_EQ(logs.find_future({"t", 0}), nullptr);
  EXPECT_EQ(append(1, 10)->at(0).error, ErrorCode::kNone);
  EXPECT_EQ(here(), from);
}

TEST_F(LogDirMoverTest, LeavesNoFutureLogOfADeletedPartition) {
  ASSERT_EQ(apply(0, kSelf, {1}), ErrorCode::kNone);
  append(1, 10);
  std::string to = elsewhere();
  ASSERT_EQ(move(to), ErrorCode::kNone);
  protocol::StopReplicaRequest stop;
  stop.topic_states.push_back({"t", {{0, -2, true}}});
  std::vector<TopicPartition> stopped;
  leadership.stop(stop, stopped);
  EXPECT_TRUE(logs.all().empty());
  EXPECT_EQ(entries_with(to, "-delete"), 1u);
}

}  // namespace
}  // namespace odradek::replica
