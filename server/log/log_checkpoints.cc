#include "server/log/log_checkpoints.h"

#include <string>
#include <utility>

#include "base/file.h"
#include "base/log.h"

namespace odradek::log {

base::Status LogCheckpoints::write(LogDir& dir, const char* name, const OffsetCheckpoint& offsets) {
  std::string path = dir.path() + "/" + name;
  base::Status written = files_.with_room([&] { return write_offset_checkpoint(path, offsets); });
  if (written.ok()) return written;
  if (base::out_of_descriptors(written.error())) {
    LOG(WARNING) << path << " is not written before its next turn, as no file descriptor is left; "
                 << "raise the limit of open files or lower max.connections: "
                 << written.error().message;
  } else {
    dir.fail(written.error().message);
  }
  return written;
}

base::Status LogCheckpoints::write_recovery_points(LogDir& dir) {
  base::MutexLock writing(mutex_);
  if (!dir.online()) return {};
  OffsetCheckpoint offsets;
  for (const LogPtr& log : logs_in_(dir)) offsets[log->partition()] = log->recovery_point();
  return write(dir, kRecoveryPointCheckpoint, offsets);
}

base::Status LogCheckpoints::write_start_offsets(LogDir& dir) {
  base::MutexLock writing(mutex_);
  if (!dir.online()) return {};
  OffsetCheckpoint offsets;
  for (const LogPtr& log : logs_in_(dir)) {
    // Otherwise the names of the files say it.
    bool is_inside = log->log_start_offset() > log->first_segment_offset();
    if (is_inside) offsets[log->partition()] = log->log_start_offset();
  }
  return write(dir, kLogStartOffsetCheckpoint, offsets);
}

base::Status LogCheckpoints::write_cleaned_offsets(LogDir& dir) {
  base::MutexLock writing(mutex_);
  if (!dir.online()) return {};
  OffsetCheckpoint offsets;
  for (const LogPtr& log : logs_in_(dir)) {
    if (auto cleaned = log->compaction().cleaned_to()) offsets[log->partition()] = *cleaned;
  }
  OffsetCheckpoint& known = cleaned_offsets_[&dir];
  if (offsets == known) return {};
  base::Status written = write(dir, kCleanerOffsetCheckpoint, offsets);
  if (written.ok()) known = std::move(offsets);
  return written;
}

base::Status LogCheckpoints::write_all(LogDir& dir) {
  base::Status written = write_recovery_points(dir);
  if (written.ok()) written = write_start_offsets(dir);
  return written.ok() ? write_cleaned_offsets(dir) : written;
}

void LogCheckpoints::assume_cleaned_offsets(const LogDir& dir, OffsetCheckpoint offsets) {
  base::MutexLock writing(mutex_);
  cleaned_offsets_[&dir] = std::move(offsets);
}

}  // namespace odradek::log
