// Readers and flushes beside everything that takes files away from under them.

#include <atomic>

#include "base/random.h"
#include "base/thread.h"
#include "tests/server/log/log_bench.h"
#include "tests/support/quiet_log.h"

namespace odradek::log {
namespace {

constexpr int kSteps = 3000;

class LogReaders : public ::testing::Test {
 protected:
  LogReaders() : bench_(4, testing::TemporaryDirectory::in_memory()) {
    bench_.options.segment_bytes = 1500;
    bench_.options.index_interval_bytes = 200;
    bench_.options.retention_bytes = 4000;
    bench_.options.file_delete_delay_ms = 0;
    log_ = bench_.load();
  }

  // Whole, undamaged batches or an offset that is no longer there; nothing else.
  void read_on(std::uint64_t seed) {
    base::Random random(seed);
    while (!done_.load()) {
      protocol::Offset offset = random.between(log_->log_start_offset(), log_->log_end_offset());
      auto info = log_->read({.start_offset = offset,
                              .max_bytes = static_cast<std::int32_t>(random.below(3000)),
                              .upper_bound = log_->high_watermark()});
      if (!info.ok()) note(info.error());
      auto found = log_->offset_for_timestamp(bench_.clock.wall_ms() - 50, log_->high_watermark());
      if (!found.ok()) note(found.error());
      auto place = log_->offset_metadata(offset);
      if (!place.ok()) note(place.error());
      ++reads_;
    }
  }
  void flush_on() {
    while (!done_.load()) {
      base::Status flushed = log_->flush();
      if (!flushed.ok()) note(flushed.error());
    }
  }
  void note(const base::Error& error) {
    if (protocol::code_of(error) == protocol::ErrorCode::kOffsetOutOfRange) return;
    base::MutexLock lock(mutex_);
    errors_.push_back(error.message);
  }
  void disturb(base::Random& random, int step) {
    switch (random.below(8)) {
      case 0:
        ASSERT_TRUE(
            log_->truncate_to(random.between(log_->log_start_offset(), log_->log_end_offset()))
                .ok());
        break;
      case 1:
        ASSERT_TRUE(log_->truncate_fully_and_start_at(log_->log_end_offset() / 2).ok());
        break;
      case 2:
        log_->set_high_watermark(log_->log_end_offset());
        ASSERT_TRUE(log_->delete_old_segments().ok());
        bench_.deleter.run_all();
        break;
      case 3:
        ASSERT_TRUE(log_->rename_directory("topic-" + std::to_string(step)).ok());
        break;
      default:
        append(*log_, make_batch({.timestamp_ms = bench_.clock.wall_ms()}), 1);
        log_->set_high_watermark(log_->log_end_offset());
        break;
    }
    bench_.clock.advance_ms(10);
  }

  testing::QuietLog quiet_;
  LogBench bench_;
  std::unique_ptr<Log> log_;
  std::atomic<bool> done_{false};
  std::atomic<int> reads_{0};
  base::Mutex mutex_;
  std::vector<std::string> errors_ GUARDED_BY(mutex_);
};

TEST_F(LogReaders, BlameNoDiskForWhatTruncationAndRetentionTake) {
  {
    base::Thread first("reader-1", [this] { read_on(1); });
    base::Thread second("reader-2", [this] { read_on(2); });
    base::Thread flusher("flusher", [this] { flush_on(); });
    base::Random random(3);
    for (int i = 0; i < kSteps && !HasFatalFailure(); ++i) disturb(random, i);
    done_.store(true);
  }
  EXPECT_TRUE(bench_.dir.online());
  base::MutexLock lock(mutex_);
  EXPECT_EQ(errors_, std::vector<std::string>());
}

}  // namespace
}  // namespace odradek::log
