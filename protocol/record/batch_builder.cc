#include "protocol/record/batch_builder.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "base/endian.h"
#include "base/log.h"
#include "base/varint.h"
#include "protocol/record/compression/compress.h"

namespace odradek::protocol {
namespace {

namespace layout = batch_layout;

void append_varint(base::Bytes& out, std::int32_t value) {
  std::array<std::uint8_t, base::kMaxVarintSize> raw;
  std::size_t size = base::encode_varint(raw, value);
  out.insert(out.end(), raw.begin(), raw.begin() + size);
}

void append_varlong(base::Bytes& out, std::int64_t value) {
  std::array<std::uint8_t, base::kMaxVarlongSize> raw;
  std::size_t size = base::encode_varlong(raw, value);
  out.insert(out.end(), raw.begin(), raw.begin() + size);
}

void append_nullable(base::Bytes& out, std::optional<base::ByteView> bytes) {
  append_varint(out, bytes ? static_cast<std::int32_t>(bytes->size()) : -1);
  if (bytes) out.insert(out.end(), bytes->begin(), bytes->end());
}

std::size_t nullable_size(std::optional<base::ByteView> bytes) {
  if (!bytes) return 1;
  return base::varint_size(static_cast<std::int32_t>(bytes->size())) + bytes->size();
}

std::int16_t attributes_of(const BatchOptions& options) {
  int attributes = static_cast<int>(options.codec);
  if (options.timestamp_type == TimestampType::kLogAppendTime) {
    attributes |= layout::kTimestampTypeMask;
  }
  if (options.transactional) attributes |= layout::kTransactionalMask;
  if (options.control) attributes |= layout::kControlMask;
  if (options.delete_horizon_ms) attributes |= layout::kDeleteHorizonMask;
  return static_cast<std::int16_t>(attributes);
}

struct BatchNumbers {
  std::int32_t last_offset_delta;
  std::int64_t base_timestamp;
  std::int64_t max_timestamp;
  std::int32_t record_count;
};

void write_batch_header(base::Bytes& batch, const BatchOptions& options,
                        const BatchNumbers& numbers) {
  std::uint8_t* at = batch.data();
  base::store_big_endian(at + layout::kOffset, options.base_offset);
  base::store_big_endian(at + layout::kLength,
                         static_cast<std::int32_t>(batch.size() - layout::kLogOverhead));
  base::store_big_endian(at + layout::kPartitionLeaderEpoch, options.partition_leader_epoch);
  at[layout::kMagic] = 2;
  base::store_big_endian(at + layout::kAttributes, attributes_of(options));
  base::store_big_endian(at + layout::kLastOffsetDelta, numbers.last_offset_delta);
  base::store_big_endian(at + layout::kBaseTimestamp, numbers.base_timestamp);
  base::store_big_endian(at + layout::kMaxTimestamp, numbers.max_timestamp);
  base::store_big_endian(at + layout::kProducerId, options.producer_id);
  base::store_big_endian(at + layout::kProducerEpoch, options.producer_epoch);
  base::store_big_endian(at + layout::kBaseSequence, options.base_sequence);
  base::store_big_endian(at + layout::kRecordCount, numbers.record_count);
  MutableBatch(batch).update_crc();
}

}  // namespace

BatchBuilder::BatchBuilder(BatchOptions options)
    : options_(options), bytes_(layout::kBatchOverhead), last_offset_(options.base_offset - 1) {}

void BatchBuilder::append(std::int64_t timestamp, std::optional<base::ByteView> key,
                          std::optional<base::ByteView> value,
                          std::span<const RecordHeader> headers) {
  append_at(last_offset_ + 1, timestamp, key, value, headers);
}

void BatchBuilder::append_at(Offset offset, std::int64_t timestamp,
                             std::optional<base::ByteView> key, std::optional<base::ByteView> value,
                             std::span<const RecordHeader> headers) {
  header_scratch_.clear();
  for (const RecordHeader& header : headers) {
    append_nullable(header_scratch_, base::as_bytes(header.key));
    append_nullable(header_scratch_, header.value);
  }
  Record record;
  record.timestamp = timestamp;
  record.key = key;
  record.value = value;
  record.header_count = static_cast<std::int32_t>(headers.size());
  record.header_bytes = header_scratch_;
  append_record(offset, record);
}

void BatchBuilder::append_record(Offset offset, const Record& record) {
  std::int64_t offset_delta = offset - options_.base_offset;
  CHECK(offset > last_offset_ && offset_delta >= 0 &&
        offset_delta <= std::numeric_limits<std::int32_t>::max())
      << "offset " << offset << " after " << last_offset_ << " in a batch from "
      << options_.base_offset;
  if (record_count_ == 0) base_timestamp_ = options_.delete_horizon_ms.value_or(record.timestamp);
  // Wraps as Java's does for timestamps that a hostile client chose.
  auto timestamp_delta = static_cast<std::int64_t>(static_cast<std::uint64_t>(record.timestamp) -
                                                   static_cast<std::uint64_t>(base_timestamp_));
  auto delta = static_cast<std::int32_t>(offset_delta);
  std::size_t body = 1 + base::varlong_size(timestamp_delta) + base::varint_size(delta) +
                     nullable_size(record.key) + nullable_size(record.value) +
                     base::varint_size(record.header_count) + record.header_bytes.size();
  append_varint(bytes_, static_cast<std::int32_t>(body));
  bytes_.push_back(0);
  append_varlong(bytes_, timestamp_delta);
  append_varint(bytes_, delta);
  append_nullable(bytes_, record.key);
  append_nullable(bytes_, record.value);
  append_varint(bytes_, record.header_count);
  bytes_.insert(bytes_.end(), record.header_bytes.begin(), record.header_bytes.end());
  last_offset_ = offset;
  ++record_count_;
  max_timestamp_ = std::max(max_timestamp_, record.timestamp);
}

std::size_t BatchBuilder::record_size_bound(std::optional<base::ByteView> key,
                                            std::optional<base::ByteView> value,
                                            std::span<const RecordHeader> headers) {
  std::size_t size = 4 * base::kMaxVarintSize + base::kMaxVarlongSize + 1 + 5;
  size += nullable_size(key) + nullable_size(value);
  for (const RecordHeader& header : headers) {
    size += nullable_size(base::as_bytes(header.key)) + nullable_size(header.value);
  }
  return size;
}

base::Result<base::Bytes> BatchBuilder::build() {
  CHECK(!empty());
  base::Bytes batch;
  if (options_.codec == CompressionType::kNone) {
    batch = std::move(bytes_);
  } else {
    batch.resize(layout::kBatchOverhead);
    base::Status compressed =
        compress(options_.codec, options_.level,
                 base::ByteView(bytes_).subspan(layout::kBatchOverhead), batch);
    if (!compressed) return compressed.error();
  }
  bool log_append_time = options_.timestamp_type == TimestampType::kLogAppendTime;
  write_batch_header(
      batch, options_,
      {.last_offset_delta = static_cast<std::int32_t>(last_offset_ - options_.base_offset),
       .base_timestamp = base_timestamp_,
       .max_timestamp = log_append_time ? options_.log_append_time : max_timestamp_,
       .record_count = record_count_});
  return batch;
}

base::Bytes empty_batch(const BatchOptions& options, Offset last_offset,
                        std::int64_t max_timestamp) {
  base::Bytes batch(layout::kBatchOverhead);
  write_batch_header(
      batch, options,
      {.last_offset_delta = static_cast<std::int32_t>(last_offset - options.base_offset),
       .base_timestamp = kNoTimestamp,
       .max_timestamp = max_timestamp,
       .record_count = 0});
  return batch;
}

}  // namespace odradek::protocol
