#include "server/log/retention.h"

#include <gtest/gtest.h>

#include <vector>

namespace odradek::log {
namespace {

std::vector<SegmentFacts> segments(std::initializer_list<std::int64_t> sizes) {
  std::vector<SegmentFacts> facts;
  for (std::int64_t size : sizes) {
    auto number = static_cast<std::int64_t>(facts.size());
    facts.push_back({number * 10, number * 10 + 10, size, number * 1000});
  }
  return facts;
}

TEST(Retention, DeletesWhatIsOlderThanRetentionMs) {
  LogOptions options{.retention_ms = 1000};
  auto facts = segments({10, 10, 10});
  RetentionBounds bounds{.now_ms = 2500, .high_watermark = 30};
  EXPECT_EQ(deletable_segments(facts, options, bounds), 2u);
  bounds.now_ms = 3001;
  EXPECT_EQ(deletable_segments(facts, options, bounds), 3u);
  bounds.high_watermark = 19;
  EXPECT_EQ(deletable_segments(facts, options, bounds), 1u);
  options.retention_ms = -1;
  EXPECT_EQ(deletable_segments(facts, options, bounds), 0u);
}

TEST(Retention, KeepsAnEmptyLastSegment) {
  LogOptions options{.retention_ms = 0};
  EXPECT_EQ(
      deletable_segments(segments({10, 0}), options, {.now_ms = 1'000'000, .high_watermark = 20}),
      1u);
}

TEST(Retention, KeepsAtLeastRetentionBytes) {
  LogOptions options{.retention_ms = -1, .retention_bytes = 25};
  RetentionBounds bounds{.high_watermark = 100};
  EXPECT_EQ(deletable_segments(segments({10, 10, 10}), options, bounds), 0u);
  EXPECT_EQ(deletable_segments(segments({10, 10, 10, 5}), options, bounds), 1u);
  EXPECT_EQ(deletable_segments(segments({10, 10, 10, 10, 10}), options, bounds), 2u);
  options.retention_bytes = 0;
  EXPECT_EQ(deletable_segments(segments({10, 10}), options, bounds), 2u);
}

TEST(Retention, DeletesBelowTheLogStartEvenWhenOnlyCompacted) {
  LogOptions options{.retention_ms = 0, .cleanup_delete = false, .cleanup_compact = true};
  RetentionBounds bounds{.now_ms = 1'000'000, .high_watermark = 30, .log_start_offset = 20};
  EXPECT_EQ(deletable_segments(segments({10, 10, 10}), options, bounds), 2u);
  bounds.log_start_offset = 19;
  EXPECT_EQ(deletable_segments(segments({10, 10, 10}), options, bounds), 1u);
  bounds.log_start_offset = 30;
  EXPECT_EQ(deletable_segments(segments({10, 10, 10}), options, bounds), 2u);
}

TEST(Rolling, HappensAtSizeTimeIndexAndOffsetLimits) {
  LogOptions options{.segment_bytes = 100, .segment_ms = 50};
  EXPECT_FALSE(should_roll({.size_bytes = 60, .append_bytes = 40}, options));
  EXPECT_TRUE(should_roll({.size_bytes = 60, .append_bytes = 41}, options));
  EXPECT_FALSE(should_roll({.size_bytes = 1, .waited_ms = 50}, options));
  EXPECT_TRUE(should_roll({.size_bytes = 1, .waited_ms = 51}, options));
  EXPECT_TRUE(should_roll({.size_bytes = 1, .waited_ms = 45, .jitter_ms = 10}, options));
  EXPECT_TRUE(should_roll({.size_bytes = 1, .index_full = true}, options));
  EXPECT_TRUE(should_roll({.size_bytes = 1, .last_relative_offset = 1LL << 31}, options));
  EXPECT_FALSE(should_roll({.size_bytes = 0, .append_bytes = 500, .waited_ms = 500}, options));
}

}  // namespace
}  // namespace odradek::log
