// LogLoader: makes a Log out of what lies in a partition's directory, repairing it after a crash.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "protocol/types.h"
#include "server/log/log.h"

namespace odradek::log {

struct LoadSpec {
  std::string directory;  // full path; made when missing
  bool clean_shutdown = false;
  protocol::Offset recovery_point = 0;    // from recovery-point-offset-checkpoint
  protocol::Offset log_start_offset = 0;  // from log-start-offset-checkpoint
};

// After a clean stop nothing is scanned: sizes of indexes are checked and the tail is read from the
// last index entry. Otherwise every batch from the recovery point on is checked with its CRC, the
// log is cut at the first invalid byte (one WARNING says where), later segments are removed, and
// indexes are rebuilt. Leftovers (.deleted, .cleaned, .swap) are removed or taken over.
base::Result<std::unique_ptr<Log>> load_log(const protocol::TopicPartition& partition, LogDir& dir,
                                            const LogContext& context, const LogOptions& options,
                                            const LoadSpec& spec);

}  // namespace odradek::log
