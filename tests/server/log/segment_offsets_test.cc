#include "server/log/segment_offsets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/log/read_info.h"
#include "tests/server/log/log_bench.h"

namespace odradek::log {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::int64_t kFarMs = 10'000'000'000'000;

class SegmentOffsetsTest : public ::testing::Test {
 protected:
  void append(int batches) {
    for (int i = 0; i < batches; ++i) {
      base::Bytes batch = make_batch();
      ASSERT_TRUE(log_->append_as_leader(batch, {.leader_epoch = 0}).ok());
    }
  }
  std::vector<protocol::Offset> before(std::int64_t timestamp_ms, std::size_t max_count = 9) {
    return *segment_offsets_before(*log_, timestamp_ms, max_count, kFarMs);
  }

  LogBench bench_;
  std::unique_ptr<Log> log_ = [this] {
    bench_.options.segment_bytes = 400;  // two batches
    return bench_.load();
  }();
};

TEST_F(SegmentOffsetsTest, OfAnEmptyLogIsItsStart) {
  EXPECT_THAT(before(kLatestTimestamp), ElementsAre(0));
  EXPECT_THAT(before(kEarliestTimestamp), ElementsAre(0));
  EXPECT_THAT(before(kFarMs), ElementsAre(0));
  EXPECT_THAT(before(0), IsEmpty());
}

TEST_F(SegmentOffsetsTest, AreTheEndAndTheBeginningsNewestFirst) {
  append(5);
  EXPECT_THAT(before(kLatestTimestamp), ElementsAre(5, 4, 2, 0));
  EXPECT_THAT(before(kLatestTimestamp, 2), ElementsAre(5, 4));
  EXPECT_THAT(before(kLatestTimestamp, 0), IsEmpty());
  EXPECT_THAT(before(kEarliestTimestamp), ElementsAre(0));
  EXPECT_THAT(before(kFarMs - 1), ElementsAre(4, 2, 0));
  EXPECT_THAT(before(kFarMs), ElementsAre(5, 4, 2, 0));
  EXPECT_THAT(before(1), IsEmpty());
}

TEST_F(SegmentOffsetsTest, DoNotLieBelowTheLogStart) {
  append(5);
  log_->set_high_watermark(5);
  ASSERT_TRUE(log_->advance_log_start_offset(1).ok());
  EXPECT_THAT(before(kLatestTimestamp), ElementsAre(5, 4, 2, 1));
}

TEST(VisibleOffsets, EndAtTheHighWatermark) {
  EXPECT_THAT(visible_offsets({5, 4, 2, 0}, 5), ElementsAre(5, 4, 2, 0));
  EXPECT_THAT(visible_offsets({5, 4, 2, 0}, 3), ElementsAre(3, 2, 0));
  EXPECT_THAT(visible_offsets({5, 4}, 0), ElementsAre(0));
  EXPECT_THAT(visible_offsets({}, 3), IsEmpty());
}

}  // namespace
}  // namespace odradek::log
