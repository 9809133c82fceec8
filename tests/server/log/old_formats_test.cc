#include <gtest/gtest.h>

#include <vector>

#include "protocol/record/legacy.h"
#include "tests/server/log/log_bench.h"

namespace odradek::log {
namespace {

using protocol::CompressionType;
using protocol::ErrorCode;

// Logs that store magic 0 or 1, as message.format.version may still ask for.
class OldFormats : public ::testing::TestWithParam<int> {
 protected:
  OldFormats() { bench_.options.record_magic = static_cast<std::int8_t>(GetParam()); }

  base::Bytes legacy_set(std::int8_t magic, CompressionType codec, int count) const {
    protocol::LegacySetBuilder builder({.magic = magic, .codec = codec});
    for (int i = 0; i < count; ++i) {
      builder.append(i, 1'700'000'000'000 + i, base::as_bytes("key"), base::as_bytes("value"));
    }
    return *builder.build();
  }
  std::vector<protocol::Offset> record_offsets(const Log& log) const {
    std::vector<protocol::Offset> offsets;
    for (const base::Bytes& entry : read_all(log, 0)) {
      EXPECT_EQ(protocol::BatchView(entry).magic(), GetParam());
      protocol::RecordIterator records{protocol::BatchView(entry)};
      while (const protocol::Record* record = records.next()) offsets.push_back(record->offset);
      EXPECT_TRUE(records.status().ok()) << records.status().error().message;
    }
    return offsets;
  }

  LogBench bench_;
};
INSTANTIATE_TEST_SUITE_P(Magic, OldFormats, ::testing::Values(0, 1));

// The offsets below the one that a wrapper states belong into its segment too.
TEST_P(OldFormats, BeginASegmentBelowAWrapperFarAboveTheLogEnd) {
  constexpr protocol::Offset kFar = 3'000'000'000;
  protocol::LegacySetBuilder builder(
      {.magic = static_cast<std::int8_t>(GetParam()), .codec = CompressionType::kGzip});
  for (protocol::Offset offset : {kFar, kFar + 1, kFar + 2}) {
    builder.append(offset, 1'700'000'000'000, base::as_bytes("key"), base::as_bytes("value"));
  }
  auto log = bench_.load();
  ASSERT_TRUE(log->append_as_follower(*builder.build()).ok());
  EXPECT_EQ(log->log_end_offset(), kFar + 3);
  EXPECT_EQ(log->segments().last()->base_offset(), kFar + 2 - INT32_MAX);
  auto read = log->read({.start_offset = kFar, .upper_bound = kFar + 3, .min_one_message = true});
  EXPECT_EQ(read->slice.size_bytes, log->size_bytes());
  log.reset();
  log = bench_.load();
  EXPECT_EQ(log->log_end_offset(), kFar + 3);
}

TEST_P(OldFormats, StoresWhateverComesInItsOwn) {
  auto log = bench_.load();
  std::vector<protocol::Offset> expected;
  for (CompressionType codec : {CompressionType::kNone, CompressionType::kGzip,
                                CompressionType::kSnappy, CompressionType::kLz4}) {
    for (int magic : {0, 1, 2}) {
      base::Bytes set = magic == 2 ? make_batch({.records = 3, .codec = codec})
                                   : legacy_set(static_cast<std::int8_t>(magic), codec, 3);
      AppendInfo info = append(*log, std::move(set), 4);
      EXPECT_EQ(info.first_offset, static_cast<protocol::Offset>(expected.size()));
      EXPECT_EQ(info.last_offset, info.first_offset + 2);
      EXPECT_EQ(info.record_count, 3);
      for (int i = 0; i < 3; ++i) expected.push_back(info.first_offset + i);
    }
  }
  EXPECT_EQ(record_offsets(*log), expected);
  // As after a kill: everything is looked at again.
  log.reset();
  log = bench_.load();
  EXPECT_EQ(log->log_end_offset(), static_cast<protocol::Offset>(expected.size()));
  EXPECT_EQ(record_offsets(*log), expected);
}

TEST_P(OldFormats, ReadsFromTheWrapperThatHoldsTheOffset) {
  bench_.options.index_interval_bytes = 100;
  auto log = bench_.load();
  for (int i = 0; i < 40; ++i) {
    append(*log, legacy_set(static_cast<std::int8_t>(GetParam()), CompressionType::kGzip, 10));
  }
  for (protocol::Offset offset = 0; offset < 400; ++offset) {
    auto info = log->read({.start_offset = offset, .max_bytes = 1, .upper_bound = 400});
    ASSERT_TRUE(info.ok()) << info.error().message;
    base::Bytes entry = bytes_of(info->slice);
    EXPECT_EQ(protocol::BatchView(entry).last_offset(), offset / 10 * 10 + 9);
  }
}

TEST_P(OldFormats, KeepsNoLeaderEpochs) {
  bench_.options.record_magic = 2;
  auto log = bench_.load();
  ASSERT_TRUE(log->assign_epoch_start(3, 0).ok());
  append(*log, make_batch(), 3);
  EXPECT_EQ(log->latest_epoch(), 3);
  LogOptions options = bench_.options;
  options.record_magic = static_cast<std::int8_t>(GetParam());
  log->set_options(options);
  append(*log, make_batch(), 3);
  EXPECT_EQ(log->latest_epoch(), std::nullopt);
  ASSERT_TRUE(log->assign_epoch_start(4, 2).ok());
  EXPECT_EQ(log->latest_epoch(), std::nullopt);
}

TEST_P(OldFormats, RefusesWhatTheyCannotHold) {
  auto log = bench_.load();
  EXPECT_EQ(refused(*log, make_batch({.producer_id = 5, .producer_epoch = 0, .base_sequence = 0})),
            ErrorCode::kUnsupportedForMessageFormat);
  EXPECT_EQ(refused(*log, make_batch({.codec = CompressionType::kZstd})),
            ErrorCode::kUnsupportedCompressionType);
  EXPECT_EQ(log->log_end_offset(), 0);
}

}  // namespace
}  // namespace odradek::log
