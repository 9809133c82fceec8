// What an append is told and what it answers.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "protocol/record/validate.h"
#include "protocol/types.h"

namespace odradek::log {

// How the batches came.
struct AppendSpec {
  protocol::LeaderEpoch leader_epoch = protocol::kNoLeaderEpoch;
  protocol::AppendOrigin origin = protocol::AppendOrigin::kClient;
  // The Produce version, which says what batches are allowed; -1: not a Produce request.
  std::int16_t produce_version = -1;
};

struct AppendInfo {
  protocol::Offset first_offset = -1;
  protocol::Offset last_offset = -1;
  std::int64_t log_append_time_ms = protocol::kNoTimestamp;  // only with LogAppendTime
  protocol::Offset log_start_offset = -1;
  std::int64_t max_timestamp_ms = protocol::kNoTimestamp;
  protocol::LeaderEpoch leader_epoch = protocol::kNoLeaderEpoch;
  std::int32_t record_count = 0;
  std::int64_t size_bytes = 0;
  // For the conversion metrics.
  std::int32_t records_converted = 0;
  // The batch was appended before by the same producer: offsets and time are those of then, nothing
  // was written now.
  bool duplicate = false;
  // Everything up to here is to be on disk before the append is acknowledged (flush.messages),
  // which the caller is to see to (Log::when_durable).
  bool flush_due = false;
  // What was written is committed only once it is on disk: it has to be flushed, though nobody who
  // asks for less than every replica waits for it.
  bool commit_awaits_flush = false;
  // The append moved the high watermark: others than those who want records may wait for that.
  bool high_watermark_moved = false;
};

// Why an append was refused, with more than base::Error can hold.
struct AppendRefusal {
  std::vector<protocol::RecordError> record_errors;  // Produce v8+ answers them
  protocol::Rejection rejection = protocol::Rejection::kNone;
};

// One of several requests' records for the same log, and its own answer.
struct LeaderAppend {
  base::MutableBytes records;
  AppendSpec spec;
  AppendRefusal refusal = {};
  base::Result<AppendInfo> result{AppendInfo()};
};

}  // namespace odradek::log
