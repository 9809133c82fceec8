// What a leader checks and rewrites before it appends what a client or coordinator sent.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "protocol/errors.h"
#include "protocol/record/batch.h"

namespace odradek::protocol {

enum class AppendOrigin : std::uint8_t {
  kClient,       // a Produce request
  kCoordinator,  // this broker's own group or transaction coordinator: markers allowed
};

struct ValidationOptions {
  AppendOrigin origin = AppendOrigin::kClient;
  // The Produce version, which says how many batches of which magic are allowed; -1: not a Produce.
  std::int16_t produce_version = -1;
  // The format of the topic's log; below 2 only while message.format.version is still in force.
  std::int8_t target_magic = 2;
  // compression.type: nullopt for "producer", which keeps what came.
  std::optional<CompressionType> target_codec;
  int compression_level = kDefaultCompressionLevel;
  // False while inter.broker.protocol.version is below 2.1, which knows no zstd.
  bool zstd_allowed = true;
  bool compacted_topic = false;  // every record needs a key
  TimestampType timestamp_type = TimestampType::kCreateTime;
  std::int64_t timestamp_before_max_ms = std::numeric_limits<std::int64_t>::max();
  std::int64_t timestamp_after_max_ms = std::numeric_limits<std::int64_t>::max();
  std::int32_t max_message_bytes = std::numeric_limits<std::int32_t>::max();
  std::int64_t now_ms = 0;
};

// Which meter of BrokerTopicMetrics a rejection counts on.
enum class Rejection : std::uint8_t {
  kNone,
  kOther,
  kNotForVersion,  // of Produce; found before the log is asked
  kInvalidMagic,
  kInvalidOffsetOrSequence,
  kInvalidCrc,
  kNoKeyOnCompactedTopic,
  kTooLarge,  // BytesRejectedPerSec
};

struct RecordError {
  std::int32_t index =
      0;  // within the batch, for BatchIndexAndErrorMessage; the first 1000 are kept
  std::string message;
};

// What validate_records() found. On success `records` is what to append once assign_offsets() has
// run: the caller's own bytes, or `rewritten` (another codec or magic). Move-only; `records` stays
// right across a move.
class ValidatedRecords {
 public:
  ErrorCode error = ErrorCode::kNone;
  std::string error_message;
  std::vector<RecordError> record_errors;
  Rejection rejection = Rejection::kNone;

  bool ok() const { return error == ErrorCode::kNone; }

  base::MutableBytes records;
  bool in_place = true;
  std::int32_t record_count = 0;
  std::int64_t max_timestamp = kNoTimestamp;
  std::int64_t log_append_time = kNoTimestamp;  // -1 for CreateTime
  CompressionType source_codec = CompressionType::kNone;
  // For the conversion metrics: records that could not stay as they were, bytes handled.
  std::int32_t records_converted = 0;
  std::size_t uncompressed_size_bytes = 0;

  // Known after assign_offsets().
  Offset first_offset = -1;
  Offset last_offset = -1;
  // Of the batch that holds max_timestamp (its last offset), as the time index wants it; -1: none.
  Offset offset_of_max_timestamp = -1;

  // Gives the records their offsets, epoch and, for LogAppendTime, the time `now_ms`, in place and
  // without walking them; under the log's lock. Only for ok(). Fails only for a compressed target
  // of magic 0, which has to be compressed again.
  base::Status assign_offsets(Offset first, LeaderEpoch leader_epoch, std::int64_t now_ms);

  ValidatedRecords() = default;
  ValidatedRecords(ValidatedRecords&&) = default;
  ValidatedRecords& operator=(ValidatedRecords&&) = default;

 private:
  friend class RecordValidator;

  base::Status rebuild_with_absolute_offsets(Offset first);

  base::Bytes rewritten_;
  TimestampType timestamp_type_ = TimestampType::kCreateTime;
  int compression_level_ = kDefaultCompressionLevel;
  std::int32_t relative_offset_of_max_timestamp_ = -1;
};

// Checks what upstream 3.9 checks, in its order (its errors in brackets): exactly one magic-2 batch
// for Produce v3 and later [INVALID_RECORD]; zstd needs Produce v7 [UNSUPPORTED_COMPRESSION_TYPE];
// base offset 0 [INVALID_RECORD]; size [MESSAGE_TOO_LARGE]; CRC [CORRUPT_MESSAGE]; offset range
// against count, no control batch, sequence with producer id [INVALID_RECORD]; every record's
// shape, key where the topic is compacted [INVALID_RECORD with indexes], timestamp in range
// [INVALID_TIMESTAMP with indexes]. A partial entry at the end is cut off; when
// that leaves nothing (Produce before v3) the result is ok() without records, and there is nothing
// to append. Unknown codecs, payloads that do not decompress, compressed records whose offsets are
// not consecutive and negative timestamps that would have to be rewritten are UNKNOWN_SERVER_ERROR,
// since upstream has no better name for them. Known departure: an uncompressed batch whose offsets
// are not consecutive is renumbered, where upstream stores offsets that overlap. Heavy, and free of
// the log: run it before taking the log's lock. `records` must outlive the result.
ValidatedRecords validate_records(base::MutableBytes records, const ValidationOptions& options);

// Both steps at once.
ValidatedRecords validate_and_assign(base::MutableBytes records, const ValidationOptions& options,
                                     Offset first_offset, LeaderEpoch leader_epoch);

}  // namespace odradek::protocol
