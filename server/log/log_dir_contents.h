// LogDirContents: what lies in one log directory when the broker starts, before any log is loaded.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "server/log/checkpoint_file.h"

namespace odradek::log {

struct LogDirContents {
  bool clean = false;              // closed in order by the broker that used it last
  std::int64_t broker_epoch = -1;  // that it had then; -1: unknown
  OffsetCheckpoint recovery_points;
  OffsetCheckpoint start_offsets;
  OffsetCheckpoint cleaned_offsets;
  std::vector<std::string> logs;     // current and future ones, by their directories' names
  std::vector<std::string> deleted;  // renamed for deletion
};

// Removes the sign of the clean stop, so that the next crash does not look like one. A checkpoint
// that cannot be read counts as empty, which only makes recovery and compaction slower.
base::Result<LogDirContents> take_contents(const std::string& directory);

}  // namespace odradek::log
