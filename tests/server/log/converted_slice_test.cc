#include "server/log/converted_slice.h"

#include <algorithm>

#include "protocol/record/control_record.h"
#include "protocol/record/down_convert.h"
#include "tests/server/log/log_bench.h"

namespace odradek::log {
namespace {

using protocol::CompressionType;
using protocol::ErrorCode;

class ConvertedSliceTest : public ::testing::Test {
 protected:
  void add(const base::Bytes& batch) { bytes_.insert(bytes_.end(), batch.begin(), batch.end()); }
  // `count` batches of ten records each, of the codecs in turn.
  void add_many(int count, std::size_t value_bytes,
                const std::vector<CompressionType>& codecs = {
                    CompressionType::kNone, CompressionType::kGzip, CompressionType::kSnappy,
                    CompressionType::kLz4}) {
    for (int i = 0; i < count; ++i) {
      add(make_batch({.records = 10,
                      .value_bytes = value_bytes,
                      .base_offset = 10 * i,
                      .codec = codecs[static_cast<std::size_t>(i) % codecs.size()]}));
    }
  }
  void write() {
    auto file = base::File::open(path_, base::File::Mode::kTruncate);
    ASSERT_TRUE(file) << file.error().message;
    ASSERT_TRUE(file->write_at(bytes_, 0));
    file_ = std::make_shared<base::File>(std::move(*file));
  }
  base::Result<protocol::GeneratedBytes> open(std::size_t size, std::int8_t magic = 1,
                                              protocol::Offset first = 0, bool keep_first = true) {
    return ConvertedSlice::open({.slice = {file_, 0, static_cast<std::int64_t>(size)},
                                 .magic = magic,
                                 .first_offset = first,
                                 .keep_first = keep_first});
  }
  // Everything that was promised, taken in steps of `step` bytes.
  base::Bytes drain(const protocol::GeneratedBytes& generated, std::size_t step = 10'000) {
    base::Bytes all;
    while (all.size() < generated.size_bytes) {
      auto piece = generated.source->peek();
      CHECK(piece.ok()) << piece.error().message;
      CHECK(!piece->empty());
      largest_piece_ = std::max(largest_piece_, piece->size());
      base::ByteView taken = piece->first(std::min(piece->size(), step));
      all.insert(all.end(), taken.begin(), taken.end());
      generated.source->consume(taken.size());
    }
    CHECK_EQ(all.size(), generated.size_bytes);
    return all;
  }
  base::Bytes converted_at_once(std::int8_t magic, protocol::Offset first = 0) {
    protocol::DownConverter converter(bytes_, magic, first);
    return *converter.next(bytes_.size());
  }
  // As far as clients read: up to the entry that is cut off.
  static base::Bytes whole_entries(base::ByteView bytes) {
    protocol::BatchReader reader(bytes);
    for (;;) {
      auto entry = reader.next();
      CHECK(entry.ok()) << entry.error().message;
      if (!entry->has_value()) break;
    }
    return {bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(reader.position())};
  }

  testing::TemporaryDirectory directory_;
  const std::string path_ = directory_.file("segment.log");
  base::Bytes bytes_;
  std::shared_ptr<base::File> file_;
  std::size_t largest_piece_ = 0;
};

TEST_F(ConvertedSliceTest, GivesInPiecesWhatConversionAtOnceGives) {
  add_many(400, 500);
  write();
  for (std::int8_t magic : {0, 1}) {
    for (bool keep_first : {true, false}) {
      base::Bytes expected = converted_at_once(magic, 5);
      auto generated = open(bytes_.size(), magic, 5, keep_first);
      ASSERT_TRUE(generated.ok()) << generated.error().message;
      EXPECT_EQ(generated->size_bytes, bytes_.size());
      base::Bytes all = drain(*generated);
      base::Bytes whole = whole_entries(all);
      // Old formats take more room, so that the promise is used up before the records are.
      ASSERT_LE(whole.size(), expected.size());
      EXPECT_TRUE(std::equal(whole.begin(), whole.end(), expected.begin()));
      EXPECT_GT(whole.size() + 20'000, std::min(all.size(), expected.size()));
    }
  }
  EXPECT_LT(largest_piece_, 2 * ConvertedSlice::kPieceBytes);
}

TEST_F(ConvertedSliceTest, FillsWhatConversionDoesNot) {
  // Headers are dropped, and nearly all of these records is headers.
  protocol::BatchBuilder builder({});
  const std::string long_text(300'000, 'h');
  const protocol::RecordHeader header{"name", base::as_bytes(long_text)};
  builder.append(1, base::as_bytes("key"), base::as_bytes("value"), {&header, 1});
  add(*builder.build());
  write();
  auto generated = open(bytes_.size());
  ASSERT_TRUE(generated.ok());
  EXPECT_EQ(generated->size_bytes, bytes_.size());
  base::Bytes all = drain(*generated);
  EXPECT_EQ(whole_entries(all), converted_at_once(1));
  EXPECT_LE(largest_piece_, ConvertedSlice::kPieceBytes);
}

TEST_F(ConvertedSliceTest, HoldsTheFirstBatchWholeHoweverLargeItGets) {
  add(make_batch({.records = 1000, .value_bytes = 1}));
  write();
  auto generated = open(bytes_.size(), 1);
  ASSERT_TRUE(generated.ok());
  EXPECT_GT(generated->size_bytes, bytes_.size());
  EXPECT_EQ(drain(*generated), converted_at_once(1));
}

TEST_F(ConvertedSliceTest, ShowsACutEntryWhenNothingHasAnEquivalent) {
  add(protocol::end_transaction_batch({protocol::ControlRecordType::kCommit, 1}, 5, 0, 1));
  write();
  auto generated = open(bytes_.size());
  ASSERT_TRUE(generated.ok());
  EXPECT_EQ(generated->size_bytes, 12U);
  EXPECT_TRUE(whole_entries(drain(*generated)).empty());
}

TEST_F(ConvertedSliceTest, HasNothingWithoutAWholeBatch) {
  add_many(2, 100, {CompressionType::kNone});
  write();
  for (std::size_t size : {1U, 13U, 40U, 61U, 300U}) {
    auto generated = open(size);
    ASSERT_TRUE(generated.ok());
    EXPECT_EQ(generated->size_bytes, 0U) << size;
  }
}

TEST_F(ConvertedSliceTest, TellsOfZstdWhenItComesFirstAndStopsBeforeItElse) {
  add_many(2, 100, {CompressionType::kGzip, CompressionType::kZstd});
  write();
  std::size_t first = protocol::BatchView(bytes_).size_bytes();
  auto generated = open(bytes_.size());
  ASSERT_TRUE(generated.ok());
  base::Bytes whole = whole_entries(drain(*generated));
  bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(first));
  EXPECT_EQ(protocol::BatchView(whole).last_offset(), 9);
  write();
  EXPECT_EQ(protocol::code_of(open(bytes_.size()).error()), ErrorCode::kUnsupportedCompressionType);
}

TEST_F(ConvertedSliceTest, StopsBeforeADamagedBatch) {
  add_many(3, 100, {CompressionType::kNone, CompressionType::kLz4});
  std::size_t first = protocol::BatchView(bytes_).size_bytes();
  bytes_[first + 70] ^= 0xFF;
  write();
  auto generated = open(bytes_.size());
  ASSERT_TRUE(generated.ok());
  base::Bytes expected = whole_entries(drain(*generated));
  bytes_.resize(first);
  EXPECT_EQ(expected, converted_at_once(1));
}

TEST_F(ConvertedSliceTest, FailsWhenTheFileEndsBeforeTheSlice) {
  add_many(40, 20'000, {CompressionType::kNone});
  write();
  auto generated = open(bytes_.size());
  ASSERT_TRUE(generated.ok());
  ASSERT_TRUE(file_->truncate(300'000));
  std::size_t taken = 0;
  for (;;) {
    auto piece = generated->source->peek();
    if (!piece) break;
    taken += piece->size();
    ASSERT_LT(taken, bytes_.size());
    generated->source->consume(piece->size());
  }
  EXPECT_GT(taken, 0U);
}

TEST_F(ConvertedSliceTest, OutlivesTheSegment) {
  add_many(100, 5000);
  write();
  base::Bytes expected = converted_at_once(1);
  auto generated = open(bytes_.size(), 1, 0, false);
  ASSERT_TRUE(generated.ok());
  ASSERT_TRUE(base::remove_file(path_));
  base::Bytes whole = whole_entries(drain(*generated));
  ASSERT_GT(whole.size(), bytes_.size() / 2);
  EXPECT_TRUE(std::equal(whole.begin(), whole.end(), expected.begin()));
}

TEST_F(ConvertedSliceTest, SplitsABatchThatExpandsBeyondMeasure) {
  add(make_batch({.records = 60, .value_bytes = 1 << 20, .codec = CompressionType::kGzip}));
  write();
  auto generated = open(bytes_.size());
  ASSERT_TRUE(generated.ok());
  base::Bytes all = drain(*generated);
  protocol::BatchReader reader(all);
  int messages = 0;
  protocol::Offset next = 0;
  for (auto entry = reader.next(); *entry; entry = reader.next(), ++messages) {
    protocol::RecordIterator records(**entry);
    while (const protocol::Record* record = records.next()) EXPECT_EQ(record->offset, next++);
    EXPECT_TRUE(records.status().ok()) << records.status().error().message;
  }
  EXPECT_EQ(next, 60);
  EXPECT_EQ(messages, 8);
}

}  // namespace
}  // namespace odradek::log
