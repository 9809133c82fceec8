#include "server/log/log_copy.h"

#include <algorithm>

#include "base/random.h"
#include "tests/server/log/log_bench.h"

namespace odradek::log {
namespace {

// Two logs of one partition, in two log directories.
class LogCopy : public ::testing::Test {
 protected:
  LogCopy() {
    first.options.segment_bytes = 2000;
    second.options.segment_bytes = 3000;
    original = first.load_clean();
    copy = second.load_clean();
  }
  void write(int batches, protocol::LeaderEpoch epoch, std::uint8_t fill = 'x') {
    for (int i = 0; i < batches; ++i)
      append(*original, make_batch({.records = 3, .fill = fill}), epoch);
    original->set_high_watermark(original->log_end_offset());
  }
  void follow(std::int32_t max_bytes = 700) {
    for (;;) {
      auto copied = copy_some(*original, *copy, max_bytes);
      ASSERT_TRUE(copied.ok()) << copied.error().message;
      if (*copied == 0) return;
    }
  }
  void expect_same() {
    EXPECT_EQ(copy->log_end_offset(), original->log_end_offset());
    EXPECT_EQ(copy->log_start_offset(), original->log_start_offset());
    EXPECT_EQ(copy->high_watermark(), original->high_watermark());
    protocol::Offset start = original->log_start_offset();
    EXPECT_EQ(read_all(*copy, start), read_all(*original, start));
  }

  LogBench first;
  LogBench second;
  std::unique_ptr<Log> original;
  std::unique_ptr<Log> copy;
};

TEST_F(LogCopy, TakesOverRecordsEpochsWatermarkAndStart) {
  write(10, 0);
  write(10, 3);
  ASSERT_TRUE(original->advance_log_start_offset(4).ok());
  follow();
  expect_same();
  EXPECT_EQ(copy->end_offset_for_epoch(0).end_offset, 30);
  EXPECT_EQ(copy->latest_epoch(), 3);
}

TEST_F(LogCopy, BeginsWithinABatchWhereTheOriginalDoes) {
  write(1, 0);
  write(20, 1);
  ASSERT_TRUE(original->advance_log_start_offset(31).ok());
  ASSERT_TRUE(original->delete_old_segments().ok());
  ASSERT_GT(original->first_segment_offset(), 0);
  follow();
  expect_same();
  EXPECT_EQ(copy->log_start_offset(), 31);
}

TEST_F(LogCopy, GoesOnWhereRetentionOvertookIt) {
  write(3, 0);
  follow();
  write(30, 0);
  ASSERT_TRUE(original->advance_log_start_offset(60).ok());
  ASSERT_TRUE(original->delete_old_segments().ok());
  follow();
  expect_same();
}

TEST_F(LogCopy, DropsWhatTheOriginalLostToAnotherLeader) {
  write(4, 0);
  write(4, 1, 'a');
  follow();
  ASSERT_TRUE(original->truncate_to(12).ok());
  write(6, 2, 'b');
  EXPECT_EQ(common_end(*original, *copy), 12);
  follow();
  expect_same();
  EXPECT_EQ(copy->end_offset_for_epoch(1), (EpochEndOffset{0, 12}));
}

TEST_F(LogCopy, TakesOverAnEpochWithoutRecordsAtTheEnd) {
  write(4, 0);
  follow();
  ASSERT_TRUE(original->assign_epoch_start(7, 12).ok());
  EXPECT_EQ(copy->latest_epoch(), 0);
  ASSERT_TRUE(copy_last_epochs(*original, *copy).ok());
  EXPECT_EQ(copy->epochs().entries(), original->epochs().entries());
}

TEST_F(LogCopy, KeepsProducersAndTheirSequences) {
  append(*original,
         make_batch({.records = 2, .producer_id = 5, .producer_epoch = 1, .base_sequence = 0}));
  original->set_high_watermark(2);
  follow();
  ASSERT_EQ(copy->producers().size(), 1u);
  EXPECT_EQ(copy->producers()[0].last_sequence(), 1);
  EXPECT_TRUE(
      append(*copy,
             make_batch({.records = 2, .producer_id = 5, .producer_epoch = 1, .base_sequence = 0}))
          .duplicate);
}

// Whatever happens to the original in between, the copy is the same in the end.
TEST_F(LogCopy, FollowsAnyHistory) {
  base::Random random(42);
  protocol::LeaderEpoch epoch = 0;
  for (int step = 0; step < 400; ++step) {
    std::uint64_t choice = random.below(10);
    protocol::Offset start = original->log_start_offset();
    protocol::Offset length = original->log_end_offset() - start;
    auto somewhere =
        start + static_cast<protocol::Offset>(random.below(static_cast<std::uint64_t>(length) + 1));
    if (choice < 4) {
      write(1 + static_cast<int>(random.below(4)), epoch,
            static_cast<std::uint8_t>('a' + random.below(26)));
    } else if (choice < 6) {
      ASSERT_TRUE(copy_some(*original, *copy, 900).ok());
    } else if (choice == 6) {
      ASSERT_TRUE(original->truncate_to(somewhere).ok());
      ++epoch;
    } else if (choice == 7 && random.below(3) == 0) {
      ASSERT_TRUE(
          original->advance_log_start_offset(std::min(somewhere, original->high_watermark())).ok());
      ASSERT_TRUE(original->delete_old_segments().ok());
    } else if (choice == 8) {
      ASSERT_TRUE(copy->close().ok());
      copy = second.load_clean();
    } else if (random.below(4) == 0) {
      follow();
      expect_same();
    }
  }
  follow();
  expect_same();
}

}  // namespace
}  // namespace odradek::log
