#include "protocol/record/record_iterator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "base/random.h"
#include "protocol/errors.h"
#include "protocol/record/batch_builder.h"
#include "protocol/record/compression/compress.h"
#include "protocol/record/record_walk.h"
#include "tests/protocol/record/golden.h"

namespace odradek::protocol {
namespace {

constexpr CompressionType kCodecs[] = {CompressionType::kNone, CompressionType::kGzip,
                                       CompressionType::kSnappy, CompressionType::kLz4,
                                       CompressionType::kZstd};

base::Bytes batch_of(CompressionType codec, const std::vector<std::string>& values) {
  BatchBuilder builder({.codec = codec});
  std::int64_t timestamp = 1000;
  for (const std::string& value : values) {
    RecordHeader header{"trace", base::as_bytes("x")};
    builder.append(++timestamp, base::as_bytes("key"), base::as_bytes(value), {&header, 1});
  }
  return *builder.build();
}

// A batch whose payload is exactly these bytes, compressed.
base::Bytes batch_of_payload(CompressionType codec, base::ByteView payload, std::int32_t count) {
  base::Bytes batch = batch_of(CompressionType::kNone, {"x"});
  batch.resize(batch_layout::kBatchOverhead);
  EXPECT_TRUE(compress(codec, kDefaultCompressionLevel, payload, batch).ok());
  batch[batch_layout::kAttributes + 1] = static_cast<std::uint8_t>(codec);
  base::store_big_endian(batch.data() + batch_layout::kLength,
                         static_cast<std::int32_t>(batch.size() - batch_layout::kLogOverhead));
  base::store_big_endian(batch.data() + batch_layout::kRecordCount, count);
  base::store_big_endian(batch.data() + batch_layout::kLastOffsetDelta, count - 1);
  MutableBatch(batch).update_crc();
  return batch;
}

base::Bytes payload_of(const base::Bytes& batch) {
  base::ByteView payload = BatchView(batch).payload();
  return {payload.begin(), payload.end()};
}

TEST(RecordIterator, CrossesTheWindowOfCompressedBatches) {
  std::vector<std::string> values;
  for (std::size_t size : {0, 1, 100, 32000, 33000, 65535, 65536, 65537, 200000, 1 << 20, 5}) {
    values.emplace_back(size, static_cast<char>('a' + size % 26));
  }
  for (CompressionType codec : kCodecs) {
    SCOPED_TRACE(codec_name(codec));
    base::Bytes bytes = batch_of(codec, values);
    RecordIterator records((BatchView(bytes)));
    for (std::size_t i = 0; i < values.size(); ++i) {
      const Record* record = records.next();
      ASSERT_NE(record, nullptr) << i << records.status().error().message;
      EXPECT_EQ(base::as_text(*record->value), values[i]) << i;
      EXPECT_EQ(record->offset, static_cast<Offset>(i));
      EXPECT_EQ(record->timestamp, 1001 + static_cast<std::int64_t>(i));
      ASSERT_EQ(record->headers().size(), 1U);
      EXPECT_EQ(record->headers()[0].key, "trace");
    }
    EXPECT_EQ(records.next(), nullptr);
    EXPECT_TRUE(records.status().ok());
    EXPECT_TRUE(check_records(BatchView(bytes)).ok());
  }
}

TEST(RecordIterator, RefusesAPayloadThatEndsAnywhereTooEarlyOrTooLate) {
  base::Bytes payload = payload_of(batch_of(CompressionType::kNone, {"first", "second", ""}));
  for (CompressionType codec : kCodecs) {
    SCOPED_TRACE(codec_name(codec));
    for (std::size_t size = 0; size < payload.size(); ++size) {
      base::Bytes bytes = batch_of_payload(codec, base::ByteView(payload).first(size), 3);
      EXPECT_FALSE(walk_set(bytes).status.ok()) << size;
      EXPECT_FALSE(check_records(BatchView(bytes)).ok()) << size;
    }
    EXPECT_TRUE(check_records(BatchView(batch_of_payload(codec, payload, 3))).ok());
    for (int count : {1, 2, 4, 1 << 30, -1}) {
      base::Bytes bytes = batch_of_payload(codec, payload, count);
      EXPECT_FALSE(walk_set(bytes).status.ok()) << count;
      EXPECT_FALSE(check_records(BatchView(bytes)).ok()) << count;
    }
    base::Bytes longer = payload;
    longer.push_back(0);
    EXPECT_FALSE(check_records(BatchView(batch_of_payload(codec, longer, 3))).ok());
  }
}

TEST(RecordIterator, RefusesHeadersThatAreNotThere) {
  // length, attributes, timestamp, offset, no key, no value, 2^28 headers.
  base::Bytes payload{20, 0, 0, 0, 1, 1, 0x80, 0x80, 0x80, 0x80, 0x02};
  for (CompressionType codec : kCodecs) {
    base::Bytes bytes = batch_of_payload(codec, payload, 1);
    WalkedSet walked = walk_set(bytes);
    ASSERT_FALSE(walked.status.ok());
    EXPECT_EQ(code_of(walked.status.error()), ErrorCode::kInvalidRecord);
    EXPECT_FALSE(check_records(BatchView(bytes)).ok());
  }
}

TEST(RecordIterator, AsTheWalkWithoutValuesNeverReadsThePayloadOfNoRecords) {
  for (CompressionType codec : kCodecs) {
    base::Bytes bytes = batch_of_payload(codec, base::as_bytes("anything"), 0);
    std::fill(bytes.begin() + batch_layout::kBatchOverhead, bytes.end(), 0xd5);
    EXPECT_TRUE(walk_records(BatchView(bytes), [](auto&&...) {}).ok()) << codec_name(codec);
    RecordIterator records((BatchView(bytes)));
    EXPECT_EQ(records.next(), nullptr);
    EXPECT_TRUE(records.status().ok()) << codec_name(codec);
  }
}

TEST(RecordIterator, RefusesCodecsThatNobodyDefined) {
  base::Bytes bytes = batch_of(CompressionType::kNone, {"x"});
  for (std::uint8_t codec : {5, 6, 7}) {
    bytes[batch_layout::kAttributes + 1] = codec;
    EXPECT_EQ(code_of(walk_set(bytes).status.error()), ErrorCode::kUnsupportedCompressionType);
    EXPECT_EQ(code_of(check_records(BatchView(bytes)).error()),
              ErrorCode::kUnsupportedCompressionType);
  }
}

TEST(RecordIterator, DoesNotGrowForARecordBeyondTheLimit) {
  std::string large(1 << 20, 'z');
  base::Bytes bytes = batch_of(CompressionType::kZstd, {large});
  RecordIterator records(BatchView(bytes), {.max_record_size_bytes = 1 << 16});
  EXPECT_EQ(records.next(), nullptr);
  EXPECT_FALSE(records.status().ok());
}

TEST(RecordIterator, ClaimOfAHugeRecordCostsOnlyTheBytesThatAreThere) {
  base::Bytes payload{0xFE, 0xFF, 0xFF, 0x7F, 0, 0, 0};  // says 128 MiB
  for (CompressionType codec : kCodecs) {
    EXPECT_FALSE(walk_set(batch_of_payload(codec, payload, 1)).status.ok());
  }
}

TEST(RecordIterator, SurvivesMutationsOfEverythingThatKafkaWrote) {
  base::Random random(3);
  for (const auto& [name, set] : golden().sets) {
    if (set.bytes.size() > 4000) continue;
    for (int round = 0; round < 300; ++round) {
      base::Bytes mutated = set.bytes;
      for (int i = 0; i < 2; ++i) {
        mutated[random.below(mutated.size())] = static_cast<std::uint8_t>(random());
      }
      WalkedSet walked = walk_set(mutated);
      EXPECT_LT(walked.count, 10000000);
      auto batch = next_batch(mutated);
      bool well_formed = batch && *batch && check_records(**batch).ok();
      // The cheap check and the full walk may not disagree on the first batch.
      if (well_formed && (*batch)->size_bytes() == mutated.size()) {
        EXPECT_TRUE(walked.status.ok()) << name;
      }
    }
  }
}

}  // namespace
}  // namespace odradek::protocol
