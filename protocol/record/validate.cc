#include "protocol/record/validate.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "base/log.h"
#include "protocol/record/batch_builder.h"
#include "protocol/record/legacy.h"
#include "protocol/record/record_iterator.h"
#include "protocol/record/record_walk.h"

namespace odradek::protocol {
namespace {

constexpr std::size_t kMaxRecordErrors = 1000;
// What the records of one batch may expand to: nobody's batch comes near, bombs go far beyond.
constexpr std::size_t kMinExpansionLimit = std::size_t{1} << 30;
constexpr std::size_t kMaxExpansionFactor = 256;
constexpr std::size_t kMaxRebuiltBytes = std::size_t{1} << 30;

// Differences of times may overflow when a client chose one of them; they wrap as Java's do.
std::int64_t wrapping_difference(std::int64_t left, std::int64_t right) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(left) -
                                   static_cast<std::uint64_t>(right));
}

}  // namespace

// One run of validate_records(). Every step returns false once the records are rejected.
class RecordValidator {
 public:
  // The result is filled where the caller has it.
  RecordValidator(base::MutableBytes records, const ValidationOptions& options,
                  ValidatedRecords& result)
      : options_(options), result_(result) {
    result_.records = records;
    result_.timestamp_type_ = options.timestamp_type;
    result_.compression_level_ = options.compression_level;
    if (options.timestamp_type == TimestampType::kLogAppendTime) {
      result_.log_append_time = options.now_ms;
    }
  }

  void run() {
    if (!scan_entries() || entry_count_ == 0 || !choose_target()) return;
    if (entry_count_ == 1 ? !check_entry(*first_) : !check_entries()) return;
    if (!rebuild_) return finish_in_place();
    rebuild();
  }

 private:
  bool reject(ErrorCode error, std::string message, Rejection rejection = Rejection::kOther) {
    result_.error = error;
    result_.error_message = std::move(message);
    result_.rejection = rejection;
    return false;
  }
  bool reject(const base::Error& error, Rejection rejection = Rejection::kOther) {
    return reject(code_of(error), error.message, rejection);
  }

  bool check_entry(const BatchView& batch) { return check_batch(batch) && check_records(batch); }
  bool check_entries();
  bool check_produce_version(const std::optional<BatchView>& first, base::ByteView behind_it);
  bool scan_entries();
  bool check_size_and_crc(const BatchView& batch);
  bool choose_target();
  bool check_batch(const BatchView& batch);
  bool check_offset_range(const BatchView& batch);
  bool check_records(const BatchView& batch);
  bool check_modern_records(const BatchView& batch);
  bool check_legacy_records(const BatchView& batch);
  bool check_inner_message(const BatchView& batch, const LegacyMessage& message,
                           std::int32_t index);
  void check_timestamp(const BatchView& batch, std::int32_t index, std::int64_t timestamp);
  void add_record_error(ErrorCode error, std::int32_t index, std::string message);
  bool reject_for_record_errors();
  void note_batch_maximum(const BatchView& batch, std::int64_t max_timestamp);
  void finish_in_place();
  bool rebuild();
  bool rebuild_modern();
  bool rebuild_legacy();
  template <class Builder, class Append>
  bool rebuild_with(Builder& builder, Append append);
  bool accept_rebuilt(base::Result<base::Bytes> built);

  const ValidationOptions& options_;
  ValidatedRecords& result_;
  std::optional<BatchView> first_;
  std::int64_t entry_count_ = 0;
  CompressionType target_codec_ = CompressionType::kNone;
  bool rebuild_ = false;
  bool invalid_timestamp_ = false;
  std::size_t record_error_count_ = 0;
};

bool RecordValidator::check_entries() {
  BatchReader reader(result_.records);
  for (std::int64_t i = 0; i < entry_count_; ++i) {
    if (!check_entry(**reader.next())) return false;
  }
  return true;
}

// What Produce v3 and later allow.
bool RecordValidator::check_produce_version(const std::optional<BatchView>& first,
                                            base::ByteView behind_it) {
  auto refuse = [this](ErrorCode error, const std::string& why) {
    return reject(error, "Produce v" + std::to_string(options_.produce_version) + why,
                  Rejection::kNotForVersion);
  };
  if (!first) return refuse(ErrorCode::kInvalidRecord, " needs one record batch");
  if (first->magic() != 2) {
    return refuse(ErrorCode::kInvalidRecord, " takes batches of magic 2 only, this one has magic " +
                                                 std::to_string(first->magic()));
  }
  if (options_.produce_version < 7 && first->codec() == CompressionType::kZstd) {
    return refuse(ErrorCode::kUnsupportedCompressionType, " may not carry zstd");
  }
  auto second = next_batch(behind_it);
  if (!second) return reject(second.error(), Rejection::kNotForVersion);
  if (*second) {
    return refuse(ErrorCode::kInvalidRecord, " takes one record batch per partition");
  }
  return true;
}

bool RecordValidator::scan_entries() {
  bool one_batch = options_.produce_version >= 3;
  BatchReader reader(result_.records);
  while (true) {
    auto batch = reader.next();
    if (!batch) {
      return reject(batch.error(), one_batch ? Rejection::kNotForVersion : Rejection::kOther);
    }
    if (one_batch && !first_ &&
        !check_produce_version(*batch, result_.records.subspan(reader.position()))) {
      return false;
    }
    if (!*batch) break;
    if (!check_size_and_crc(**batch)) return false;
    if (!first_) first_ = **batch;
    if ((*batch)->is_compressed()) {
      auto codec = (*batch)->codec();
      // Upstream has no better name for this and for what else does not decompress.
      if (!codec) return reject(ErrorCode::kUnknownServerError, unknown_codec(**batch).message);
      result_.source_codec = *codec;
    }
    ++entry_count_;
  }
  result_.records = result_.records.first(reader.position());
  return true;
}

bool RecordValidator::check_size_and_crc(const BatchView& batch) {
  bool from_client = options_.origin == AppendOrigin::kClient;
  if (from_client && !batch.is_legacy() && batch.base_offset() != 0) {
    return reject(ErrorCode::kInvalidRecord,
                  "the base offset of a batch to append must be 0, but it is " +
                      std::to_string(batch.base_offset()));
  }
  if (batch.size_bytes() > static_cast<std::size_t>(std::max(options_.max_message_bytes, 0))) {
    return reject(ErrorCode::kMessageTooLarge,
                  "batch of " + std::to_string(batch.size_bytes()) +
                      " bytes exceeds max.message.bytes " +
                      std::to_string(options_.max_message_bytes),
                  Rejection::kTooLarge);
  }
  if (base::Status crc = batch.check_crc(); !crc) {
    return reject(ErrorCode::kCorruptMessage, crc.error().message, Rejection::kInvalidCrc);
  }
  return true;
}

bool RecordValidator::choose_target() {
  bool compressed = result_.source_codec != CompressionType::kNone;
  if (entry_count_ > 1 && (!first_->is_legacy() || compressed)) {
    return reject(ErrorCode::kInvalidRecord, "more than one batch where one is allowed");
  }
  target_codec_ = options_.target_codec.value_or(result_.source_codec);
  if (target_codec_ == CompressionType::kZstd && !options_.zstd_allowed) {
    return reject(ErrorCode::kUnsupportedCompressionType,
                  "zstd needs inter.broker.protocol.version 2.1 or later");
  }
  if (target_codec_ == CompressionType::kZstd && options_.target_magic < 2) {
    return reject(
        ErrorCode::kUnsupportedCompressionType,
        "zstd needs message format 2, this log has " + std::to_string(options_.target_magic));
  }
  rebuild_ = result_.source_codec != target_codec_ || first_->magic() != options_.target_magic;
  if (options_.target_magic == 0 && target_codec_ != CompressionType::kNone) rebuild_ = true;
  // Markers stay as the coordinator wrote them.
  if (!compressed && first_->is_control()) rebuild_ = false;
  return true;
}

bool RecordValidator::check_batch(const BatchView& batch) {
  if (batch.magic() != first_->magic()) {
    return reject(ErrorCode::kInvalidRecord,
                  "magic " + std::to_string(batch.magic()) + " after a batch of magic " +
                      std::to_string(first_->magic()),
                  Rejection::kInvalidMagic);
  }
  if (options_.origin == AppendOrigin::kClient && !check_offset_range(batch)) return false;
  if (options_.target_magic < 2 && (batch.is_transactional() || batch.has_producer_id())) {
    return reject(ErrorCode::kUnsupportedForMessageFormat,
                  "idempotent and transactional records need message format 2, this log has " +
                      std::to_string(options_.target_magic));
  }
  return true;
}

bool RecordValidator::check_offset_range(const BatchView& batch) {
  auto invalid = [&](std::string message) {
    return reject(ErrorCode::kInvalidRecord, std::move(message),
                  Rejection::kInvalidOffsetOrSequence);
  };
  if (!batch.is_legacy()) {
    std::int64_t range = std::int64_t{batch.last_offset_delta()} + 1;
    if (range <= 0) {
      return invalid("last offset delta is " + std::to_string(batch.last_offset_delta()));
    }
    if (batch.record_count() <= 0) {
      return invalid("record count of the batch is " + std::to_string(batch.record_count()));
    }
    if (range != batch.record_count()) {
      return invalid("batch covers " + std::to_string(range) + " offsets but counts " +
                     std::to_string(batch.record_count()) + " records");
    }
  }
  if (batch.is_control()) return invalid("clients may not write control records");
  if (batch.has_producer_id() && batch.base_sequence() < 0) {
    return invalid("sequence " + std::to_string(batch.base_sequence()) + " of producer id " +
                   std::to_string(batch.producer_id()) + " is negative");
  }
  return true;
}

bool RecordValidator::check_records(const BatchView& batch) {
  bool ok = batch.is_legacy() ? check_legacy_records(batch) : check_modern_records(batch);
  return ok && reject_for_record_errors();
}

bool RecordValidator::check_modern_records(const BatchView& batch) {
  bool log_append_time = batch.timestamp_type() == TimestampType::kLogAppendTime;
  std::int64_t base_timestamp = batch.base_timestamp();
  std::int64_t max_timestamp = kNoTimestamp;
  std::size_t size_bytes = batch_layout::kBatchOverhead;
  bool consecutive = true;
  auto visit = [&](std::int32_t index, const WalkedRecord& record) {
    std::int64_t timestamp =
        log_append_time
            ? batch.max_timestamp()
            : wrapping_difference(base_timestamp, wrapping_difference(0, record.timestamp_delta));
    consecutive &= record.offset_delta == index;
    size_bytes += record.size_bytes;
    if (options_.compacted_topic && record.key_size < 0) [[unlikely]] {
      add_record_error(ErrorCode::kInvalidRecord, index,
                       "record without a key on a compacted topic");
      return;
    }
    check_timestamp(batch, index, timestamp);
    max_timestamp = std::max(max_timestamp, timestamp);
  };
  std::size_t limit = std::max(kMinExpansionLimit, batch.payload().size() * kMaxExpansionFactor);
  if (base::Status walked = walk_records(batch, visit, limit); !walked) {
    bool broken = code_of(walked.error()) == ErrorCode::kCorruptMessage;
    return reject(broken ? ErrorCode::kUnknownServerError : code_of(walked.error()),
                  walked.error().message);
  }
  if (!consecutive && !batch.is_control()) {
    if (batch.is_compressed() && !rebuild_) {
      return reject(ErrorCode::kUnknownServerError, "offsets of the records are not consecutive");
    }
    rebuild_ = true;
  }
  result_.record_count += batch.record_count();
  result_.uncompressed_size_bytes += size_bytes;
  note_batch_maximum(batch, max_timestamp);
  return true;
}

bool RecordValidator::check_legacy_records(const BatchView& batch) {
  LegacyEntries entries(batch, RecordLimits{});
  bool log_append_time = batch.timestamp_type() == TimestampType::kLogAppendTime;
  std::int64_t max_timestamp = kNoTimestamp;
  std::int32_t index = 0;
  for (; const LegacyMessage* message = entries.next(); ++index) {
    if (batch.is_compressed() && !check_inner_message(batch, *message, index)) return false;
    std::int64_t timestamp = message->timestamp();
    if (message->magic() > 0 && log_append_time) timestamp = batch.max_timestamp();
    if (options_.compacted_topic && !message->key()) {
      add_record_error(ErrorCode::kInvalidRecord, index,
                       "record without a key on a compacted topic");
    } else {
      check_timestamp(batch, index, timestamp);
    }
    // Some old clients number the messages of a wrapper wrongly; they are renumbered.
    if (batch.magic() > 0 && batch.is_compressed() && entries.offset() != index) rebuild_ = true;
    max_timestamp = std::max(max_timestamp, timestamp);
    result_.uncompressed_size_bytes += batch_layout::kLogOverhead + message->bytes().size();
  }
  if (base::Status walked = entries.status(); !walked) {
    return reject(
        entries.failed_to_decompress() ? ErrorCode::kUnknownServerError : code_of(walked.error()),
        walked.error().message);
  }
  result_.record_count += index;
  note_batch_maximum(batch, max_timestamp);
  return true;
}

bool RecordValidator::check_inner_message(const BatchView& batch, const LegacyMessage& message,
                                          std::int32_t index) {
  if (message.magic() != batch.magic()) {
    add_record_error(ErrorCode::kInvalidRecord, index,
                     "magic of the record differs from that of its wrapper");
    result_.rejection = Rejection::kInvalidMagic;
  }
  if (base::Status crc = message.check_crc(); !crc) {
    return reject(ErrorCode::kCorruptMessage, crc.error().message, Rejection::kInvalidCrc);
  }
  return true;
}

void RecordValidator::check_timestamp(const BatchView& batch, std::int32_t index,
                                      std::int64_t timestamp) {
  if (options_.timestamp_type == TimestampType::kCreateTime && timestamp != kNoTimestamp) {
    std::int64_t age = wrapping_difference(options_.now_ms, timestamp);
    if (age <= options_.timestamp_before_max_ms &&
        wrapping_difference(0, age) <= options_.timestamp_after_max_ms) [[likely]] {
      return;
    }
    add_record_error(ErrorCode::kInvalidTimestamp, index,
                     "timestamp " + std::to_string(timestamp) + " is more than " +
                         std::to_string(options_.timestamp_before_max_ms) + " ms before or " +
                         std::to_string(options_.timestamp_after_max_ms) + " ms after " +
                         std::to_string(options_.now_ms));
  } else if (batch.timestamp_type() == TimestampType::kLogAppendTime) {
    add_record_error(ErrorCode::kInvalidTimestamp, index,
                     "a producer may not set the timestamp type to LogAppendTime");
  }
}

void RecordValidator::add_record_error(ErrorCode error, std::int32_t index, std::string message) {
  invalid_timestamp_ |= error == ErrorCode::kInvalidTimestamp;
  if (error == ErrorCode::kInvalidRecord) result_.rejection = Rejection::kNoKeyOnCompactedTopic;
  ++record_error_count_;
  if (result_.record_errors.size() < kMaxRecordErrors) {
    result_.record_errors.push_back({index, std::move(message)});
  }
}

bool RecordValidator::reject_for_record_errors() {
  if (record_error_count_ == 0) return true;
  Rejection rejection =
      result_.rejection == Rejection::kNone ? Rejection::kOther : result_.rejection;
  const RecordError& first = result_.record_errors.front();
  std::string what = std::to_string(record_error_count_) +
                     " records rejected, the first at index " + std::to_string(first.index) + ": " +
                     first.message;
  return reject(invalid_timestamp_ ? ErrorCode::kInvalidTimestamp : ErrorCode::kInvalidRecord,
                std::move(what), rejection);
}

// record_count already counts this batch.
void RecordValidator::note_batch_maximum(const BatchView& batch, std::int64_t max_timestamp) {
  if (batch.magic() > 0 && max_timestamp > result_.max_timestamp) {
    result_.max_timestamp = max_timestamp;
    result_.relative_offset_of_max_timestamp_ = result_.record_count - 1;
  }
  // A rebuilt batch gets its header then; LogAppendTime is written with the offsets.
  if (rebuild_ || batch.magic() == 0) return;
  if (options_.timestamp_type == TimestampType::kLogAppendTime) return;
  auto position = static_cast<std::size_t>(batch.bytes().data() - result_.records.data());
  MutableBatch(result_.records.subspan(position))
      .set_max_timestamp(TimestampType::kCreateTime, max_timestamp);
}

void RecordValidator::finish_in_place() {
  bool compressed = result_.source_codec != CompressionType::kNone;
  if (options_.timestamp_type == TimestampType::kLogAppendTime) {
    result_.max_timestamp = options_.target_magic == 0 ? kNoTimestamp : options_.now_ms;
    std::int32_t last = result_.record_count - 1;
    result_.relative_offset_of_max_timestamp_ =
        options_.target_magic == 0 ? -1 : (options_.target_magic == 1 && !compressed ? 0 : last);
  } else if (compressed) {
    result_.relative_offset_of_max_timestamp_ = result_.record_count - 1;
  }
}

bool RecordValidator::rebuild() {
  bool rebuilt = options_.target_magic == 2 ? rebuild_modern() : rebuild_legacy();
  if (!rebuilt) return false;
  result_.in_place = false;
  result_.records_converted = result_.record_count;
  result_.uncompressed_size_bytes += result_.records.size();
  return true;
}

template <class Builder, class Append>
bool RecordValidator::rebuild_with(Builder& builder, Append append) {
  std::size_t limit = kMaxRebuiltBytes;
  if (target_codec_ == CompressionType::kNone && options_.target_magic == 2) {
    limit = std::min(limit, static_cast<std::size_t>(options_.max_message_bytes));
  }
  BatchReader reader(result_.records);
  for (std::int64_t i = 0; i < entry_count_; ++i) {
    RecordIterator records(**reader.next());
    while (const Record* record = records.next()) {
      if (record->timestamp < kNoTimestamp) {
        return reject(ErrorCode::kUnknownServerError,
                      "timestamp " + std::to_string(record->timestamp) + " is negative");
      }
      append(*record);
      if (builder.size_bytes() > limit) {
        return reject(ErrorCode::kMessageTooLarge,
                      "records are larger than max.message.bytes once they are converted",
                      Rejection::kTooLarge);
      }
    }
    if (!records.status().ok()) return reject(records.status().error());
  }
  return accept_rebuilt(builder.build());
}

bool RecordValidator::rebuild_modern() {
  BatchBuilder builder({.codec = target_codec_,
                        .level = options_.compression_level,
                        .timestamp_type = options_.timestamp_type,
                        .log_append_time = options_.now_ms,
                        .producer_id = first_->producer_id(),
                        .producer_epoch = first_->producer_epoch(),
                        .base_sequence = first_->base_sequence(),
                        .transactional = first_->is_transactional()});
  auto append = [&](const Record& record) {
    builder.append_record(builder.record_count(), record);
  };
  if (!rebuild_with(builder, append)) return false;
  bool log_append_time = options_.timestamp_type == TimestampType::kLogAppendTime;
  result_.max_timestamp = log_append_time ? options_.now_ms : builder.max_timestamp();
  result_.relative_offset_of_max_timestamp_ =
      result_.max_timestamp == kNoTimestamp ? -1 : result_.record_count - 1;
  return true;
}

bool RecordValidator::rebuild_legacy() {
  LegacySetBuilder builder({.magic = options_.target_magic,
                            .codec = target_codec_,
                            .level = options_.compression_level,
                            .timestamp_type = options_.timestamp_type,
                            .log_append_time = options_.now_ms});
  auto append = [&](const Record& record) {
    builder.append(builder.record_count(), record.timestamp, record.key, record.value);
  };
  if (!rebuild_with(builder, append)) return false;
  bool log_append_time = options_.timestamp_type == TimestampType::kLogAppendTime;
  bool compressed = target_codec_ != CompressionType::kNone;
  std::int32_t last = result_.record_count - 1;
  if (log_append_time) {
    result_.max_timestamp = options_.now_ms;
    result_.relative_offset_of_max_timestamp_ = compressed ? last : 0;
  } else {
    result_.max_timestamp = builder.max_timestamp();
    result_.relative_offset_of_max_timestamp_ =
        compressed && builder.max_timestamp() != kNoTimestamp
            ? last
            : static_cast<std::int32_t>(builder.offset_of_max_timestamp());
  }
  return true;
}

bool RecordValidator::accept_rebuilt(base::Result<base::Bytes> built) {
  if (!built) return reject(built.error());
  result_.rewritten_ = std::move(*built);
  result_.records = result_.rewritten_;
  BatchReader reader(result_.records);
  for (auto batch = reader.next(); batch && *batch; batch = reader.next()) {
    if ((*batch)->size_bytes() > static_cast<std::size_t>(options_.max_message_bytes)) {
      return reject(ErrorCode::kMessageTooLarge,
                    "batch of " + std::to_string((*batch)->size_bytes()) +
                        " bytes after conversion exceeds max.message.bytes " +
                        std::to_string(options_.max_message_bytes),
                    Rejection::kTooLarge);
    }
  }
  return true;
}

ValidatedRecords validate_records(base::MutableBytes records, const ValidationOptions& options) {
  ValidatedRecords validated;
  RecordValidator(records, options, validated).run();
  return validated;
}

}  // namespace odradek::protocol
