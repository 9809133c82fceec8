#include "server/replica/high_watermarks.h"

#include <map>

#include "base/log.h"

namespace odradek::replica {

void HighWatermarks::load() {
  base::MutexLock lock(mutex_);
  for (const log::LogDir* dir : logs_.dirs().online()) {
    auto read = log::read_offset_checkpoint(dir->path() + "/" + log::kHighWatermarkCheckpoint);
    if (!read) {
      LOG(WARNING) << "high watermarks of " << dir->path()
                   << " start at 0: " << read.error().message;
      continue;
    }
    loaded_.merge(*read);
  }
}

Offset HighWatermarks::initial(const TopicPartition& partition) const {
  base::MutexLock lock(mutex_);
  auto found = loaded_.find(partition);
  return found == loaded_.end() ? 0 : found->second;
}

void HighWatermarks::checkpoint(const ReplicaSet& replicas) {
  base::MutexLock lock(mutex_);
  std::map<std::string, log::OffsetCheckpoint> by_dir;
  for (const log::LogDir* dir : logs_.dirs().online()) by_dir[dir->path()];
  for (const PartitionPtr& partition : replicas.all()) {
    log::LogPtr log = partition->log();
    if (log == nullptr || !log->dir().online()) continue;
    by_dir[log->dir().path()][partition->name()] = log->high_watermark();
  }
  for (const auto& [path, offsets] : by_dir) {
    auto written =
        log::write_offset_checkpoint(path + "/" + log::kHighWatermarkCheckpoint, offsets);
    if (!written) LOG(ERROR) << "high watermarks of " << path << ": " << written.error().message;
  }
}

}  // namespace odradek::replica
