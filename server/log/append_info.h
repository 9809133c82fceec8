// What an append is told and what it answers.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "protocol/errors.h"
#include "protocol/types.h"

namespace odradek::log {

// Who wrote the batches; decides how strictly they are checked.
enum class AppendOrigin : std::uint8_t {
  kClient,       // a producer
  kCoordinator,  // this broker's group or transaction coordinator: control batches and markers
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
  // The batch was appended before by the same producer: offsets and time are those of then, nothing
  // was written now.
  bool duplicate = false;
};

// A record that made an append fail (Produce v8+ answers it).
struct RecordError {
  std::int32_t index = 0;
  std::string message;
};

// Why an append was refused, with more than base::Error can hold.
struct AppendError {
  std::vector<RecordError> records;
};

}  // namespace odradek::log
