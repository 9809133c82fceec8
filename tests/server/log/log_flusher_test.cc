#include "server/log/log_flusher.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <vector>

#include "base/file_faults.h"
#include "base/thread.h"
#include "tests/server/log/log_bench.h"

namespace odradek::log {
namespace {

// While the first append syncs, the others come; the next sync is for all of them.
TEST(LogFlusher, SharesOneSyncAmongAppendsThatCameWhileAnotherRan) {
  constexpr int kThreads = 5;
  LogBench bench;
  auto log = bench.load();
  append(*log, make_batch());
  ASSERT_TRUE(log->flush().ok());  // so that names of files are known on disk
  std::atomic<int> syncs = 0;
  std::latch first_syncs(1);
  base::FileFaults counting(
      [&](base::FileOperation operation, std::string_view path) -> std::optional<base::FileFault> {
        if (operation != base::FileOperation::kSync || !path.ends_with(".log")) return {};
        if (++syncs == 1) {
          first_syncs.count_down();
          // Until all the others are written.
          while (log->log_end_offset() < 1 + kThreads) std::this_thread::yield();
        }
        return {};
      });
  std::vector<base::Thread> threads;
  std::atomic<int> unsynced = 0;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back("appender", [&, i] {
      if (i > 0) first_syncs.wait();
      AppendInfo info = append(*log, make_batch());
      EXPECT_TRUE(log->flush_to(info.last_offset + 1).ok());
      if (log->recovery_point() <= info.last_offset) ++unsynced;
    });
  }
  threads.clear();
  EXPECT_EQ(unsynced, 0);
  EXPECT_EQ(syncs, 2);
  EXPECT_EQ(log->recovery_point(), 1 + kThreads);
}

// The kernel may have dropped what it could not write, and would say that all is well.
TEST(LogFlusher, NeverTriesAgainAfterASyncThatFailed) {
  LogBench bench;
  auto log = bench.load();
  append(*log, make_batch());
  int syncs = 0;
  base::FileFaults failing(
      [&](base::FileOperation operation, std::string_view path) -> std::optional<base::FileFault> {
        if (operation != base::FileOperation::kSync || !path.ends_with(".log")) return {};
        ++syncs;
        return base::FileFault();
      });
  EXPECT_FALSE(log->flush().ok());
  EXPECT_FALSE(log->flush().ok());
  EXPECT_EQ(syncs, 1);
  EXPECT_EQ(log->recovery_point(), 0);
  EXPECT_FALSE(bench.dir.online());
}

}  // namespace
}  // namespace odradek::log
