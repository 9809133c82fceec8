#include "server/replica/append.h"

#include <gtest/gtest.h>

#include <future>
#include <latch>
#include <optional>
#include <thread>

#include "base/file_faults.h"
#include "tests/server/replica/replicas.h"

namespace odradek::replica {
namespace {

class AppendsTest : public Replicas {
 protected:
  // Led here alone, with flush.messages 1.
  void lead_flushing() {
    ASSERT_EQ(apply(1, kSelf, {kSelf}), ErrorCode::kNone);
    log::LogOptions options;
    options.flush_messages = 1;
    for (const log::LogPtr& log : logs.all()) log->set_options(options);
  }
};

TEST_F(AppendsTest, AcknowledgesNothingBeforeFlushMessagesIsMet) {
  lead_flushing();
  std::latch begun(1);
  std::latch open(1);
  base::FileFaults holding(
      [&](base::FileOperation operation, std::string_view path) -> std::optional<base::FileFault> {
        if (operation == base::FileOperation::kSync && path.ends_with(".log")) {
          if (!begun.try_wait()) begun.count_down();
          open.wait();
        }
        return {};
      });
  auto first = append_in_background(1);
  begun.wait();
  auto second = append_in_background(-1);  // the caller waited for neither
  log::LogPtr log = logs.find({"t", 0});
  EXPECT_EQ(log->log_end_offset(), 2);
  EXPECT_EQ(log->high_watermark(), 0);
  EXPECT_EQ(first.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
  open.count_down();
  EXPECT_EQ(first.get().error, ErrorCode::kNone);
  EXPECT_EQ(second.get().error, ErrorCode::kNone);
  EXPECT_EQ(log->recovery_point(), 2);
  EXPECT_EQ(log->high_watermark(), 2);
}

TEST_F(AppendsTest, TellsWhoeverWaitsWhenALaterFlushCommits) {
  lead_flushing();
  alive({1, 3});
  fetch(0, 0, 0, 2);
  alive({1, 2, 3});  // follower 2 counts as caught up, until it dies
  auto first = append_in_background(-1);
  while (waits.produce.delayed() == 0) std::this_thread::yield();
  alive({1, 3});
  EXPECT_EQ(append_in_background(1).get().error, ErrorCode::kNone);
  EXPECT_EQ(logs.find({"t", 0})->high_watermark(), 2);
  ASSERT_EQ(first.wait_for(std::chrono::seconds(0)), std::future_status::ready);
  EXPECT_EQ(first.get().error, ErrorCode::kNone);
}

TEST_F(AppendsTest, TellsOfAFlushThatFailed) {
  lead_flushing();
  base::FileFaults failing(
      [](base::FileOperation operation, std::string_view path) -> std::optional<base::FileFault> {
        if (operation != base::FileOperation::kSync || !path.ends_with(".log")) return {};
        return base::FileFault();
      });
  EXPECT_EQ(append_in_background(1).get().error, ErrorCode::kKafkaStorageError);
  EXPECT_EQ(logs.find({"t", 0})->high_watermark(), 0);
  EXPECT_EQ(append_in_background(1).get().error, ErrorCode::kKafkaStorageError);
}

}  // namespace
}  // namespace odradek::replica
