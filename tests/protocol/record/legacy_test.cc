#include "protocol/record/legacy.h"

#include <gtest/gtest.h>

#include <string>

#include "base/random.h"
#include "protocol/errors.h"
#include "protocol/record/batch_builder.h"
#include "protocol/record/compression/compress.h"
#include "protocol/record/control_record.h"
#include "protocol/record/down_convert.h"
#include "tests/protocol/record/golden.h"

namespace odradek::protocol {
namespace {

constexpr CompressionType kOldCodecs[] = {CompressionType::kNone, CompressionType::kGzip,
                                          CompressionType::kSnappy, CompressionType::kLz4};

base::Bytes old_set(std::int8_t magic, CompressionType codec, Offset base_offset, int count) {
  LegacySetBuilder builder({.magic = magic, .codec = codec, .base_offset = base_offset});
  for (int i = 0; i < count; ++i) {
    builder.append(base_offset + i, 1000 + i, base::as_bytes("key"), std::nullopt);
  }
  return *builder.build();
}

TEST(LegacyEntries, MakesInnerOffsetsAbsolute) {
  for (std::int8_t magic : {0, 1}) {
    for (CompressionType codec : kOldCodecs) {
      WalkedSet walked = walk_set(old_set(magic, codec, 700, 5));
      ASSERT_TRUE(walked.status.ok()) << walked.status.error().message;
      ASSERT_EQ(walked.count, 5);
      for (int i = 0; i < 5; ++i) {
        std::string timestamp = magic == 0 ? "-1" : std::to_string(1000 + i);
        EXPECT_EQ(walked.records[static_cast<std::size_t>(i)],
                  std::to_string(700 + i) + " " + timestamp + " 6b6579 - -");
      }
    }
  }
}

TEST(LegacyEntries, RefusesAWrapperOffsetBelowItsMessages) {
  base::Bytes bytes = old_set(1, CompressionType::kGzip, 0, 5);
  MutableBatch(bytes).set_base_offset(3);
  EXPECT_EQ(code_of(walk_set(bytes).status.error()), ErrorCode::kInvalidRecord);
  MutableBatch(bytes).set_base_offset(0);
  EXPECT_TRUE(walk_set(bytes).status.ok());
}

TEST(LegacyEntries, RefusesAWrapperInAWrapper) {
  base::Bytes inner = old_set(1, CompressionType::kGzip, 0, 2);
  base::Bytes outer = old_set(1, CompressionType::kNone, 0, 1);
  // Up to its key size, then no key and the inner wrapper as compressed value.
  outer.resize(batch_layout::kLegacyOverheadV1);
  outer[batch_layout::kLegacyAttributes] = static_cast<std::uint8_t>(CompressionType::kGzip);
  ASSERT_TRUE(compress(CompressionType::kGzip, kDefaultCompressionLevel, inner, outer).ok());
  std::size_t value_size = outer.size() - batch_layout::kLegacyOverheadV1;
  base::store_big_endian(outer.data() + 26, std::int32_t{-1});
  base::store_big_endian(outer.data() + 30, static_cast<std::int32_t>(value_size));
  base::store_big_endian(outer.data() + batch_layout::kLength,
                         static_cast<std::int32_t>(outer.size() - batch_layout::kLogOverhead));
  WalkedSet walked = walk_set(outer);
  ASSERT_FALSE(walked.status.ok());
  EXPECT_EQ(code_of(walked.status.error()), ErrorCode::kInvalidRecord);
}

TEST(LegacyEntries, SurvivesEveryTruncationOfAnEntry) {
  for (CompressionType codec : kOldCodecs) {
    base::Bytes bytes = old_set(1, codec, 0, 3);
    for (std::size_t size = 34; size < bytes.size(); ++size) {
      base::Bytes cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
      base::store_big_endian(cut.data() + 8, static_cast<std::int32_t>(size - 12));
      WalkedSet walked = walk_set(cut);
      EXPECT_LT(walked.count, 4);
    }
  }
}

TEST(DownConverter, GoesInChunksAndDropsMarkers) {
  base::Bytes log;
  for (Offset offset = 0; offset < 100; offset += 10) {
    BatchBuilder builder(
        {.codec = offset % 20 == 0 ? CompressionType::kLz4 : CompressionType::kNone,
         .base_offset = offset});
    RecordHeader header{"h", std::nullopt};
    for (int i = 0; i < 9; ++i)
      builder.append(1, base::as_bytes("k"), base::as_bytes("v"), {&header, 1});
    base::Bytes batch = *builder.build();
    log.insert(log.end(), batch.begin(), batch.end());
    base::Bytes marker = end_transaction_batch({ControlRecordType::kCommit, 1}, 5, 0, 1);
    MutableBatch(marker).set_base_offset(offset + 9);
    log.insert(log.end(), marker.begin(), marker.end());
  }
  DownConverter converter(log, 1, 13);
  base::Bytes all;
  int chunks = 0;
  for (auto chunk = converter.next(300); !chunk->empty(); chunk = converter.next(300), ++chunks) {
    all.insert(all.end(), chunk->begin(), chunk->end());
  }
  EXPECT_GT(chunks, 3);
  WalkedSet walked = walk_set(all);
  ASSERT_TRUE(walked.status.ok());
  // 13 to 18 of the uncompressed second batch, all of the other nine.
  EXPECT_EQ(walked.count, 6 + 9 + 8 * 9);
  EXPECT_EQ(converter.records_converted(), walked.count);
}

TEST(DownConverter, TellsZstdOnlyAfterWhatCameBefore) {
  base::Bytes log;
  for (CompressionType codec : {CompressionType::kNone, CompressionType::kZstd}) {
    BatchBuilder builder({.codec = codec});
    builder.append(1, std::nullopt, base::as_bytes("v"));
    base::Bytes batch = *builder.build();
    log.insert(log.end(), batch.begin(), batch.end());
  }
  DownConverter converter(log, 0, 0);
  EXPECT_FALSE(converter.next(1 << 20)->empty());
  EXPECT_EQ(code_of(converter.next(1 << 20).error()), ErrorCode::kUnsupportedCompressionType);
}

TEST(PartialEntryFiller, ReadsAsAnEntryThatIsNotAllThere) {
  for (std::size_t size : {0, 1, 11, 12, 16, 17, 60, 61, 62, 5000}) {
    base::Bytes filler = partial_entry_filler(size, 1000);
    ASSERT_EQ(filler.size(), std::min<std::size_t>(size, 1000));
    auto batch = next_batch(filler);
    ASSERT_TRUE(batch.ok()) << size;
    EXPECT_FALSE(batch->has_value()) << size;
  }
}

TEST(EndTransactionMarker, RefusesWhatIsTooShortOrNoMarker) {
  Record record;
  EXPECT_FALSE(decode_control_type(record).ok());
  base::Bytes key{0, 0, 0, 1};
  base::Bytes value{0, 0, 0, 0, 0, 3};
  for (std::size_t size = 0; size < 4; ++size) {
    record.key = base::ByteView(key).first(size);
    EXPECT_FALSE(decode_control_type(record).ok());
  }
  record.key = key;
  for (std::size_t size = 0; size < 6; ++size) {
    record.value = base::ByteView(value).first(size);
    EXPECT_FALSE(decode_end_transaction_marker(record).ok());
  }
  record.value = value;
  EXPECT_EQ(decode_end_transaction_marker(record)->coordinator_epoch, 3);
  key[3] = 2;
  EXPECT_EQ(*decode_control_type(record), ControlRecordType::kUnknown);
  EXPECT_FALSE(decode_end_transaction_marker(record).ok());
  key[0] = 0x80;
  EXPECT_FALSE(decode_control_type(record).ok());
}

}  // namespace
}  // namespace odradek::protocol
