// HighWatermarks: the replication-offset-checkpoint files, read once at the start and written while
// the broker runs.
#pragma once

#include "base/mutex.h"
#include "server/log/checkpoint_file.h"
#include "server/log/log_manager.h"
#include "server/replica/replica_set.h"

namespace odradek::replica {

// Safe from any thread.
class HighWatermarks {
 public:
  explicit HighWatermarks(log::LogManager& logs) : logs_(logs) {}

  // Reads the file of every online log directory; a broken one counts as empty and is told in the
  // log.
  void load() EXCLUDES(mutex_);
  // Where a log's high watermark stood at the last checkpoint; 0 when unknown.
  Offset initial(const TopicPartition& partition) const EXCLUDES(mutex_);
  // Writes one file per directory; a directory that refuses it has failed.
  void checkpoint(const ReplicaSet& replicas) EXCLUDES(mutex_);

 private:
  log::LogManager& logs_;
  mutable base::Mutex mutex_;
  log::OffsetCheckpoint loaded_ GUARDED_BY(mutex_);
};

}  // namespace odradek::replica
