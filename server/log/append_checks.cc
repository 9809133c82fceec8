#include "server/log/append_checks.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/log.h"
#include "protocol/errors.h"
#include "protocol/record/batch.h"

namespace odradek::log {

BatchHeaders parse_headers(base::ByteView bytes) {
  BatchHeaders headers;
  protocol::BatchReader reader(bytes);
  for (;;) {
    auto batch = reader.next();
    CHECK(batch.ok()) << batch.error().message;  // the bytes have been validated
    if (!batch->has_value()) return headers;
    headers.push_back(BatchHeader::of(**batch));
  }
}

std::size_t batches_of(base::ByteView part, std::span<const BatchHeader> headers) {
  std::size_t count = 0;
  for (std::size_t size = 0; size < part.size(); ++count) {
    size += static_cast<std::size_t>(headers[count].size_bytes);
  }
  return count;
}

AppendInfo describe(std::span<const BatchHeader> headers) {
  AppendInfo info;
  info.first_offset = headers.front().base_offset;
  info.last_offset = headers.back().last_offset;
  info.leader_epoch = headers.back().leader_epoch;
  for (const BatchHeader& header : headers) {
    info.max_timestamp_ms = std::max(info.max_timestamp_ms, header.max_timestamp_ms);
    info.size_bytes += header.size_bytes;
    info.record_count += std::max(header.record_count, 1);
  }
  return info;
}

// The whole, undamaged batches of what a leader sent; offsets must increase.
base::Result<BatchHeaders> check_replicated(base::ByteView records) {
  BatchHeaders headers;
  protocol::BatchReader reader(records);
  protocol::Offset expected = 0;
  for (;;) {
    auto batch = reader.next();
    if (!batch.ok()) return batch.error();
    if (!batch->has_value()) return headers;
    base::Status intact = (*batch)->check_crc();
    if (!intact.ok()) return intact.error();
    BatchHeader header = BatchHeader::of(**batch);
    if (header.last_offset < header.base_offset || header.last_offset < expected ||
        (header.magic >= 2 && header.base_offset < expected)) {
      return base::Error(protocol::ErrorCode::kCorruptMessage,
                         "offset " + std::to_string(header.base_offset) + " came after offset " +
                             std::to_string(expected - 1));
    }
    expected = header.last_offset + 1;
    headers.push_back(header);
  }
}

protocol::ValidationOptions validation_options(const LogOptions& options, const AppendSpec& spec,
                                               std::int64_t now_ms) {
  protocol::ValidationOptions validation;
  validation.origin = spec.origin;
  validation.produce_version = spec.produce_version;
  validation.target_magic = options.record_magic;
  validation.zstd_allowed = options.zstd_allowed;
  validation.target_codec = options.compression;
  validation.compression_level = options.compression_level;
  validation.compacted_topic = options.cleanup_compact;
  validation.timestamp_type = options.log_append_time ? protocol::TimestampType::kLogAppendTime
                                                      : protocol::TimestampType::kCreateTime;
  validation.timestamp_before_max_ms = options.timestamp_before_max_ms;
  validation.timestamp_after_max_ms = options.timestamp_after_max_ms;
  validation.max_message_bytes = options.max_message_bytes;
  validation.now_ms = now_ms;
  return validation;
}

bool check_produced(const protocol::TopicPartition& partition, const LogOptions& options,
                    std::int64_t now_ms, LeaderAppend& append, PendingAppend& pending) {
  pending.spec = append.spec;
  pending.validated =
      protocol::validate_records(append.records, validation_options(options, append.spec, now_ms));
  protocol::ValidatedRecords& validated = pending.validated;
  if (!validated.ok()) {
    append.refusal = {std::move(validated.record_errors), validated.rejection};
    append.result = base::Error(validated.error, std::move(validated.error_message));
  } else if (validated.records.size() > static_cast<std::size_t>(options.segment_bytes)) {
    append.result = base::Error(
        protocol::ErrorCode::kRecordListTooLarge,
        partition.to_string() + ": " + std::to_string(validated.records.size()) +
            " bytes of records exceed segment.bytes, " + std::to_string(options.segment_bytes));
  }
  return append.result.ok();
}

}  // namespace odradek::log
