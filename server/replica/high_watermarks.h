// HighWatermarks: the replication-offset-checkpoint files, read once at the start and written while
// the broker runs.
#pragma once

#include <cstddef>
#include <map>
#include <vector>

#include "base/mutex.h"
#include "server/log/checkpoint_file.h"
#include "server/log/log_manager.h"
#include "server/replica/replica_set.h"

namespace odradek::replica {

struct CheckpointedOffset {
  const TopicPartition* partition = nullptr;
  Offset offset = 0;
};

// Safe from any thread.
class HighWatermarks {
 public:
  explicit HighWatermarks(log::LogManager& logs) : logs_(logs) {}

  // Reads the file of every online log directory; a broken one counts as empty and is told in the
  // log.
  void load() EXCLUDES(mutex_);
  // Where a log's high watermark stood at the last checkpoint, told once; 0 when unknown.
  Offset take(const TopicPartition& partition) EXCLUDES(mutex_);
  // Writes one file per directory where anything changed; a directory that refuses it has failed.
  // What was not taken yet stays in it, and so does what a log has not reached again.
  void checkpoint(const ReplicaSet& replicas) EXCLUDES(mutex_);

 private:
  log::LogManager& logs_;
  void write(log::LogDir& dir, const std::vector<CheckpointedOffset>& entries) REQUIRES(mutex_);

  base::Mutex mutex_;
  log::OffsetCheckpoint loaded_ GUARDED_BY(mutex_);
  // Of what each file holds, as most of the time most partitions rest.
  std::map<const log::LogDir*, std::size_t> digests_ GUARDED_BY(mutex_);
};

}  // namespace odradek::replica
