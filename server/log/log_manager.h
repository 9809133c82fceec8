// LogManager: all logs of this broker, over its log directories.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/result.h"
#include "base/scheduler.h"
#include "base/uuid.h"
#include "protocol/types.h"
#include "server/log/cleaner/log_cleaner.h"
#include "server/log/log.h"
#include "server/log/log_checkpoints.h"
#include "server/log/log_context.h"
#include "server/log/log_dirs.h"
#include "server/log/log_options.h"
#include "server/log/log_table.h"

namespace odradek::log {

// Broker settings, by their configuration keys.
struct LogManagerOptions {
  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

  std::int64_t retention_check_interval_ms = 300'000;     // log.retention.check.interval.ms
  std::int64_t flush_scheduler_interval_ms = kNever;      // log.flush.scheduler.interval.ms
  std::int64_t recovery_checkpoint_interval_ms = 60'000;  // log.flush.offset.checkpoint.…
  std::int64_t start_checkpoint_interval_ms = 60'000;     // log.flush.start.offset.checkpoint.…
  std::int64_t initial_task_delay_ms = 30'000;            // log.initial.task.delay.ms
  std::int64_t producer_id_expiration_ms = 86'400'000;    // producer.id.expiration.ms
  std::int64_t producer_id_check_interval_ms = 600'000;   // producer.id.expiration.check.…
  std::int64_t file_delete_delay_ms = 60'000;             // log.segment.delete.delay.ms
  int recovery_threads_per_dir = 1;                       // num.recovery.threads.per.data.dir
  std::size_t max_open_files = 0;                         // 0: a third of RLIMIT_NOFILE
  CleanerOptions cleaner;
};

// start() and shutdown() from one thread; all else from any, after start().
class LogManager final : public CleanableLogs {
 public:
  // Gives the options of a topic when one of its logs is loaded.
  using TopicOptions = std::function<LogOptions(const std::string& topic)>;

  LogManager(const std::vector<std::string>& directories, const LogManagerOptions& options,
             const base::Clock& clock);
  ~LogManager() override;  // without shutdown() the next start finds an unclean stop

  // Locks the directories and loads every log in them, each directory with its own threads. A
  // directory that fails is offline afterwards; an error when none is left, when another broker
  // holds one, or when two hold the same partition.
  base::Status start(const TopicOptions& topic_options);
  // Retention, compaction, flushes, checkpoints and deletions from now on, until shutdown().
  void start_tasks(base::Scheduler& scheduler);
  // Flushes and closes all logs, writes checkpoints, and the clean shutdown files last.
  void shutdown(std::int64_t broker_epoch = -1);

  // Null when there is none.
  LogPtr find(const protocol::TopicPartition& partition) const EXCLUDES(mutex_);
  // A new log goes to the preferred directory or to the online one with the fewest logs.
  // KAFKA_STORAGE_ERROR when that one is offline, or none is left.
  base::Result<LogPtr> get_or_create(const protocol::TopicPartition& partition,
                                     const LogOptions& options,
                                     const std::optional<base::Uuid>& topic_id = {})
      EXCLUDES(mutex_, create_mutex_);
  // Renames the directory at once and deletes it after log.segment.delete.delay.ms. Success when
  // there is no such log.
  base::Status async_delete(const protocol::TopicPartition& partition)
      EXCLUDES(mutex_, create_mutex_);

  // --- moves between directories: a future log in "<topic>-<partition>.<uuid>-future" is filled by
  // its owner, then takes the place of the current one ---
  LogPtr find_future(const protocol::TopicPartition& partition) const EXCLUDES(mutex_);
  std::vector<LogPtr> futures() const EXCLUDES(mutex_);
  // Empty, with the options and topic id of the current log; KAFKA_STORAGE_ERROR when that is not
  // the current one any more, or has a future one.
  base::Result<LogPtr> create_future(const LogPtr& current, LogDir& dir)
      EXCLUDES(mutex_, create_mutex_);
  // The current log is deleted as by async_delete(). Nobody may append to either.
  base::Status replace_with_future(const LogPtr& future) EXCLUDES(mutex_, create_mutex_);
  base::Status delete_future(const protocol::TopicPartition& partition)
      EXCLUDES(mutex_, create_mutex_);
  // Where the partition's log goes when it is made; forgotten then.
  void prefer_dir(const protocol::TopicPartition& partition, LogDir& dir) EXCLUDES(create_mutex_);

  // Current and future ones.
  std::vector<LogPtr> all() const EXCLUDES(mutex_);
  // Current ones: what moves is compacted once it is there.
  std::vector<LogPtr> cleanable() const override EXCLUDES(mutex_);
  void set_producer_id_expiration_ms(std::int64_t value) {
    context_.producer_id_expiration_ms = value;
  }
  void set_file_delete_delay_ms(std::int64_t value) { file_delete_delay_ms_ = value; }
  void set_recovery_threads(int per_dir) { recovery_threads_ = per_dir; }

  LogDirs& dirs() { return dirs_; }
  LogMetrics& metrics() { return metrics_; }
  // Whether the last stop of every directory was clean; known after start().
  bool had_clean_shutdown() const { return had_clean_shutdown_; }
  // The broker epoch in .kafka_cleanshutdown; -1 when unknown.
  std::int64_t previous_broker_epoch() const { return previous_broker_epoch_; }
  // Forgets the logs of a directory that failed; the partitions that had them.
  std::vector<protocol::TopicPartition> drop_offline_logs(const LogDir& dir) EXCLUDES(mutex_);

  // What the tasks do, for tests and tools.
  void delete_old_segments();
  void expire_producers();
  void flush_dirty_logs();
  void flush_rolled_segments();
  void checkpoint_recovery_points();
  void checkpoint_log_start_offsets();
  void checkpoint_cleaned_offsets(LogDir& dir) override;
  LogCleaner& cleaner() { return cleaner_; }
  std::size_t delete_due_files() { return deleter_.run_due(); }

  // Read by the metrics layer.
  std::int64_t remaining_logs_to_recover() const { return remaining_logs_.load(); }
  std::size_t offline_dir_count() const { return dirs_.all().size() - dirs_.online().size(); }

 private:
  struct DirLoad;
  std::unique_ptr<DirLoad> prepare_load(LogDir& dir);
  void load_logs(DirLoad& load, const TopicOptions& topic_options);
  void load_one(DirLoad& load, const std::string& name, const TopicOptions& topic_options);
  base::Result<LogPtr> create(const protocol::TopicPartition& partition, const LogOptions& options)
      REQUIRES(create_mutex_) EXCLUDES(mutex_);
  base::Result<LogPtr> create_in(LogDir& dir, const std::string& name,
                                 const protocol::TopicPartition& partition,
                                 const LogOptions& options);
  LogDir* emptiest_dir() const EXCLUDES(mutex_);
  base::Status retire(Log& log) REQUIRES(create_mutex_);
  std::vector<LogPtr> logs_in(const LogDir& dir) const EXCLUDES(mutex_);
  void shut_dir(LogDir& dir, std::int64_t broker_epoch);
  base::Status close_logs(LogDir& dir, const std::vector<LogPtr>& logs);

  const LogManagerOptions options_;
  std::atomic<std::int64_t> file_delete_delay_ms_;
  std::atomic<int> recovery_threads_;  // of each directory, when logs are loaded and closed
  const base::Clock& clock_;
  FileCache files_;
  FileDeleter deleter_;
  LogMetrics metrics_;
  LogContext context_;
  LogDirs dirs_;
  LogCheckpoints checkpoints_;
  std::atomic<std::int64_t> remaining_logs_{0};
  std::atomic<bool> checkpoints_stale_{false};  // they may name deleted logs
  bool had_clean_shutdown_ = true;
  std::int64_t previous_broker_epoch_ = -1;

  static constexpr std::size_t kMaxPreferredDirs = 100'000;

  base::Mutex create_mutex_;  // one creation or deletion at a time
  std::unordered_map<protocol::TopicPartition, LogDir*> preferred_dirs_ GUARDED_BY(create_mutex_);
  mutable base::Mutex mutex_;
  LogTable current_ GUARDED_BY(mutex_);
  LogTable futures_ GUARDED_BY(mutex_);
  std::string load_error_ GUARDED_BY(mutex_);
  base::Scheduler* scheduler_ = nullptr;
  std::vector<base::TaskId> tasks_;
  LogCleaner cleaner_;
};

}  // namespace odradek::log
