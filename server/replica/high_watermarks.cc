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
  std::map<log::LogDir*, log::OffsetCheckpoint> by_dir;
  for (log::LogDir* dir : logs_.dirs().online()) by_dir[dir];
  for (const PartitionPtr& partition : replicas.all()) {
    log::LogPtr log = partition->log();
    if (log == nullptr || !log->dir().online()) continue;
    by_dir[&log->dir()][partition->name()] = log->high_watermark();
  }
  for (const auto& [dir, offsets] : by_dir) {
    auto written =
        log::write_offset_checkpoint(dir->path() + "/" + log::kHighWatermarkCheckpoint, offsets);
    if (!written) dir->fail(written.error().message);
  }
}

}  // namespace odradek::replica
