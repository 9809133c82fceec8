// Message sets of magic 0 and 1: reading them, wrappers included, and building them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "base/bytes.h"
#include "base/result.h"
#include "protocol/record/batch.h"
#include "protocol/record/record_iterator.h"

namespace odradek::protocol {

// One message of magic 0 or 1: a view from its CRC to its end, whose sizes have been checked.
class LegacyMessage {
 public:
  // INVALID_RECORD unless magic is 0 or 1 and key and value lie within the bytes.
  static base::Result<LegacyMessage> parse(base::ByteView bytes);

  std::int8_t magic() const { return static_cast<std::int8_t>(bytes_[4]); }
  int codec_id() const { return bytes_[5] & batch_layout::kCodecMask; }
  // -1 for magic 0.
  std::int64_t timestamp() const;
  std::optional<base::ByteView> key() const { return key_; }
  std::optional<base::ByteView> value() const { return value_; }
  base::ByteView bytes() const { return bytes_; }
  // CORRUPT_MESSAGE unless the CRC-32 is right.
  base::Status check_crc() const;

 private:
  base::ByteView bytes_;
  std::optional<base::ByteView> key_;
  std::optional<base::ByteView> value_;
};

// The messages of one entry: itself, or those within when it is compressed. Inner offsets are made
// absolute: magic 0 stores them so; magic 1 stores them relative to the wrapper's, which is that of
// the last message (or 0 from clients that never set it).
class LegacyEntries {
 public:
  explicit LegacyEntries(const BatchView& entry, RecordLimits limits);
  ~LegacyEntries();

  // nullptr at the end and after a failure; the message lives until the next call.
  const LegacyMessage* next();
  Offset offset() const { return offset_; }
  const base::Status& status() const { return status_; }
  // Whether that is because of the wrapper's payload.
  bool failed_to_decompress() const;

 private:
  bool start();
  bool restart_stream();
  bool find_base_offset();
  // The next inner message's offset field and bytes; false at the end or after a failure.
  bool next_inner(Offset& offset, base::ByteView& bytes);
  bool fail(base::Error error);

  BatchView entry_;
  RecordLimits limits_;
  bool started_ = false;
  bool done_ = false;
  std::optional<LegacyMessage> outer_;
  std::optional<LegacyMessage> message_;
  std::unique_ptr<DecompressedStream> stream_;
  Offset offset_ = 0;
  Offset inner_base_ = 0;
  std::int64_t inner_count_ = 0;
  base::Status status_;
};

struct LegacySetOptions {
  std::int8_t magic = 1;
  CompressionType codec = CompressionType::kNone;  // not zstd, which these formats never had
  int level = kDefaultCompressionLevel;
  TimestampType timestamp_type = TimestampType::kCreateTime;
  std::int64_t log_append_time = kNoTimestamp;
  Offset base_offset = 0;  // what relative inner offsets count from
};

// Builds messages of magic 0 or 1, in one wrapper when compressed.
class LegacySetBuilder {
 public:
  explicit LegacySetBuilder(LegacySetOptions options);

  void append(Offset offset, std::int64_t timestamp, std::optional<base::ByteView> key,
              std::optional<base::ByteView> value);
  bool empty() const { return record_count_ == 0; }
  std::int32_t record_count() const { return record_count_; }
  std::int64_t max_timestamp() const { return max_timestamp_; }
  // Of the first message that has max_timestamp().
  Offset offset_of_max_timestamp() const { return offset_of_max_timestamp_; }
  // Before compression.
  std::size_t size_bytes() const { return bytes_.size(); }
  base::Result<base::Bytes> build();

 private:
  LegacySetOptions options_;
  base::Bytes bytes_;
  Offset last_offset_ = 0;
  std::int32_t record_count_ = 0;
  std::int64_t max_timestamp_ = kNoTimestamp;
  Offset offset_of_max_timestamp_ = -1;
};

}  // namespace odradek::protocol
