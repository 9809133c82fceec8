#include "protocol/record/record_iterator.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "base/log.h"
#include "base/varint.h"
#include "protocol/errors.h"
#include "protocol/record/decompressed_stream.h"
#include "protocol/record/legacy.h"
#include "protocol/record/record_parse.h"
#include "protocol/record/record_walk.h"

namespace odradek::protocol {

std::vector<RecordHeader> Record::headers() const {
  std::vector<RecordHeader> headers;
  // The count was checked against the bytes when the record was read.
  headers.reserve(static_cast<std::size_t>(header_count));
  ByteCursor cursor(header_bytes);
  for (std::int32_t i = 0; i < header_count; ++i) {
    std::optional<base::ByteView> key;
    RecordHeader header;
    bool ok = cursor.read_nullable(key) && key && cursor.read_nullable(header.value);
    CHECK(ok) << "headers of a record that was never checked";
    header.key = base::as_text(*key);
    headers.push_back(header);
  }
  return headers;
}

RecordIterator::RecordIterator(const BatchView& batch, RecordLimits limits)
    : batch_(batch), limits_(limits), remaining_(batch.record_count()) {
  auto codec = batch.codec();
  if (!codec) {
    fail(unknown_codec(batch));
  } else if (batch.is_legacy()) {
    legacy_ = std::make_unique<LegacyEntries>(batch, limits);
  } else if (remaining_ < 0) {
    fail(malformed_record(batch, 0, "negative record count"));
  } else if (remaining_ == 0) {
    done_ = true;
  } else if (*codec == CompressionType::kNone) {
    left_ = batch.payload();
  } else {
    stream_ = std::make_unique<DecompressedStream>(*codec, batch.payload());
  }
}

RecordIterator::~RecordIterator() = default;
RecordIterator::RecordIterator(RecordIterator&&) noexcept = default;

const Record* RecordIterator::next() {
  if (done_) return nullptr;
  if (legacy_ != nullptr) return next_legacy();
  return stream_ != nullptr ? next_compressed() : next_in_place();
}

const Record* RecordIterator::next_in_place() {
  std::int32_t index = batch_.record_count() - remaining_;
  if (remaining_ == 0) {
    done_ = true;
    if (!left_.empty()) return fail(malformed_record(batch_, index, "trailing bytes"));
    return nullptr;
  }
  ByteCursor cursor(left_);
  std::int32_t size = 0;
  if (!cursor.read_varint(size) || size < 0) {
    return fail(malformed_record(batch_, index, "length"));
  }
  const std::uint8_t* body = cursor.at;
  if (!cursor.skip(size)) return fail(malformed_record(batch_, index, "ends too early"));
  auto total = static_cast<std::size_t>(cursor.at - left_.data());
  left_ = left_.subspan(total);
  --remaining_;
  if (!parse({body, cursor.at}, total)) {
    return fail(malformed_record(batch_, index, "fields do not fit its length"));
  }
  return &record_;
}

const Record* RecordIterator::next_compressed() {
  std::int32_t index = batch_.record_count() - remaining_;
  // The bytes of the record before are let go only now, for the caller looked at them until now.
  stream_->consume(std::exchange(held_, 0));
  if (remaining_ == 0) {
    done_ = true;
    if (!stream_->at_end()) return fail(malformed_record(batch_, index, "trailing bytes"));
    status_ = stream_->status();
    return nullptr;
  }
  stream_->want(base::kMaxVarintSize);
  auto length = base::decode_varint(stream_->view());
  if (!stream_->status().ok()) return fail(stream_->status().error());
  if (!length || length.value < 0) return fail(malformed_record(batch_, index, "length"));
  auto size = static_cast<std::size_t>(length.value);
  if (size > limits_.max_record_size_bytes) {
    return fail(malformed_record(batch_, index, "larger than what is taken into memory"));
  }
  stream_->consume(length.size);
  stream_->want(size);
  if (!stream_->status().ok()) return fail(stream_->status().error());
  if (stream_->view().size() < size) {
    return fail(malformed_record(batch_, index, "ends too early"));
  }
  held_ = size;
  --remaining_;
  if (!parse(stream_->view().first(size), length.size + size)) {
    return fail(malformed_record(batch_, index, "fields do not fit its length"));
  }
  return &record_;
}

const Record* RecordIterator::next_legacy() {
  const LegacyMessage* message = legacy_->next();
  if (message == nullptr) {
    done_ = true;
    status_ = legacy_->status();
    return nullptr;
  }
  bool log_append_time = batch_.timestamp_type() == TimestampType::kLogAppendTime;
  record_ = Record{};
  record_.magic = message->magic();
  record_.offset = legacy_->offset();
  record_.timestamp =
      message->magic() > 0 && log_append_time ? batch_.max_timestamp() : message->timestamp();
  record_.key = message->key();
  record_.value = message->value();
  record_.size_bytes = batch_layout::kLogOverhead + message->bytes().size();
  return &record_;
}

bool RecordIterator::parse(base::ByteView body, std::size_t size_bytes) {
  ByteCursor cursor(body);
  if (cursor.left() == 0) return false;
  ++cursor.at;  // attributes, unused
  std::int64_t timestamp_delta = 0;
  std::int32_t offset_delta = 0;
  if (!cursor.read_varlong(timestamp_delta) || !cursor.read_varint(offset_delta)) return false;
  if (!cursor.read_nullable(record_.key) || !cursor.read_nullable(record_.value)) return false;
  ByteCursor headers = cursor;
  if (!skip_headers(cursor) || !headers.read_varint(record_.header_count)) return false;
  record_.header_bytes = {headers.at, headers.left()};
  record_.size_bytes = size_bytes;
  record_.offset = add_offsets(batch_.base_offset(), offset_delta);
  if (batch_.timestamp_type() == TimestampType::kLogAppendTime) {
    record_.timestamp = batch_.max_timestamp();
  } else {
    // Wraps as Java's does when a hostile delta overflows.
    record_.timestamp =
        static_cast<std::int64_t>(static_cast<std::uint64_t>(batch_.base_timestamp()) +
                                  static_cast<std::uint64_t>(timestamp_delta));
  }
  std::int32_t base_sequence = batch_.base_sequence();
  record_.sequence =
      base_sequence < 0 ? kNoSequence : increment_sequence(base_sequence, offset_delta);
  return true;
}

const Record* RecordIterator::fail(base::Error error) {
  done_ = true;
  status_ = std::move(error);
  return nullptr;
}

base::Status check_records(const BatchView& batch) {
  if (batch.is_legacy()) {
    RecordIterator records(batch);
    while (records.next() != nullptr) {
    }
    return records.status();
  }
  std::int64_t next_delta = 0;
  bool consecutive = true;
  base::Status walked = walk_records(batch, [&](std::int32_t, const WalkedRecord& record) {
    consecutive = consecutive && record.offset_delta >= next_delta;
    next_delta = std::int64_t{record.offset_delta} + 1;
  });
  if (!walked) return walked;
  if (!consecutive || next_delta - 1 > batch.last_offset_delta()) {
    return malformed_record(batch, 0, "offsets do not increase up to the last one");
  }
  return {};
}

}  // namespace odradek::protocol
