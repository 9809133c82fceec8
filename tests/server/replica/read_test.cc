#include "server/replica/read.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <future>

#include "base/page_cache.h"
#include "base/thread.h"
#include "tests/server/replica/replicas.h"

namespace odradek::replica {
namespace {

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

}  // namespace
}  // namespace odradek::replica
