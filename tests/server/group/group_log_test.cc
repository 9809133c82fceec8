#include "server/group/group_log.h"

#include <gtest/gtest.h>

#include <atomic>
#include <optional>

#include "base/thread.h"
#include "protocol/record/record_iterator.h"
#include "tests/server/group/memory_log.h"

namespace odradek::group {
namespace {

using protocol::ErrorCode;
using protocol::Offset;

class WritingGroups : public ::testing::Test {
 protected:
  // The answers, in the order in which they come.
  void enqueue(const std::string& key, std::size_t value_bytes = 1) {
    std::size_t place = answers.size();
    answers.emplace_back();
    log.enqueue(3, {{base::to_bytes(key), base::Bytes(value_bytes)}},
                [this, place](Written written) { answers[place] = written; });
  }
  static std::vector<std::string> keys_of(const MemoryLog::Batch& batch) {
    std::vector<std::string> keys;
    protocol::RecordIterator records{protocol::BatchView(batch.bytes)};
    while (const protocol::Record* record = records.next()) {
      keys.emplace_back(base::as_text(*record->key));
    }
    EXPECT_TRUE(records.status().ok());
    return keys;
  }

  base::ManualClock clock;
  MemoryLog memory;
  GroupLog log{GroupLogOptions{}, clock, memory.append()};
  std::vector<std::optional<Written>> answers;
};

TEST_F(WritingGroups, PutsWhatMeetsIntoOneBatchInOrder) {
  enqueue("a");
  enqueue("b");
  enqueue("c");
  EXPECT_TRUE(memory.batches.empty());
  log.flush(3);
  ASSERT_EQ(memory.batches.size(), 1u);
  EXPECT_EQ(keys_of(memory.batches[0]), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(memory.batches[0].acks, -1);
  EXPECT_EQ(memory.batches[0].partition, 3);
  EXPECT_EQ(protocol::BatchView(memory.batches[0].bytes).max_timestamp(), clock.wall_ms());
  for (std::size_t i = 0; i < answers.size(); ++i) {
    ASSERT_TRUE(answers[i].has_value());
    EXPECT_EQ(answers[i]->first_offset, static_cast<Offset>(i));
  }
  log.flush(3);
  EXPECT_EQ(memory.batches.size(), 1u);
}

TEST_F(WritingGroups, KeepsTombstonesApartAndBatchesSmall) {
  enqueue("a", GroupLog::kMaxBatchBytes / 2);
  enqueue("b", GroupLog::kMaxBatchBytes / 2);
  log.enqueue_tombstones(3, {{base::to_bytes("t"), std::nullopt}}, [](Written) {});
  enqueue("c");
  log.flush(3);
  ASSERT_EQ(memory.batches.size(), 4u);
  EXPECT_EQ(memory.batches[2].acks, 1);
  EXPECT_EQ(keys_of(memory.batches[2]), (std::vector<std::string>{"t"}));
  EXPECT_EQ(memory.batches[3].acks, -1);
}

TEST_F(WritingGroups, TellsEverybodyOfAnError) {
  enqueue("a");
  enqueue("b");
  memory.next_error = ErrorCode::kNotLeaderOrFollower;
  log.flush(3);
  for (const auto& answer : answers) EXPECT_EQ(answer->error, ErrorCode::kNotLeaderOrFollower);
}

TEST_F(WritingGroups, WritesOneByOneWhatIsTooLargeTogether) {
  std::vector<std::size_t> sizes;
  GroupLog small(
      {}, clock,
      [&](std::int32_t, std::int16_t, const base::Bytes& batch, const WrittenCallback& callback) {
        auto count = static_cast<std::size_t>(protocol::BatchView(batch).record_count());
        sizes.push_back(count);
        callback(count > 1 ? Written{ErrorCode::kMessageTooLarge, -1}
                           : Written{ErrorCode::kNone, static_cast<Offset>(sizes.size())});
      });
  std::vector<Written> written;
  for (int i = 0; i < 3; ++i) {
    small.enqueue(0, {{base::to_bytes("k"), base::to_bytes("v")}},
                  [&](Written one) { written.push_back(one); });
  }
  small.flush(0);
  EXPECT_EQ(sizes, (std::vector<std::size_t>{3, 1, 1, 1}));
  ASSERT_EQ(written.size(), 3u);
  for (const Written& one : written) EXPECT_EQ(one.error, ErrorCode::kNone);
}

TEST_F(WritingGroups, WritesWhatACallbackAddsAndWhatOtherThreadsAddMeanwhile) {
  std::atomic<int> written = 0;
  log.enqueue(3, {{base::to_bytes("first"), std::nullopt}}, [&](Written) {
    log.enqueue(3, {{base::to_bytes("nested"), std::nullopt}}, [&](Written) { ++written; });
    log.flush(3);
  });
  log.flush(3);
  EXPECT_EQ(written, 1);

  constexpr int kThreads = 4;
  constexpr int kEach = 500;
  std::vector<base::Thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back("writer", [&] {
      for (int k = 0; k < kEach; ++k) {
        log.enqueue(3, {{base::to_bytes("x"), std::nullopt}}, [&](Written) { ++written; });
        log.flush(3);
      }
    });
  }
  for (base::Thread& thread : threads) thread.join();
  EXPECT_EQ(written, 1 + kThreads * kEach);
}

}  // namespace
}  // namespace odradek::group
