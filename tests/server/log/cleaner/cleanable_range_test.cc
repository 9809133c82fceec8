#include "server/log/cleaner/cleanable_range.h"

#include <gtest/gtest.h>

#include <string>

#include "server/log/cleaner/segment_groups.h"
#include "server/log/cleaner/throttle.h"

namespace odradek::log {
namespace {

// Segments of 100 bytes and 10 offsets each; segment n has records of times 1000 n to 1000 n + 900.
CompactionFacts facts_of(int segments) {
  CompactionFacts facts;
  for (int i = 0; i < segments; ++i) {
    facts.segments.push_back({.base_offset = 10 * i,
                              .size_bytes = 100,
                              .largest_timestamp_ms = 1000 * i + 900,
                              .first_timestamp_ms = 1000 * i});
  }
  facts.log_end_offset = 10 * segments;
  facts.last_stable_offset = facts.log_end_offset;
  facts.now_ms = 1000 * segments;
  return facts;
}

struct RangeCase {
  std::string name;
  std::optional<protocol::Offset> checkpoint;
  protocol::Offset log_start_offset = 0;
  protocol::Offset last_stable_offset = 100;
  std::int64_t min_lag_ms = 0;
  protocol::Offset first_dirty = 0;
  protocol::Offset first_uncleanable = 90;
  std::int64_t clean_bytes = 0;
  std::int64_t cleanable_bytes = 900;
  bool refused = false;
};

TEST(CleanableRange, EndsAtTheActiveSegmentTheLastStableOffsetAndTheLag) {
  const RangeCase cases[] = {
      {.name = "never cleaned"},
      {.name = "half clean",
       .checkpoint = 50,
       .first_dirty = 50,
       .clean_bytes = 500,
       .cleanable_bytes = 400},
      {.name = "clean within a segment",
       .checkpoint = 55,
       .first_dirty = 55,
       .clean_bytes = 500,
       .cleanable_bytes = 400},
      {.name = "all clean",
       .checkpoint = 90,
       .first_dirty = 90,
       .clean_bytes = 900,
       .cleanable_bytes = 0},
      {.name = "an open transaction",
       .last_stable_offset = 35,
       .first_uncleanable = 30,
       .cleanable_bytes = 300},
      {.name = "an open transaction below what is clean",
       .checkpoint = 50,
       .last_stable_offset = 35,
       .first_dirty = 50,
       .first_uncleanable = 50,
       .clean_bytes = 500,
       .cleanable_bytes = 0},
      {.name = "young segments",
       .min_lag_ms = 5000,
       .first_uncleanable = 50,
       .cleanable_bytes = 500},
      {.name = "all young", .min_lag_ms = 50'000, .first_uncleanable = 0, .cleanable_bytes = 0},
      {.name = "a lag that only clean segments have",
       .checkpoint = 80,
       .min_lag_ms = 1000,
       .first_dirty = 80,
       .clean_bytes = 800,
       .cleanable_bytes = 100},
      {.name = "start moved above",
       .checkpoint = 20,
       .log_start_offset = 40,
       .first_dirty = 40,
       .clean_bytes = 400,
       .cleanable_bytes = 500,
       .refused = true},
      {.name = "log cut below", .checkpoint = 101, .refused = true},
  };
  for (const RangeCase& given : cases) {
    SCOPED_TRACE(given.name);
    CompactionFacts facts = facts_of(10);
    facts.checkpoint = given.checkpoint;
    facts.log_start_offset = given.log_start_offset;
    facts.last_stable_offset = given.last_stable_offset;
    LogOptions options;
    options.min_compaction_lag_ms = given.min_lag_ms;
    CleanableRange range = cleanable_range(facts, options);
    EXPECT_EQ(range.first_dirty_offset, given.first_dirty);
    EXPECT_EQ(range.first_uncleanable_offset, given.first_uncleanable);
    EXPECT_EQ(range.clean_bytes, given.clean_bytes);
    EXPECT_EQ(range.cleanable_bytes, given.cleanable_bytes);
    EXPECT_EQ(range.checkpoint_refused, given.refused);
  }
}

TEST(CleanableRange, IsWorthItAboveTheRatioOrWhenOverdue) {
  LogOptions options;
  options.min_cleanable_dirty_ratio = 0.5;
  CompactionFacts facts = facts_of(11);
  facts.checkpoint = 50;
  EXPECT_FALSE(worth_cleaning(cleanable_range(facts, options), options));  // 500 of 1000 bytes
  facts.checkpoint = 40;
  EXPECT_TRUE(worth_cleaning(cleanable_range(facts, options), options));
  facts.checkpoint = 80;
  EXPECT_FALSE(worth_cleaning(cleanable_range(facts, options), options));
  options.max_compaction_lag_ms = 2000;  // the oldest dirty record is 3000 ms old
  CleanableRange overdue = cleanable_range(facts, options);
  EXPECT_EQ(overdue.delay_ms, 1000);
  EXPECT_TRUE(worth_cleaning(overdue, options));
  // Overdue, but not stable yet.
  facts.last_stable_offset = 80;
  EXPECT_FALSE(worth_cleaning(cleanable_range(facts, options), options));
}

TEST(CleanableRange, OfAnEmptyLogIsNotWorthIt) {
  LogOptions options;
  options.min_cleanable_dirty_ratio = 0;
  CompactionFacts facts;
  facts.segments.push_back({});
  EXPECT_FALSE(worth_cleaning(cleanable_range(facts, options), options));
}

TEST(SegmentGroups, KeepWithinEachLimit) {
  using Counts = std::vector<std::size_t>;
  LogOptions options;
  options.segment_bytes = 100;
  options.segment_index_bytes = 80;
  auto grouped = [&](std::vector<GroupingSegment> segments, protocol::Offset end) {
    return group_segments(segments, end, options);
  };
  EXPECT_EQ(grouped({}, 0), Counts{});
  EXPECT_EQ(grouped({{0, 40, 8, 12}, {10, 60, 8, 12}, {20, 1, 8, 12}}, 30), (Counts{2, 1}));
  EXPECT_EQ(grouped({{0, 500, 8, 12}, {10, 500, 8, 12}}, 20), (Counts{1, 1}));
  EXPECT_EQ(grouped({{0, 1, 40, 12}, {10, 1, 48, 12}, {20, 1, 8, 12}}, 30), (Counts{1, 2}));
  EXPECT_EQ(grouped({{0, 1, 8, 60}, {10, 1, 8, 24}}, 20), (Counts{1, 1}));
  constexpr std::int64_t kSpan = std::int64_t{1} << 31;
  EXPECT_EQ(grouped({{5, 1, 0, 0}, {10, 1, 0, 0}}, 5 + kSpan), (Counts{2}));
  EXPECT_EQ(grouped({{5, 1, 0, 0}, {10, 1, 0, 0}}, 6 + kSpan), (Counts{1, 1}));
  // An empty segment may reach as far as it likes.
  EXPECT_EQ(grouped({{5, 1, 0, 0}, {10, 0, 0, 0}}, 9 + kSpan), (Counts{2}));
}

TEST(Throttle, KeepsTheRateOfAllTogether) {
  Throttle throttle(1000);  // bytes a second
  EXPECT_EQ(throttle.rest_ms(500, 0), 500);
  EXPECT_EQ(throttle.rest_ms(500, 500'000'000), 500);
  EXPECT_EQ(throttle.rest_ms(100, 1'000'000'000), 100);
  // Another thread at the same time.
  EXPECT_EQ(throttle.rest_ms(100, 1'000'000'000), 200);
  // Time without work is not saved up.
  EXPECT_EQ(throttle.rest_ms(500, 60'000'000'000), 500);
}

TEST(Throttle, NeverRestsWithoutALimit) {
  Throttle throttle(std::numeric_limits<double>::max());
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(throttle.rest_ms(1 << 30, 0), 0);
}

}  // namespace
}  // namespace odradek::log
