// LogManager: all logs of this broker, over its log directories.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/result.h"
#include "base/scheduler.h"
#include "protocol/types.h"
#include "server/log/file_deleter.h"
#include "server/log/log.h"
#include "server/log/log_dirs.h"
#include "server/log/log_options.h"

namespace odradek::log {

// Broker settings, by their configuration keys.
struct LogManagerOptions {
  std::int64_t retention_check_interval_ms = 300'000;     // log.retention.check.interval.ms
  std::int64_t flush_scheduler_interval_ms = INT64_MAX;   // log.flush.scheduler.interval.ms
  std::int64_t recovery_checkpoint_interval_ms = 60'000;  // log.flush.offset.checkpoint.interval.ms
  std::int64_t start_checkpoint_interval_ms = 60'000;     // log.flush.start.offset.checkpoint.…
  std::int64_t initial_task_delay_ms = 30'000;            // log.initial.task.delay.ms
  std::int64_t producer_id_expiration_ms = 86'400'000;    // producer.id.expiration.ms
  int recovery_threads_per_dir = 1;                       // num.recovery.threads.per.data.dir
  std::size_t max_open_files = 0;                         // 0: FileCache::default_max_open_files()
};

using LogPtr = std::shared_ptr<Log>;

// Safe from any thread after start().
class LogManager {
 public:
  // Gives the options of a topic when one of its logs is loaded.
  using TopicOptions = std::function<LogOptions(const std::string& topic)>;

  LogManager(const std::vector<std::string>& directories, const LogManagerOptions& options,
             const base::Clock& clock);
  ~LogManager();

  // Locks the directories and loads every log in them, each directory with its own threads. A
  // directory that fails is offline afterwards; an error when none is left.
  base::Status start(const TopicOptions& topic_options);
  // Retention, flushes, checkpoints and deletions from now on; `scheduler` must outlive shutdown().
  void start_tasks(base::Scheduler& scheduler);
  // Flushes and closes all logs, writes checkpoints, and the clean shutdown files last.
  void shutdown(std::int64_t broker_epoch = -1);

  // Null when there is none.
  LogPtr find(const protocol::TopicPartition& partition) const EXCLUDES(mutex_);
  // A new log goes to the online directory with the fewest logs, or to `preferred_dir`.
  // KAFKA_STORAGE_ERROR without an online directory; INVALID_TOPIC when the name is too long.
  base::Result<LogPtr> get_or_create(const protocol::TopicPartition& partition,
                                     const LogOptions& options,
                                     const std::optional<base::Uuid>& topic_id = {},
                                     const std::string& preferred_dir = "") EXCLUDES(mutex_);
  // Renames the directory at once and deletes it after file.delete.delay.ms.
  base::Status async_delete(const protocol::TopicPartition& partition) EXCLUDES(mutex_);
  std::vector<LogPtr> all() const EXCLUDES(mutex_);
  void set_topic_options(const std::string& topic, const LogOptions& options) EXCLUDES(mutex_);

  LogDirs& dirs() { return dirs_; }
  const LogContext& context() const { return context_; }
  bool had_clean_shutdown(const std::string& dir) const EXCLUDES(mutex_);
  // From .kafka_cleanshutdown of the first directory; -1 when unknown.
  std::int64_t previous_broker_epoch() const { return previous_broker_epoch_; }
  // Forgets the logs of a directory that failed; the partitions that had them.
  std::vector<protocol::TopicPartition> drop_offline_logs(const LogDir& dir) EXCLUDES(mutex_);

  // What the tasks do, for tests and for shutdown.
  void delete_old_segments();
  void flush_dirty_logs();
  void checkpoint_recovery_points();
  void checkpoint_log_start_offsets();
  void delete_due_files() { deleter_.run_due(); }

  // Read by the metrics layer.
  std::int64_t remaining_logs_to_recover() const { return remaining_logs_.load(); }
  std::int64_t offline_dir_count() const;

 private:
  struct DirLoad;
  void load_dir(LogDir& dir, const TopicOptions& topic_options);
  void load_one(LogDir& dir, DirLoad& load, const std::string& name,
                const TopicOptions& topic_options);
  LogDir* pick_dir(const std::string& preferred) const REQUIRES(mutex_);
  std::vector<LogPtr> logs_in(const LogDir& dir) const EXCLUDES(mutex_);
  void shutdown_dir(LogDir& dir, std::int64_t broker_epoch);
  base::Status flush_all(LogDir& dir, const std::vector<LogPtr>& logs);
  void write_checkpoints(LogDir& dir, const std::vector<LogPtr>& logs, bool recovery_points);

  const LogManagerOptions options_;
  const base::Clock& clock_;
  FileCache files_;
  FileDeleter deleter_;
  LogDirs dirs_;
  const LogContext context_;
  std::atomic<std::int64_t> remaining_logs_{0};
  std::int64_t previous_broker_epoch_ = -1;

  base::Mutex checkpoint_mutex_;  // one writer of checkpoint files at a time
  mutable base::Mutex mutex_;
  std::unordered_map<protocol::TopicPartition, LogPtr> logs_ GUARDED_BY(mutex_);
  std::unordered_map<std::string, bool> clean_dirs_ GUARDED_BY(mutex_);
  base::Scheduler* scheduler_ = nullptr;
  std::vector<base::TaskId> tasks_;
};

}  // namespace odradek::log
