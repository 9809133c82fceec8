#include "server/replica/partition.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <utility>

#include "base/thread.h"
#include "tests/server/replica/replicas.h"

namespace odradek::replica {
namespace {

TEST_F(Replicas, KnowNothingBeforeTheControllerSpeaks) {
  EXPECT_EQ(append(1, 1)->at(0).error, ErrorCode::kUnknownTopicOrPartition);
  EXPECT_EQ(fetch(0, 1, 0)->at(0).error, ErrorCode::kUnknownTopicOrPartition);
}

TEST_F(Replicas, LeadFollowAndRefuseOldEpochs) {
  EXPECT_EQ(apply(0, kSelf, {1}), ErrorCode::kNone);
  ASSERT_EQ(changes.led.size(), 1u);
  EXPECT_EQ(append(1, 3)->at(0).info.first_offset, 0);
  EXPECT_EQ(append(1, 3)->at(0).info.first_offset, 3);
  EXPECT_EQ(apply(0, 2, {2}), ErrorCode::kStaleControllerEpoch);
  EXPECT_EQ(apply(1, 2, {2}), ErrorCode::kNone);
  ASSERT_EQ(changes.followed.size(), 1u);
  EXPECT_EQ(append(1, 1)->at(0).error, ErrorCode::kNotLeaderOrFollower);
  EXPECT_EQ(apply(2, kSelf, {1}), ErrorCode::kNone);
  EXPECT_EQ(append(1, 1)->at(0).info.first_offset, 6);
  EXPECT_EQ(replicas.find({"t", 0})->log()->end_offset_for_epoch(0).end_offset, 6);
}

TEST_F(Replicas, RefuseALogOfAnotherTopicId) {
  ASSERT_EQ(apply(0, kSelf, {1}), ErrorCode::kNone);
  topic_id = base::Uuid::random(true);
  EXPECT_EQ(apply(1, kSelf, {1}), ErrorCode::kInconsistentTopicId);
}

TEST_F(Replicas, RefuseReplicasThatAreNotTheirs) {
  auto foreign = request(0, 2, {2});
  foreign.topic_states[0].partition_states[0].replicas = {2, 3};
  LeadershipChanges none;
  auto response = leadership.apply(foreign, none);
  EXPECT_EQ(response.partition_errors.at(0).error_code, ErrorCode::kUnknownTopicOrPartition);
}

TEST_F(Replicas, AcknowledgeAtOnceWhenTheyAreAloneInSync) {
  ASSERT_EQ(apply(0, kSelf, {1}), ErrorCode::kNone);
  auto outcome = append(-1, 5);
  ASSERT_EQ(outcome->size(), 1u);
  EXPECT_EQ(outcome->at(0).error, ErrorCode::kNone);
  EXPECT_EQ(outcome->at(0).info.last_offset, 4);
}

TEST_F(Replicas, AcknowledgeWhenEveryFollowerInSyncHasTheRecords) {
  ASSERT_EQ(apply(0, kSelf, {1, 2, 3}), ErrorCode::kNone);
  auto outcome = append(-1, 5);
  EXPECT_TRUE(outcome->empty());
  EXPECT_EQ(fetch(0, 1, 0)->at(0).slice.size_bytes, 0);  // a consumer sees nothing uncommitted
  fetch(5, 1, 0, 2);
  EXPECT_TRUE(outcome->empty());
  fetch(5, 1, 0, 3);
  ASSERT_EQ(outcome->size(), 1u);
  EXPECT_EQ(outcome->at(0).error, ErrorCode::kNone);
  EXPECT_GT(fetch(0, 1, 0)->at(0).slice.size_bytes, 0);
}

TEST_F(Replicas, TellAProducerThatTheyLostTheLead) {
  ASSERT_EQ(apply(0, kSelf, {1, 2}), ErrorCode::kNone);
  auto outcome = append(-1, 1);
  EXPECT_TRUE(outcome->empty());
  ASSERT_EQ(apply(1, 2, {1, 2}), ErrorCode::kNone);
  ASSERT_EQ(outcome->size(), 1u);
  EXPECT_EQ(outcome->at(0).error, ErrorCode::kNotLeaderOrFollower);
}

TEST_F(Replicas, WakeAFetchWithTheBytesItWaitsFor) {
  ASSERT_EQ(apply(0, kSelf, {1}), ErrorCode::kNone);
  auto waiting = fetch(0, 1, 60'000);
  EXPECT_TRUE(waiting->empty());
  append(1, 1);
  ASSERT_EQ(waiting->size(), 1u);
  EXPECT_GT(waiting->at(0).slice.size_bytes, 0);
}

TEST_F(Replicas, WakeAFetchOnlyWithEnoughBytes) {
  ASSERT_EQ(apply(0, kSelf, {1}), ErrorCode::kNone);
  auto one = static_cast<std::int32_t>(batch(1).size());
  auto waiting = fetch(0, 2 * one + 1, 60'000);
  append(1, 1);
  append(1, 1);
  EXPECT_TRUE(waiting->empty());
  append(1, 1);
  ASSERT_EQ(waiting->size(), 1u);
  EXPECT_EQ(waiting->at(0).slice.size_bytes, 3 * one);
}

TEST_F(Replicas, AnswerAFetchAtItsDeadline) {
  ASSERT_EQ(apply(0, kSelf, {1}), ErrorCode::kNone);
  base::Mutex mutex;
  base::CondVar answered;
  bool done = false;
  reads.fetch({.max_wait_ms = 20,
               .min_bytes = 1,
               .max_bytes = 1024,
               .entries = {{.partition = {"t", 0}, .max_bytes = 1024}}},
              [&](std::vector<ReadOutcome> outcomes) {
                base::MutexLock lock(mutex);
                done = outcomes.at(0).error == ErrorCode::kNone;
                answered.notify_all();
              });
  base::MutexLock lock(mutex);
  while (!done) answered.wait(mutex);
}

TEST_F(Replicas, AnswerAFetchBeyondTheEndAtOnce) {
  ASSERT_EQ(apply(0, kSelf, {1}), ErrorCode::kNone);
  auto outcome = fetch(7, 1, 60'000);
  ASSERT_EQ(outcome->size(), 1u);
  EXPECT_EQ(outcome->at(0).error, ErrorCode::kOffsetOutOfRange);
}

// The same partition asked twice: only the first may exceed the limits, and only where the version
// knows it; who cannot be given more sees a cut batch, everybody else whole ones or none.
TEST_F(Replicas, GiveWholeBatchesOrNoneExceptToOldClients) {
  ASSERT_EQ(apply(0, kSelf, {1}), ErrorCode::kNone);
  append(1, 10);
  append(1, 10);
  auto one = static_cast<std::int32_t>(batch(10).size());
  auto sizes = [&](std::int32_t max_bytes, bool hard) {
    ReadEntry entry{.partition = {"t", 0}, .max_bytes = 1 << 20};
    auto outcomes =
        reads.read_now({.max_bytes = max_bytes, .hard_max_bytes = hard, .entries = {entry, entry}});
    return std::pair(outcomes.at(0).slice.size_bytes, outcomes.at(1).slice.size_bytes);
  };
  using Sizes = std::pair<std::int64_t, std::int64_t>;
  EXPECT_EQ(sizes(10, false), Sizes(one, 0));
  EXPECT_EQ(sizes(one, false), Sizes(one, 0));
  EXPECT_EQ(sizes(2 * one + 10, false), Sizes(2 * one, 0));
  EXPECT_EQ(sizes(3 * one + 10, false), Sizes(2 * one, one + 10));
  EXPECT_EQ(sizes(10, true), Sizes(10, 0));
  EXPECT_EQ(sizes(2 * one + 10, true), Sizes(2 * one, 10));
}

TEST_F(Replicas, TellWhoIsRefusedNoOffsetsButWhereTheLogBegins) {
  ASSERT_EQ(apply(0, kSelf, {1}), ErrorCode::kNone);
  append(1, 1);
  ReadOutcome read = fetch(7, 1, 60'000)->at(0);
  EXPECT_EQ(read.high_watermark, -1);
  EXPECT_EQ(read.log_start_offset, -1);
  EXPECT_EQ(read.options, nullptr);
  auto refused = [&](base::Bytes bytes, std::int16_t version) {
    AppendOutcome outcome;
    appends.append(
        {.acks = 1, .spec = {.produce_version = version}, .entries = {{{"t", 0}, bytes}}},
        [&](std::vector<AppendOutcome> done) { outcome = done.at(0); });
    return std::pair(outcome.error, outcome.info.log_start_offset);
  };
  using Told = std::pair<ErrorCode, Offset>;
  base::Bytes late = batch(1);
  protocol::MutableBatch(late).set_base_offset(5);
  EXPECT_EQ(refused(late, 8), Told(ErrorCode::kInvalidRecord, 0));
  EXPECT_EQ(refused({}, 8), Told(ErrorCode::kInvalidRecord, -1));
  base::Bytes damaged = batch(1);
  damaged.back() ^= 1;
  EXPECT_EQ(refused(damaged, 8), Told(ErrorCode::kCorruptMessage, -1));
}

TEST_F(Replicas, KeepTheirHighWatermarksInACheckpoint) {
  ASSERT_EQ(apply(0, kSelf, {1}), ErrorCode::kNone);
  append(1, 4);
  high_watermarks.checkpoint(replicas);
  HighWatermarks again(logs);
  again.load();
  EXPECT_EQ(again.take({"t", 0}), 4);
  EXPECT_EQ(again.take({"other", 0}), 0);
}

TEST_F(Replicas, DeleteALogWhenTheControllerStopsIt) {
  ASSERT_EQ(apply(0, kSelf, {1}), ErrorCode::kNone);
  protocol::StopReplicaRequest stop;
  stop.topic_states.push_back({"t", {{0, -2, true}}});
  std::vector<TopicPartition> stopped;
  auto response = leadership.stop(stop, stopped);
  EXPECT_EQ(response.partition_errors.at(0).error_code, ErrorCode::kNone);
  EXPECT_EQ(stopped.size(), 1u);
  EXPECT_EQ(logs.find({"t", 0}), nullptr);
  EXPECT_EQ(replicas.find({"t", 0}), nullptr);
}

TEST_F(Replicas, KeepTheirHighWatermarkWhenTheControllerStopsThem) {
  ASSERT_EQ(apply(0, kSelf, {1}), ErrorCode::kNone);
  append(1, 4);
  protocol::StopReplicaRequest stop;
  stop.topic_states.push_back({"t", {{0, -2, false}}});
  std::vector<TopicPartition> stopped;
  auto response = leadership.stop(stop, stopped);
  EXPECT_EQ(response.partition_errors.at(0).error_code, ErrorCode::kNone);
  EXPECT_EQ(append(1, 1)->at(0).error, ErrorCode::kNotLeaderOrFollower);
  high_watermarks.checkpoint(replicas);
  HighWatermarks again(logs);
  again.load();
  EXPECT_EQ(again.take({"t", 0}), 4);
  ASSERT_EQ(apply(1, kSelf, {1}), ErrorCode::kNone);
  EXPECT_EQ(append(1, 1)->at(0).info.first_offset, 4);
}

TEST_F(Replicas, OfAFailedDirectoryAreOfflineUntilTheBrokerStartsAgain) {
  ASSERT_EQ(apply(0, kSelf, {1, 2}), ErrorCode::kNone);
  auto outcome = append(-1, 1);
  EXPECT_TRUE(outcome->empty());
  log::LogDir& dir = replicas.find({"t", 0})->log()->dir();
  dir.fail("the disk is gone");
  leadership.log_dir_failed(dir);
  ASSERT_EQ(outcome->size(), 1u);
  EXPECT_EQ(outcome->at(0).error, ErrorCode::kKafkaStorageError);
  EXPECT_EQ(append(1, 1)->at(0).error, ErrorCode::kKafkaStorageError);
  EXPECT_EQ(apply(1, kSelf, {1}), ErrorCode::kKafkaStorageError);
  protocol::StopReplicaRequest stop;
  stop.topic_states.push_back({"t", {{0, -2, true}}});
  std::vector<TopicPartition> stopped;
  EXPECT_EQ(leadership.stop(stop, stopped).partition_errors.at(0).error_code,
            ErrorCode::kKafkaStorageError);
  EXPECT_TRUE(stopped.empty());
}

TEST_F(Replicas, AnswerEveryProducerAndFetchOnceUnderChangesOfLead) {
  ASSERT_EQ(apply(0, kSelf, {1, 2}), ErrorCode::kNone);
  constexpr int kRounds = 300;
  std::atomic<int> answers{0};
  base::Thread writer("writer", [&] {
    for (int i = 0; i < kRounds; ++i) {
      auto bytes = std::make_shared<base::Bytes>(batch(1));
      appends.append({.acks = -1, .timeout_ms = 5, .entries = {{{"t", 0}, *bytes}}},
                     [&answers, bytes](const std::vector<AppendOutcome>&) { ++answers; });
    }
  });
  base::Thread reader("reader", [&] {
    for (int i = 0; i < kRounds; ++i) {
      reads.fetch({.max_wait_ms = 5,
                   .min_bytes = 1 << 20,
                   .max_bytes = 1 << 20,
                   .entries = {{.partition = {"t", 0}, .max_bytes = 1 << 20}}},
                  [&answers](const std::vector<ReadOutcome>&) { ++answers; });
    }
  });
  for (int epoch = 1; epoch < 40; ++epoch) apply(epoch, epoch % 2 == 0 ? kSelf : 2, {1, 2});
  writer.join();
  reader.join();
  while (answers < 2 * kRounds) std::this_thread::yield();
  EXPECT_EQ(answers, 2 * kRounds);
}

}  // namespace
}  // namespace odradek::replica
