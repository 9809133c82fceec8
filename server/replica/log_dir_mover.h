// LogDirMover: moves replicas from one of this broker's log directories to another while they are
// in use.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/thread.h"
#include "server/log/log_manager.h"
#include "server/replica/partition_waits.h"
#include "server/replica/replica_set.h"

namespace odradek::replica {

// Broker settings, by their configuration keys.
struct LogDirMoverOptions {
  static constexpr std::int64_t kNoLimit = std::numeric_limits<std::int64_t>::max();

  std::int32_t threads = 1;                      // num.replica.alter.log.dirs.threads
  std::int64_t max_bytes_per_second = kNoLimit;  // replica.alter.log.dirs.io.max.bytes.per.second
  std::int32_t chunk_bytes = 1 << 20;            // replica.fetch.max.bytes
  std::int64_t retry_ms = 1000;                  // replica.fetch.backoff.ms
};

// A replica's records are copied to a future log in the other directory, which takes the place of
// the current one in the moment when both are the same. What is under way stands on disk alone, as
// the future logs of LogManager, so it goes on after a restart. Safe from any thread.
class LogDirMover {
 public:
  LogDirMover(ReplicaSet& replicas, log::LogManager& logs, PartitionWaits& waits,
              const LogDirMoverOptions& options, const base::Clock& clock);
  ~LogDirMover();  // stop()

  // Begins, redirects or (to the directory where it is) gives up the move of a replica; as
  // AlterReplicaLogDirs answers. Of a replica that is not here yet it is remembered where it shall
  // be made; the answer is REPLICA_NOT_AVAILABLE, or UNKNOWN_TOPIC_OR_PARTITION.
  ErrorCode move(const TopicPartition& partition, const std::string& dir) EXCLUDES(move_mutex_);

  void start();
  void stop() EXCLUDES(mutex_);
  // replica.alter.log.dirs.io.max.bytes.per.second, from now on; what waits for a slower rate goes
  // on.
  void set_rate(std::int64_t max_bytes_per_second) EXCLUDES(mutex_);
  // Replicas got a role: moves that were under way before the last stop can go on.
  void wake() EXCLUDES(mutex_);

 private:
  enum class Progress : std::uint8_t { kMade, kNone };

  base::Status begin(const TopicPartition& partition, const std::string& dir) REQUIRES(move_mutex_);
  void run(std::size_t thread);
  // The first one of this thread's share that is not among `resting`; null when there is none.
  log::LogPtr next(std::size_t thread, const std::set<TopicPartition>& resting) const;
  Progress advance(const log::LogPtr& future);
  Progress finish(Partition& replica, log::Log& current, const log::LogPtr& future);
  // Waits until the bytes copied so far were allowed.
  void pace(std::int64_t bytes) EXCLUDES(mutex_);
  // Until somebody wakes it who had not when there were `wakes`.
  void rest(std::int64_t wakes, bool is_anything_left) EXCLUDES(mutex_);
  // How often it was woken; nothing once it stops.
  std::optional<std::int64_t> wakes() const EXCLUDES(mutex_);

  ReplicaSet& replicas_;
  log::LogManager& logs_;
  PartitionWaits& waits_;
  const LogDirMoverOptions options_;
  const std::int32_t thread_count_;
  const base::Clock& clock_;
  base::Mutex move_mutex_;  // one decision at a time
  mutable base::Mutex mutex_;
  base::CondVar changed_;
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::int64_t wakes_ GUARDED_BY(mutex_) = 0;
  std::int64_t max_bytes_per_second_ GUARDED_BY(mutex_);
  std::int64_t allowed_ms_ GUARDED_BY(mutex_) = 0;  // monotonic; when the next copy may begin
  std::vector<base::Thread> threads_;
};

}  // namespace odradek::replica
