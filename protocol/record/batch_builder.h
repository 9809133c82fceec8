// BatchBuilder: makes one magic-2 batch out of records, for coordinators, tools and rewriting.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "base/bytes.h"
#include "base/result.h"
#include "protocol/record/batch.h"
#include "protocol/record/record.h"

namespace odradek::protocol {

struct BatchOptions {
  CompressionType codec = CompressionType::kNone;
  int level = kDefaultCompressionLevel;
  Offset base_offset = 0;
  TimestampType timestamp_type = TimestampType::kCreateTime;
  std::int64_t log_append_time = kNoTimestamp;  // max timestamp of a LogAppendTime batch
  std::int64_t producer_id = kNoProducerId;
  std::int16_t producer_epoch = kNoProducerEpoch;
  std::int32_t base_sequence = kNoSequence;
  bool transactional = false;
  bool control = false;
  LeaderEpoch partition_leader_epoch = kNoLeaderEpoch;
  std::optional<std::int64_t> delete_horizon_ms;  // compaction only
};

// One thread. append… any number of times, then build() once.
class BatchBuilder {
 public:
  explicit BatchBuilder(BatchOptions options);

  // At the offset after the last one. Bytes are copied.
  void append(std::int64_t timestamp, std::optional<base::ByteView> key,
              std::optional<base::ByteView> value, std::span<const RecordHeader> headers = {});
  // CHECKs that offsets increase and lie within 2^31 of the base offset.
  void append_at(Offset offset, std::int64_t timestamp, std::optional<base::ByteView> key,
                 std::optional<base::ByteView> value, std::span<const RecordHeader> headers = {});
  // A record of another batch, with its headers as they lie.
  void append_record(Offset offset, const Record& record);

  bool empty() const { return record_count_ == 0; }
  std::int32_t record_count() const { return record_count_; }
  std::int64_t max_timestamp() const { return max_timestamp_; }
  // Before compression.
  std::size_t size_bytes() const { return bytes_.size(); }
  // What append() of these would add at most.
  static std::size_t record_size_bound(std::optional<base::ByteView> key,
                                       std::optional<base::ByteView> value,
                                       std::span<const RecordHeader> headers = {});
  // The batch covers offsets up to `offset` although its last records are gone (compaction).
  void override_last_offset(Offset offset) { last_offset_ = offset; }

  // CHECKs that something was appended. Fails only when a compression library refuses.
  base::Result<base::Bytes> build();

 private:
  BatchOptions options_;
  base::Bytes bytes_;  // header's room, then records
  base::Bytes header_scratch_;
  Offset last_offset_;
  std::int32_t record_count_ = 0;
  std::int64_t base_timestamp_ = kNoTimestamp;
  std::int64_t max_timestamp_ = kNoTimestamp;
};

// A batch without records that keeps the last sequence of a producer through compaction.
base::Bytes empty_batch(const BatchOptions& options, Offset last_offset,
                        std::int64_t max_timestamp);

}  // namespace odradek::protocol
