#include "protocol/record/batch.h"

#include <gtest/gtest.h>

#include <limits>

#include "protocol/errors.h"
#include "protocol/record/batch_builder.h"

namespace odradek::protocol {
namespace {

base::Bytes one_batch(Offset base_offset = 0, int count = 3) {
  BatchBuilder builder({.base_offset = base_offset, .producer_id = 7, .base_sequence = 5});
  for (int i = 0; i < count; ++i) builder.append(100 + i, std::nullopt, base::as_bytes("value"));
  auto built = builder.build();
  return *built;
}

TEST(BatchView, ReadsEveryFieldOfTheHeader) {
  BatchBuilder builder({.base_offset = 42,
                        .producer_id = 7,
                        .producer_epoch = 3,
                        .base_sequence = std::numeric_limits<std::int32_t>::max(),
                        .transactional = true,
                        .control = true,
                        .partition_leader_epoch = 9});
  builder.append(100, std::nullopt, std::nullopt);
  builder.append(90, std::nullopt, std::nullopt);
  base::Bytes bytes = *builder.build();
  BatchView batch(bytes);
  EXPECT_EQ(batch.base_offset(), 42);
  EXPECT_EQ(batch.last_offset(), 43);
  EXPECT_EQ(batch.next_offset(), 44);
  EXPECT_EQ(batch.size_bytes(), bytes.size());
  EXPECT_EQ(batch.partition_leader_epoch(), 9);
  EXPECT_EQ(batch.magic(), 2);
  EXPECT_TRUE(batch.is_transactional());
  EXPECT_TRUE(batch.is_control());
  EXPECT_FALSE(batch.has_delete_horizon());
  EXPECT_EQ(batch.codec(), CompressionType::kNone);
  EXPECT_EQ(batch.base_timestamp(), 100);
  EXPECT_EQ(batch.max_timestamp(), 100);
  EXPECT_EQ(batch.producer_id(), 7);
  EXPECT_EQ(batch.producer_epoch(), 3);
  EXPECT_EQ(batch.last_sequence(), 0);
  EXPECT_EQ(batch.record_count(), 2);
  EXPECT_TRUE(batch.check_crc().ok());
}

TEST(BatchView, NoticesEveryChangedByteThatTheChecksumCovers) {
  base::Bytes bytes = one_batch();
  for (std::size_t i = batch_layout::kCrc; i < bytes.size(); ++i) {
    bytes[i] ^= 0x40;
    EXPECT_FALSE(BatchView(bytes).check_crc().ok()) << i;
    bytes[i] ^= 0x40;
  }
}

TEST(MutableBatch, PlacesABatchWithoutTouchingItsChecksum) {
  base::Bytes bytes = one_batch();
  std::uint32_t crc = BatchView(bytes).crc();
  MutableBatch batch(bytes);
  batch.set_last_offset(1002);
  batch.set_partition_leader_epoch(12);
  EXPECT_EQ(batch.base_offset(), 1000);
  EXPECT_EQ(batch.partition_leader_epoch(), 12);
  EXPECT_EQ(batch.crc(), crc);
  EXPECT_TRUE(batch.check_crc().ok());
}

TEST(MutableBatch, StampsLogAppendTimeWithANewChecksum) {
  base::Bytes bytes = one_batch();
  MutableBatch batch(bytes);
  batch.set_max_timestamp(TimestampType::kLogAppendTime, 777);
  EXPECT_EQ(batch.max_timestamp(), 777);
  EXPECT_EQ(batch.timestamp_type(), TimestampType::kLogAppendTime);
  EXPECT_TRUE(batch.check_crc().ok());
}

TEST(NextBatch, SaysThatEveryTruePrefixIsNotABatchYet) {
  base::Bytes bytes = one_batch();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    auto batch = next_batch(base::ByteView(bytes).first(size));
    ASSERT_TRUE(batch.ok()) << size;
    EXPECT_FALSE(batch->has_value()) << size;
  }
  EXPECT_TRUE((*next_batch(bytes)).has_value());
}

TEST(NextBatch, RefusesSizesBelowTheHeaderAndUnknownMagic) {
  for (std::int32_t length : {-1, 0, 13, 14, 48, std::numeric_limits<std::int32_t>::min()}) {
    base::Bytes bytes = one_batch();
    base::store_big_endian(bytes.data() + batch_layout::kLength, length);
    auto batch = next_batch(bytes);
    ASSERT_FALSE(batch.ok()) << length;
    EXPECT_EQ(code_of(batch.error()), ErrorCode::kCorruptMessage);
  }
  for (int magic : {3, 127, 255}) {
    base::Bytes bytes = one_batch();
    bytes[batch_layout::kMagic] = static_cast<std::uint8_t>(magic);
    EXPECT_FALSE(next_batch(bytes).ok());
  }
}

TEST(NextBatch, WaitsForWhatAHugeLengthPromises) {
  base::Bytes bytes = one_batch();
  base::store_big_endian(bytes.data() + batch_layout::kLength,
                         std::numeric_limits<std::int32_t>::max());
  EXPECT_FALSE((*next_batch(bytes)).has_value());
  EXPECT_EQ((**batch_header(bytes)).size_bytes(), std::size_t{0x7FFFFFFF} + 12);
}

TEST(BatchReader, WalksBatchesAndLeavesThePartialOne) {
  base::Bytes bytes = one_batch(0);
  base::Bytes second = one_batch(3);
  std::size_t whole = bytes.size() + second.size();
  bytes.insert(bytes.end(), second.begin(), second.end());
  bytes.insert(bytes.end(), second.begin(), second.begin() + 40);
  BatchReader reader(bytes);
  EXPECT_EQ((**reader.next()).base_offset(), 0);
  EXPECT_EQ((**reader.next()).base_offset(), 3);
  EXPECT_FALSE((*reader.next()).has_value());
  EXPECT_EQ(reader.position(), whole);
}

TEST(Sequences, WrapFromTheGreatestToZero) {
  constexpr std::int32_t kMax = std::numeric_limits<std::int32_t>::max();
  EXPECT_EQ(increment_sequence(kMax, 1), 0);
  EXPECT_EQ(increment_sequence(kMax - 1, 5), 3);
  EXPECT_EQ(decrement_sequence(0, 1), kMax);
  EXPECT_EQ(decrement_sequence(3, 5), kMax - 1);
}

TEST(BatchBuilder, KeepsTheDeleteHorizonAsBaseTimestamp) {
  BatchBuilder builder({.delete_horizon_ms = 5000});
  builder.append_at(0, 100, base::as_bytes("k"), std::nullopt);
  builder.override_last_offset(9);
  base::Bytes bytes = *builder.build();
  EXPECT_EQ(BatchView(bytes).delete_horizon_ms(), 5000);
  EXPECT_EQ(BatchView(bytes).last_offset(), 9);
  EXPECT_EQ(BatchView(bytes).max_timestamp(), 100);
}

TEST(EmptyBatch, KeepsTheSequenceWithoutRecords) {
  base::Bytes bytes =
      empty_batch({.base_offset = 10, .producer_id = 7, .base_sequence = 3}, 14, 99);
  BatchView batch(bytes);
  EXPECT_EQ(bytes.size(), batch_layout::kBatchOverhead);
  EXPECT_EQ(batch.last_offset(), 14);
  EXPECT_EQ(batch.last_sequence(), 7);
  EXPECT_EQ(batch.record_count(), 0);
  EXPECT_TRUE(batch.check_crc().ok());
}

}  // namespace
}  // namespace odradek::protocol
