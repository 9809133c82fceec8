// LogCheckpoints: the files of a log directory that say how far its logs are flushed, deleted from
// the start, and compacted.
#pragma once

#include <functional>
#include <map>
#include <vector>

#include "base/mutex.h"
#include "base/result.h"
#include "server/log/cached_file.h"
#include "server/log/checkpoint_file.h"
#include "server/log/log.h"
#include "server/log/log_dirs.h"

namespace odradek::log {

// Safe from any thread. A directory whose file cannot be written is offline afterwards, unless no
// descriptor was left: then the next call writes it. One that is offline already keeps what it has.
class LogCheckpoints {
 public:
  using LogsIn = std::function<std::vector<LogPtr>(const LogDir&)>;

  LogCheckpoints(FileCache& files, LogsIn logs_in) : files_(files), logs_in_(std::move(logs_in)) {}

  base::Status write_recovery_points(LogDir& dir) EXCLUDES(mutex_);
  base::Status write_start_offsets(LogDir& dir) EXCLUDES(mutex_);
  // Only when they are others than those in the file.
  base::Status write_cleaned_offsets(LogDir& dir) EXCLUDES(mutex_);
  base::Status write_all(LogDir& dir) EXCLUDES(mutex_);
  // What the start found in the file.
  void assume_cleaned_offsets(const LogDir& dir, OffsetCheckpoint offsets) EXCLUDES(mutex_);

 private:
  base::Status write(LogDir& dir, const char* name, const OffsetCheckpoint& offsets);

  FileCache& files_;
  const LogsIn logs_in_;
  base::Mutex mutex_;  // one writer at a time
  std::map<const LogDir*, OffsetCheckpoint> cleaned_offsets_ GUARDED_BY(mutex_);
};

}  // namespace odradek::log
