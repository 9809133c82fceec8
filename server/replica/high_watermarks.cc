#include "server/replica/high_watermarks.h"

#include <algorithm>
#include <functional>

#include "base/log.h"

namespace odradek::replica {
namespace {

constexpr std::size_t kSpread = 0x9e3779b97f4a7c15;  // so that sums of neighbours differ

std::size_t digest_of(const CheckpointedOffset& entry) {
  std::size_t digest = std::hash<TopicPartition>()(*entry.partition) * kSpread;
  digest ^= static_cast<std::size_t>(entry.offset) + 1;
  digest *= kSpread;
  return digest ^ (digest >> 32);
}

}  // namespace

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

Offset HighWatermarks::take(const TopicPartition& partition) {
  base::MutexLock lock(mutex_);
  auto found = loaded_.find(partition);
  if (found == loaded_.end()) return 0;
  Offset offset = found->second;
  loaded_.erase(found);
  return offset;
}

void HighWatermarks::checkpoint(const ReplicaSet& replicas) {
  base::MutexLock lock(mutex_);
  std::map<log::LogDir*, std::vector<CheckpointedOffset>> by_dir;
  for (log::LogDir* dir : logs_.dirs().online()) by_dir[dir];
  auto add = [&](const log::LogPtr& log, const TopicPartition& partition, Offset offset) {
    if (log == nullptr) return;
    auto dir = by_dir.find(&log->dir());
    if (dir != by_dir.end()) dir->second.push_back({&partition, offset});
  };
  for (const auto& [partition, offset] : loaded_) add(logs_.find(partition), partition, offset);
  const std::vector<PartitionPtr> all = replicas.all();
  for (const PartitionPtr& partition : all) {
    log::LogPtr log = partition->log();
    Offset offset = log == nullptr ? 0 : std::max(log->high_watermark(), partition->required_end());
    add(log, partition->name(), offset);
  }
  for (const auto& [dir, entries] : by_dir) write(*dir, entries);
}

void HighWatermarks::write(log::LogDir& dir, const std::vector<CheckpointedOffset>& entries) {
  std::size_t digest = 0;
  for (const CheckpointedOffset& entry : entries) digest += digest_of(entry);
  auto [known, is_new] = digests_.try_emplace(&dir, digest);
  if (!is_new && known->second == digest) return;
  known->second = digest;
  log::OffsetCheckpoint offsets;
  for (const CheckpointedOffset& entry : entries) offsets.emplace(*entry.partition, entry.offset);
  auto written =
      log::write_offset_checkpoint(dir.path() + "/" + log::kHighWatermarkCheckpoint, offsets);
  if (!written) dir.fail(written.error().message);
}

}  // namespace odradek::replica
