// Appends of several requests that go to a log together.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <latch>
#include <random>
#include <string>
#include <vector>

#include "base/file_faults.h"
#include "base/thread.h"
#include "tests/server/log/log_bench.h"

namespace odradek::log {
namespace {

using protocol::ErrorCode;

// Requests with the bytes that they point to.
class Requests {
 public:
  explicit Requests(std::vector<base::Bytes> batches) : batches_(std::move(batches)) {
    for (base::Bytes& batch : batches_) {
      appends.push_back({.records = batch, .spec = {.leader_epoch = 0}});
    }
  }
  ErrorCode error(std::size_t number) const {
    const auto& result = appends[number].result;
    return result.ok() ? ErrorCode::kNone : protocol::code_of(result.error());
  }

  std::vector<LeaderAppend> appends;

 private:
  std::vector<base::Bytes> batches_;
};

// Counts writes of log files, and makes them fail from one on.
class Writes {
 public:
  explicit Writes(int fails_from = 1 << 30)
      : faults_([this, fails_from](base::FileOperation operation,
                                   std::string_view path) -> std::optional<base::FileFault> {
          if (operation != base::FileOperation::kWrite || !path.ends_with(".log")) return {};
          if (++count_ >= fails_from) return base::FileFault();
          return {};
        }) {}
  int count() const { return count_; }

 private:
  std::atomic<int> count_{0};
  base::FileFaults faults_;
};

base::Bytes sequenced(std::int32_t sequence, std::int16_t epoch = 0) {
  return make_batch({.producer_id = 7, .producer_epoch = epoch, .base_sequence = sequence});
}

TEST(GroupAppend, WritesOnceAndTellsEachItsOffsets) {
  LogBench bench;
  auto log = bench.load();
  append(*log, make_batch());
  Requests requests({make_batch({.records = 2}), make_batch(), make_batch({.records = 3})});
  Writes writes;
  log->append_as_leader(requests.appends);
  EXPECT_EQ(writes.count(), 1);
  EXPECT_EQ(requests.appends[0].result->first_offset, 1);
  EXPECT_EQ(requests.appends[1].result->first_offset, 3);
  EXPECT_EQ(requests.appends[2].result->first_offset, 4);
  EXPECT_EQ(requests.appends[2].result->last_offset, 6);
  EXPECT_EQ(log->log_end_offset(), 7);
  EXPECT_EQ(read_all(*log, 0).size(), 4U);
}

TEST(GroupAppend, KeepsRefusalsToThoseWhoEarnedThem) {
  LogBench bench;
  auto log = bench.load();
  append(*log, make_batch());
  base::Bytes damaged = make_batch();
  damaged.back() ^= 1;
  Requests requests({make_batch(), damaged, sequenced(5), make_batch()});
  append(*log, sequenced(0));
  log->append_as_leader(requests.appends);
  EXPECT_EQ(requests.error(0), ErrorCode::kNone);
  EXPECT_EQ(requests.error(1), ErrorCode::kCorruptMessage);
  EXPECT_EQ(requests.error(2), ErrorCode::kOutOfOrderSequenceNumber);
  EXPECT_EQ(requests.appends[3].result->first_offset, 3);
  EXPECT_EQ(log->log_end_offset(), 4);
}

TEST(GroupAppend, KnowsTheProducersOfItsOwnRequests) {
  LogBench bench;
  auto log = bench.load();
  append(*log, make_batch());
  Requests requests({sequenced(0), sequenced(1), sequenced(2), sequenced(1), sequenced(4),
                     sequenced(3), sequenced(0, 1)});
  Writes writes;
  log->append_as_leader(requests.appends);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(requests.appends[i].result->first_offset, static_cast<protocol::Offset>(i + 1));
  }
  EXPECT_TRUE(requests.appends[3].result->duplicate);
  EXPECT_EQ(requests.appends[3].result->first_offset, 2);
  EXPECT_EQ(requests.error(4), ErrorCode::kOutOfOrderSequenceNumber);
  EXPECT_EQ(requests.appends[5].result->first_offset, 4);
  EXPECT_EQ(requests.appends[6].result->first_offset, 5);
  // Only where a request had to be looked at in the light of those before.
  EXPECT_EQ(writes.count(), 3);
}

TEST(GroupAppend, FailsForAllWhenTheWriteFailsAndLetsNothingFollow) {
  LogBench bench;
  auto log = bench.load();
  append(*log, make_batch());
  Requests requests({sequenced(0), sequenced(1), sequenced(1), sequenced(2)});
  {
    Writes writes(1);
    log->append_as_leader(requests.appends);
    EXPECT_EQ(writes.count(), 1);
  }
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(requests.error(i), ErrorCode::kKafkaStorageError);
  EXPECT_EQ(log->log_end_offset(), 1);
  EXPECT_FALSE(bench.dir.online());
  EXPECT_EQ(refused(*log, make_batch()), ErrorCode::kKafkaStorageError);
}

TEST(GroupAppend, TakesAlongTheThreadsThatWait) {
  constexpr std::size_t kThreads = 6;
  LogBench bench;
  auto log = bench.load();
  append(*log, make_batch());
  std::atomic<int> writes = 0;
  std::latch begun(1);
  base::FileFaults holding(
      [&](base::FileOperation operation, std::string_view path) -> std::optional<base::FileFault> {
        if (operation != base::FileOperation::kWrite || !path.ends_with(".log")) return {};
        if (++writes == 1) {
          begun.count_down();
          while (log->appending_callers() < kThreads) std::this_thread::yield();
        }
        return {};
      });
  std::vector<base::Thread> threads;
  std::vector<protocol::Offset> offsets(kThreads);
  for (std::size_t i = 0; i < kThreads; ++i) {
    threads.emplace_back("appender", [&, i] {
      if (i > 0) begun.wait();
      offsets[i] = append(*log, make_batch()).first_offset;
    });
  }
  threads.clear();
  EXPECT_EQ(writes, 2);
  std::sort(offsets.begin(), offsets.end());
  for (std::size_t i = 0; i < kThreads; ++i) {
    EXPECT_EQ(offsets[i], static_cast<protocol::Offset>(i + 1));
  }
}

// The same requests one by one and in groups of any size: the same answers and the same files.
class SameAsAlone : public ::testing::TestWithParam<unsigned> {
 protected:
  base::Bytes random_batch() {
    auto one_of = [&](int count) {
      return static_cast<int>(random_() % static_cast<unsigned>(count));
    };
    BatchSpec spec{.records = 1 + one_of(3),
                   .value_bytes = static_cast<std::size_t>(10 + one_of(600)),
                   .timestamp_ms = 1'700'000'000'000 + one_of(5'000)};
    if (one_of(3) > 0) {
      auto producer = static_cast<std::size_t>(one_of(2));
      spec.producer_id = static_cast<std::int64_t>(producer);
      spec.producer_epoch = 0;
      spec.base_sequence = next_[producer];
      int chance = one_of(10);
      if (chance == 0) spec.base_sequence += 1;                            // a gap
      if (chance == 1) spec.base_sequence = std::max(0, last_[producer]);  // a repeat, maybe
      if (chance > 1) {
        last_[producer] = next_[producer];
        next_[producer] += spec.records;
      }
    }
    base::Bytes batch = make_batch(spec);
    if (one_of(20) == 0) batch.back() ^= 1;
    return batch;
  }
  static std::string told(const LeaderAppend& append) {
    if (!append.result.ok()) return append.result.error().message;
    const AppendInfo& info = *append.result;
    return std::to_string(info.first_offset) + ".." + std::to_string(info.last_offset) + " of " +
           std::to_string(info.record_count) + (info.duplicate ? " again" : "");
  }
  static std::vector<std::pair<std::string, std::string>> files_of(const LogBench& bench) {
    std::vector<std::pair<std::string, std::string>> files;
    auto entries = base::list_directory(bench.log_directory());
    CHECK(entries.ok());
    for (const auto& entry : *entries) {
      auto content = base::read_whole_file(bench.log_directory() + "/" + entry.name, 64 << 20);
      CHECK(content.ok());
      files.emplace_back(entry.name, *content);
    }
    return files;
  }

  std::mt19937 random_{GetParam()};
  std::array<std::int32_t, 2> next_{};
  std::array<std::int32_t, 2> last_{};
};

TEST_P(SameAsAlone, InAnswersAndFiles) {
  LogBench alone;
  LogBench grouped;
  for (LogBench* bench : {&alone, &grouped}) {
    bench->options.segment_bytes = 4'000;
    bench->options.segment_ms = 3'000;
    bench->options.index_interval_bytes = 300;
    bench->options.segment_index_bytes = 200;
  }
  auto first = alone.load();
  auto second = grouped.load();
  for (int turn = 0; turn < 100; ++turn) {
    std::vector<base::Bytes> batches(1 + random_() % 8);
    for (base::Bytes& batch : batches) batch = random_batch();
    Requests singly(batches);
    Requests together(batches);
    for (LeaderAppend& append : singly.appends) first->append_as_leader({&append, 1});
    second->append_as_leader(together.appends);
    for (std::size_t i = 0; i < batches.size(); ++i) {
      std::string wanted = told(singly.appends[i]);
      std::string got = told(together.appends[i]);
      ASSERT_EQ(got, wanted) << "turn " << turn << ", request " << i;
    }
  }
  ASSERT_TRUE(first->close().ok());
  ASSERT_TRUE(second->close().ok());
  EXPECT_GT(first->segment_count(), 5U);
  EXPECT_EQ(files_of(grouped), files_of(alone));
}

INSTANTIATE_TEST_SUITE_P(GroupAppend, SameAsAlone, ::testing::Range(0U, 20U));

}  // namespace
}  // namespace odradek::log
