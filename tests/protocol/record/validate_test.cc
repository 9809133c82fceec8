#include "protocol/record/validate.h"

#include <gtest/gtest.h>

#include <string>

#include "base/random.h"
#include "base/varint.h"
#include "protocol/record/batch_builder.h"
#include "protocol/record/compression/compress.h"
#include "protocol/record/legacy.h"
#include "tests/protocol/record/golden.h"

namespace odradek::protocol {
namespace {

constexpr std::int64_t kNow = 1700000000000;

base::Bytes batch_of(CompressionType codec, int count = 3, Offset base_offset = 0) {
  BatchBuilder builder({.codec = codec, .base_offset = base_offset});
  for (int i = 0; i < count; ++i) {
    builder.append(kNow + i, base::as_bytes("key"), base::as_bytes("value"));
  }
  return *builder.build();
}

ValidationOptions produce(std::int16_t version) {
  ValidationOptions options;
  options.produce_version = version;
  options.now_ms = kNow;
  return options;
}

ErrorCode error_of(base::Bytes bytes, const ValidationOptions& options) {
  return validate_and_assign(bytes, options, 100, 5).error;
}

TEST(ValidateRecords, AssignsOffsetsInPlace) {
  for (CompressionType codec :
       {CompressionType::kNone, CompressionType::kGzip, CompressionType::kSnappy,
        CompressionType::kLz4, CompressionType::kZstd}) {
    base::Bytes bytes = batch_of(codec);
    std::uint32_t crc = BatchView(bytes).crc();
    ValidatedRecords validated = validate_and_assign(bytes, produce(9), 100, 5);
    ASSERT_TRUE(validated.ok()) << validated.error_message;
    EXPECT_TRUE(validated.in_place);
    EXPECT_EQ(validated.records.data(), bytes.data());
    EXPECT_EQ(validated.first_offset, 100);
    EXPECT_EQ(validated.last_offset, 102);
    EXPECT_EQ(validated.max_timestamp, kNow + 2);
    EXPECT_EQ(validated.offset_of_max_timestamp, 102);
    EXPECT_EQ(validated.record_count, 3);
    EXPECT_EQ(BatchView(bytes).base_offset(), 100);
    EXPECT_EQ(BatchView(bytes).partition_leader_epoch(), 5);
    EXPECT_EQ(BatchView(bytes).crc(), crc);
  }
}

TEST(ValidateRecords, TakesExactlyOneBatchFromProduceV3On) {
  base::Bytes two = batch_of(CompressionType::kNone);
  base::Bytes second = two;
  two.insert(two.end(), second.begin(), second.end());
  const base::Bytes& old = golden().sets.at("small-1-none-create").bytes;
  for (std::int16_t version : {3, 8, 11}) {
    EXPECT_EQ(error_of({}, produce(version)), ErrorCode::kInvalidRecord);
    EXPECT_EQ(error_of(two, produce(version)), ErrorCode::kInvalidRecord);
    EXPECT_EQ(error_of(old, produce(version)), ErrorCode::kInvalidRecord);
  }
  EXPECT_EQ(error_of(old, produce(2)), ErrorCode::kNone);
  EXPECT_EQ(error_of({}, produce(2)), ErrorCode::kNone);
  EXPECT_EQ(error_of(two, produce(2)), ErrorCode::kInvalidRecord);
}

TEST(ValidateRecords, TakesZstdFromProduceV7On) {
  EXPECT_EQ(error_of(batch_of(CompressionType::kZstd), produce(6)),
            ErrorCode::kUnsupportedCompressionType);
  EXPECT_EQ(error_of(batch_of(CompressionType::kZstd), produce(7)), ErrorCode::kNone);
  ValidationOptions old_cluster = produce(7);
  old_cluster.zstd_allowed = false;
  EXPECT_EQ(error_of(batch_of(CompressionType::kZstd), old_cluster),
            ErrorCode::kUnsupportedCompressionType);
}

TEST(ValidateRecords, RefusesABaseOffsetOtherThanZeroFromClientsOnly) {
  EXPECT_EQ(error_of(batch_of(CompressionType::kNone, 3, 7), produce(9)),
            ErrorCode::kInvalidRecord);
  ValidationOptions coordinator = produce(-1);
  coordinator.origin = AppendOrigin::kCoordinator;
  EXPECT_EQ(error_of(batch_of(CompressionType::kNone, 3, 7), coordinator), ErrorCode::kNone);
}

TEST(ValidateRecords, MeasuresTheBatchBeforeItsChecksum) {
  base::Bytes bytes = batch_of(CompressionType::kNone);
  ValidationOptions options = produce(9);
  options.max_message_bytes = static_cast<std::int32_t>(bytes.size());
  EXPECT_EQ(error_of(bytes, options), ErrorCode::kNone);
  bytes.back() ^= 1;
  ValidatedRecords corrupt = validate_records(bytes, options);
  EXPECT_EQ(corrupt.error, ErrorCode::kCorruptMessage);
  EXPECT_EQ(corrupt.rejection, Rejection::kInvalidCrc);
  --options.max_message_bytes;
  EXPECT_EQ(error_of(bytes, options), ErrorCode::kMessageTooLarge);
}

TEST(ValidateRecords, MeasuresTheBatchAgainAfterConversion) {
  BatchBuilder builder({.codec = CompressionType::kZstd});
  builder.append(kNow, std::nullopt, base::Bytes(100000));
  ValidationOptions options = produce(9);
  options.target_codec = CompressionType::kNone;
  options.max_message_bytes = 50000;
  EXPECT_EQ(error_of(*builder.build(), options), ErrorCode::kMessageTooLarge);
}

TEST(ValidateRecords, CutsThePartialEntryAtTheEndOff) {
  base::Bytes bytes = batch_of(CompressionType::kNone);
  std::size_t whole = bytes.size();
  bytes.insert(bytes.end(), bytes.begin(), bytes.begin() + 30);
  ValidatedRecords validated = validate_and_assign(bytes, produce(9), 0, 0);
  ASSERT_TRUE(validated.ok());
  EXPECT_EQ(validated.records.size(), whole);
}

TEST(ValidateRecords, NamesTheRecordsWithoutKeyOnACompactedTopic) {
  for (CompressionType codec : {CompressionType::kNone, CompressionType::kLz4}) {
    BatchBuilder builder({.codec = codec});
    builder.append(kNow, base::as_bytes("k"), std::nullopt);
    builder.append(kNow, std::nullopt, base::as_bytes("v"));
    builder.append(kNow, base::ByteView(), base::as_bytes("v"));
    builder.append(kNow, std::nullopt, std::nullopt);
    base::Bytes bytes = *builder.build();
    ValidationOptions options = produce(9);
    options.compacted_topic = true;
    ValidatedRecords validated = validate_records(bytes, options);
    EXPECT_EQ(validated.error, ErrorCode::kInvalidRecord);
    EXPECT_EQ(validated.rejection, Rejection::kNoKeyOnCompactedTopic);
    ASSERT_EQ(validated.record_errors.size(), 2U);
    EXPECT_EQ(validated.record_errors[0].index, 1);
    EXPECT_EQ(validated.record_errors[1].index, 3);
  }
}

TEST(ValidateRecords, KeepsTimestampsWithinTheTwoBounds) {
  ValidationOptions options = produce(9);
  options.timestamp_before_max_ms = 1000;
  options.timestamp_after_max_ms = 500;
  auto error_at = [&](std::int64_t timestamp) {
    BatchBuilder builder({});
    builder.append(timestamp, std::nullopt, std::nullopt);
    return error_of(*builder.build(), options);
  };
  EXPECT_EQ(error_at(kNow - 1000), ErrorCode::kNone);
  EXPECT_EQ(error_at(kNow - 1001), ErrorCode::kInvalidTimestamp);
  EXPECT_EQ(error_at(kNow + 500), ErrorCode::kNone);
  EXPECT_EQ(error_at(kNow + 501), ErrorCode::kInvalidTimestamp);
  EXPECT_EQ(error_at(kNoTimestamp), ErrorCode::kNone);
}

TEST(ValidateRecords, StampsLogAppendTimeWhenOffsetsAreAssigned) {
  base::Bytes bytes = batch_of(CompressionType::kLz4);
  ValidationOptions options = produce(9);
  options.timestamp_type = TimestampType::kLogAppendTime;
  ValidatedRecords validated = validate_records(bytes, options);
  ASSERT_TRUE(validated.ok());
  ASSERT_TRUE(validated.assign_offsets(10, 1, kNow + 5).ok());
  EXPECT_EQ(validated.log_append_time, kNow + 5);
  EXPECT_EQ(validated.max_timestamp, kNow + 5);
  EXPECT_EQ(BatchView(bytes).max_timestamp(), kNow + 5);
  EXPECT_TRUE(BatchView(bytes).check_crc().ok());
}

TEST(ValidateRecords, RenumbersOffsetsThatAreNotConsecutiveWhereItRewritesAnyway) {
  for (const char* name : {"gap-none", "gap-lz4"}) {
    base::Bytes bytes = golden().sets.at(name).bytes;
    ValidationOptions options = produce(9);
    options.target_codec = CompressionType::kNone;
    ValidatedRecords validated = validate_and_assign(bytes, options, 50, 1);
    ASSERT_TRUE(validated.ok()) << validated.error_message;
    EXPECT_FALSE(validated.in_place);
    RecordIterator records(**next_batch(validated.records));
    EXPECT_EQ(records.next()->offset, 50);
    EXPECT_EQ(records.next()->offset, 51);
  }
  EXPECT_EQ(error_of(golden().sets.at("gap-lz4").bytes, produce(9)),
            ErrorCode::kUnknownServerError);
}

TEST(ValidateRecords, GivesOldClientsTheNewFormat) {
  for (const char* name : {"small-0-none-create", "small-0-lz4-create", "small-1-snappy-create",
                           "many-1-gzip", "many-0-snappy"}) {
    SCOPED_TRACE(name);
    base::Bytes bytes = golden().sets.at(name).bytes;
    ValidatedRecords validated = validate_and_assign(bytes, produce(2), 50, 1);
    ASSERT_TRUE(validated.ok()) << validated.error_message;
    EXPECT_FALSE(validated.in_place);
    BatchView batch = **next_batch(validated.records);
    EXPECT_EQ(batch.magic(), 2);
    EXPECT_EQ(batch.base_offset(), 50);
    EXPECT_EQ(batch.record_count(), golden().sets.at(name).count);
    EXPECT_TRUE(batch.check_crc().ok());
  }
}

TEST(ValidateRecords, RefusesPayloadsThatDoNotDecompress) {
  for (CompressionType codec : {CompressionType::kGzip, CompressionType::kSnappy,
                                CompressionType::kLz4, CompressionType::kZstd}) {
    base::Bytes bytes = batch_of(codec, 50);
    bytes.resize(bytes.size() - 3);
    base::store_big_endian(bytes.data() + batch_layout::kLength,
                           static_cast<std::int32_t>(bytes.size() - batch_layout::kLogOverhead));
    MutableBatch(bytes).update_crc();
    EXPECT_EQ(error_of(bytes, produce(9)), ErrorCode::kUnknownServerError) << codec_name(codec);
  }
}

TEST(ValidateRecords, RefusesABombWithoutExpandingAllOfIt) {
  // One record that says 2 GB and brings 1.5 GB of zeros in a few kilobytes.
  base::Bytes head;
  head.resize(5);
  base::encode_varint(head, 0x7FFFFFF0);
  base::Bytes zeros(std::size_t{1} << 28);
  base::Bytes batch(batch_layout::kBatchOverhead);
  BatchBuilder builder({.codec = CompressionType::kZstd});
  builder.append(kNow, std::nullopt, std::nullopt);
  base::Bytes header = *builder.build();
  std::copy_n(header.begin(), batch.size(), batch.begin());
  ASSERT_TRUE(compress(CompressionType::kZstd, 1, head, batch).ok());
  base::Bytes frame;
  ASSERT_TRUE(compress(CompressionType::kZstd, 1, zeros, frame).ok());
  for (int i = 0; i < 6; ++i) batch.insert(batch.end(), frame.begin(), frame.end());
  base::store_big_endian(batch.data() + batch_layout::kLength,
                         static_cast<std::int32_t>(batch.size() - batch_layout::kLogOverhead));
  MutableBatch(batch).update_crc();
  EXPECT_LT(batch.size(), 300000U);
  EXPECT_EQ(error_of(batch, produce(9)), ErrorCode::kInvalidRecord);
}

TEST(ValidateRecords, SurvivesMutationsWithAndWithoutARightChecksum) {
  base::Random random(11);
  for (const auto& [name, set] : golden().sets) {
    if (set.bytes.size() > 4000) continue;
    for (int round = 0; round < 200; ++round) {
      base::Bytes bytes = set.bytes;
      for (int i = 0; i < 2; ++i) {
        bytes[random.below(bytes.size())] = static_cast<std::uint8_t>(random());
      }
      auto batch = next_batch(bytes);
      if (batch && *batch && round % 4 != 0) MutableBatch(bytes).update_crc();
      ValidationOptions options = produce(round % 2 == 0 ? -1 : 2);
      options.max_message_bytes = 1 << 20;
      options.target_magic = static_cast<std::int8_t>(round % 3);
      if (round % 5 == 0) options.target_codec = CompressionType::kLz4;
      if (round % 7 == 0) options.origin = AppendOrigin::kCoordinator;
      if (round % 2 == 0) options.timestamp_type = TimestampType::kLogAppendTime;
      ValidatedRecords validated = validate_and_assign(bytes, options, 5000, 2);
      if (!validated.ok()) continue;
      // Whatever passes must be readable by everybody afterwards.
      WalkedSet walked = walk_set(validated.records);
      EXPECT_TRUE(walked.status.ok()) << name << ": " << walked.status.error().message;
      EXPECT_EQ(walked.count, validated.record_count) << name;
    }
  }
}

}  // namespace
}  // namespace odradek::protocol
