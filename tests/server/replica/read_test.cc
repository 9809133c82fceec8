#include "server/replica/read.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cerrno>
#include <future>

#include "base/file_faults.h"
#include "base/no_wait.h"
#include "base/page_cache.h"
#include "base/thread.h"
#include "tests/server/replica/replicas.h"

namespace odradek::replica {
namespace {

// As far as the main thread can see none of the files is in memory.
struct ColdFiles {
  std::atomic<int> cold_reads = 0;
  std::atomic<int> waiting_reads = 0;
  base::FileFaults faults{
      [this](base::FileOperation operation, std::string_view) -> std::optional<base::FileFault> {
        if (operation != base::FileOperation::kRead || base::thread_role() != "main") return {};
        ++(base::NoWaitReads::active() ? cold_reads : waiting_reads);
        return base::FileFault{.error_number = EAGAIN};
      }};
};

struct Answer {
  ReadOutcome outcome;
  std::string thread;
};

TEST_F(Replicas, BringRecordsIntoMemoryBeforeANetworkThreadSendsThem) {
  ASSERT_EQ(apply(0, kSelf, {kSelf}), ErrorCode::kNone);
  append(1, 100);
  log::LogPtr log = logs.find({"t", 0});
  ASSERT_TRUE(log->roll().ok());
  append(1, 1);
  ASSERT_TRUE(log->flush().ok());
  auto file = log->segments().first()->log_file().open();
  ASSERT_TRUE(file.ok());
  std::int64_t size = log->segments().first()->size_bytes();
  auto ask = [&] {
    std::promise<Answer> promise;
    reads.fetch({.max_bytes = 1 << 20,
                 .entries = {{.partition = {"t", 0}, .fetch_offset = 0, .max_bytes = 1 << 20}}},
                [&](std::vector<ReadOutcome> outcomes) {
                  promise.set_value({outcomes.at(0), std::string(base::thread_role())});
                });
    return promise.get_future().get();
  };
  EXPECT_EQ(ask().thread, "main");
  ASSERT_EQ(::posix_fadvise((*file)->fd(), 0, size, POSIX_FADV_DONTNEED), 0);
  if (base::is_in_page_cache(**file, 0, size)) GTEST_SKIP() << "a file system that lies in memory";
  Answer cold = ask();
  EXPECT_TRUE(cold.thread.starts_with("log-read-ahead")) << cold.thread;
  EXPECT_EQ(cold.outcome.error, ErrorCode::kNone);
  EXPECT_EQ(cold.outcome.slice.size_bytes, size);
  EXPECT_TRUE(base::is_in_page_cache(**file, 0, size));
  EXPECT_EQ(ask().thread, "main");
}

// A lookup that would have to read from a disk leaves the thread that asked; here none of the files
// is in memory as far as that thread can see.
TEST_F(Replicas, LookUpColdOffsetsWhereWaitingHurtsNobody) {
  ASSERT_EQ(apply(0, kSelf, {kSelf}), ErrorCode::kNone);
  log::LogOptions options;
  options.index_interval_bytes = 1;
  logs.find({"t", 0})->set_options(options);
  for (int i = 0; i < 200; ++i) append(1, 1);
  ASSERT_TRUE(logs.find({"t", 0})->roll().ok());
  append(1, 1);
  ColdFiles files;
  std::promise<Answer> promise;
  reads.fetch({.max_bytes = 1 << 20,
               .entries = {{.partition = {"t", 0}, .fetch_offset = 40, .max_bytes = 1 << 20}}},
              [&](std::vector<ReadOutcome> outcomes) {
                promise.set_value({outcomes.at(0), std::string(base::thread_role())});
              });
  Answer answer = promise.get_future().get();
  EXPECT_TRUE(answer.thread.starts_with("log-read-ahead")) << answer.thread;
  EXPECT_EQ(answer.outcome.error, ErrorCode::kNone);
  EXPECT_EQ(answer.outcome.position.offset, 40);
  EXPECT_GT(answer.outcome.slice.size_bytes, 0);
  EXPECT_GT(files.cold_reads, 0);
  EXPECT_EQ(files.waiting_reads, 0);
  EXPECT_TRUE(logs.find({"t", 0})->dir().online());
}

// Whoever moves the high watermark completes the fetches that wait for it, and waits for no disk
// either.
TEST_F(Replicas, LookUpWhatAWaitingFetchGetsWhereWaitingHurtsNobody) {
  ASSERT_EQ(apply(0, kSelf, {kSelf, 2}), ErrorCode::kNone);
  log::LogOptions options;
  options.index_interval_bytes = 1;
  logs.find({"t", 0})->set_options(options);
  for (int i = 0; i < 500; ++i) append(1, 1);
  std::promise<Answer> promise;
  reads.fetch({.max_wait_ms = 60'000,
               .min_bytes = 1,
               .max_bytes = 1 << 20,
               .entries = {{.partition = {"t", 0}, .fetch_offset = 0, .max_bytes = 1 << 20}}},
              [&](std::vector<ReadOutcome> outcomes) {
                promise.set_value({outcomes.at(0), std::string(base::thread_role())});
              });
  ColdFiles files;
  PartitionPtr partition = replicas.find({"t", 0});
  partition->follower_fetched(2, {.offset = 40}, 0, protocol::kNoLeaderEpoch);
  waits.check({"t", 0});
  Answer answer = promise.get_future().get();
  EXPECT_TRUE(answer.thread.starts_with("log-read-ahead")) << answer.thread;
  EXPECT_EQ(answer.outcome.error, ErrorCode::kNone);
  EXPECT_GT(answer.outcome.slice.size_bytes, 0);
  EXPECT_GT(files.cold_reads, 0);
  EXPECT_EQ(files.waiting_reads, 0);
}

// As above, but the kernel says what is in memory.
TEST_F(Replicas, LookUpColdOffsetsOfFilesThatLeftMemory) {
  ASSERT_EQ(apply(0, kSelf, {kSelf}), ErrorCode::kNone);
  for (int i = 0; i < 200; ++i) append(1, 100);
  log::LogPtr log = logs.find({"t", 0});
  ASSERT_TRUE(log->roll().ok());
  append(1, 1);
  ASSERT_TRUE(log->flush().ok());
  auto file = log->segments().first()->log_file().open();
  ASSERT_TRUE(file.ok());
  std::int64_t size = log->segments().first()->size_bytes();
  ASSERT_EQ(::posix_fadvise((*file)->fd(), 0, size, POSIX_FADV_DONTNEED), 0);
  if (base::is_in_page_cache(**file, 0, size)) GTEST_SKIP() << "a file system that lies in memory";
  std::promise<Answer> promise;
  reads.fetch({.max_bytes = 1 << 20,
               .entries = {{.partition = {"t", 0}, .fetch_offset = 4'050, .max_bytes = 100}}},
              [&](std::vector<ReadOutcome> outcomes) {
                promise.set_value({outcomes.at(0), std::string(base::thread_role())});
              });
  Answer answer = promise.get_future().get();
  EXPECT_TRUE(answer.thread.starts_with("log-read-ahead")) << answer.thread;
  EXPECT_EQ(answer.outcome.error, ErrorCode::kNone);
  EXPECT_EQ(answer.outcome.position.offset, 4'050);
}

}  // namespace
}  // namespace odradek::replica
