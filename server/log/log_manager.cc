#include "server/log/log_manager.h"

#include <algorithm>
#include <utility>

#include "base/file.h"
#include "base/log.h"
#include "base/thread.h"
#include "protocol/errors.h"
#include "server/log/checkpoint_file.h"
#include "server/log/clean_shutdown_file.h"
#include "server/log/log_directory.h"
#include "server/log/log_loader.h"

namespace odradek::log {

namespace {

using protocol::ErrorCode;

constexpr const char* kDeleteSuffix = "-delete";
constexpr std::size_t kMaxFileNameBytes = 255;
constexpr std::int64_t kFlushRolledIntervalMs = 1000;
constexpr std::int64_t kDeleteFilesIntervalMs = 1000;
constexpr std::size_t kMaxSingleFlushes = 32;  // beyond, one syncfs is cheaper

// "<topic>-<partition>.<uuid>-delete", the front cut to fit a file name.
std::string deleted_name(const protocol::TopicPartition& partition) {
  std::string unique;
  for (std::uint8_t byte : base::Uuid::random(false).bytes) {
    constexpr const char* kDigits = "0123456789abcdef";
    unique += kDigits[byte >> 4];
    unique += kDigits[byte & 15];
  }
  std::string suffix = "." + unique + kDeleteSuffix;
  return partition.to_string().substr(0, kMaxFileNameBytes - suffix.size()) + suffix;
}

}  // namespace

// What the threads that load one directory share.
struct LogManager::DirLoad {
  LogDir& dir;
  bool clean = false;
  OffsetCheckpoint recovery_points;
  OffsetCheckpoint start_offsets;
  OffsetCheckpoint cleaned_offsets;
  std::vector<std::string> names;
  std::atomic<std::size_t> next{0};
};

LogManager::LogManager(const std::vector<std::string>& directories,
                       const LogManagerOptions& options, const base::Clock& clock)
    : options_(options),
      clock_(clock),
      files_(options.max_open_files > 0 ? options.max_open_files
                                        : FileCache::default_max_open_files()),
      deleter_(clock),
      metrics_(clock),
      context_{files_,
               deleter_,
               metrics_,
               clock,
               options.producer_id_expiration_ms,
               [this](LogDir& dir) { return write_checkpoints(dir); }},
      dirs_(directories),
      cleaner_(options.cleaner, *this, context_) {}

LogManager::~LogManager() {
  cleaner_.stop();
  if (scheduler_ == nullptr) return;
  for (base::TaskId task : tasks_) scheduler_->cancel_and_wait(task);
}

std::unique_ptr<LogManager::DirLoad> LogManager::prepare_load(LogDir& dir) {
  std::unique_ptr<DirLoad> load(new DirLoad{.dir = dir,
                                            .clean = clean_shutdown_file_exists(dir.path()),
                                            .recovery_points = {},
                                            .start_offsets = {},
                                            .cleaned_offsets = {},
                                            .names = {}});
  if (load->clean) {
    previous_broker_epoch_ =
        std::max(previous_broker_epoch_, read_clean_shutdown_broker_epoch(dir.path()).value_or(-1));
  }
  // Even one that could not be seen: the next crash must not look like a clean stop.
  base::Status removed = remove_clean_shutdown_file(dir.path());
  if (!removed.ok()) {
    dir.fail(removed.error().message);
    return nullptr;
  }
  // Without checkpoints everything is checked, which is slow but loses nothing.
  auto read = [&](const char* name, OffsetCheckpoint& into) {
    auto offsets = read_offset_checkpoint(dir.path() + "/" + name);
    if (offsets.ok()) {
      into = std::move(*offsets);
    } else {
      LOG(WARNING) << "A checkpoint is ignored: " << offsets.error().message;
    }
  };
  read(kRecoveryPointCheckpoint, load->recovery_points);
  read(kLogStartOffsetCheckpoint, load->start_offsets);
  read(kCleanerOffsetCheckpoint, load->cleaned_offsets);
  auto entries = base::list_directory(dir.path());
  if (!entries.ok()) {
    dir.fail(entries.error().message);
    return nullptr;
  }
  for (const base::DirectoryEntry& entry : *entries) {
    if (entry.type != base::FileType::kDirectory || entry.name.starts_with("__cluster_metadata-")) {
      continue;
    }
    if (entry.name.ends_with(kDeleteSuffix)) {
      deleter_.add_directory(dir.path() + "/" + entry.name, 0);
    } else if (parse_log_directory_name(entry.name)) {
      load->names.push_back(entry.name);
    }
  }
  if (!load->clean && !load->names.empty()) {
    had_clean_shutdown_ = false;
    LOG(INFO) << "Log directory " << dir.path() << " was not closed in order: checking "
              << load->names.size() << " logs from their recovery points on";
  }
  {
    base::MutexLock lock(checkpoint_mutex_);
    cleaned_offsets_[&dir] = load->cleaned_offsets;
  }
  remaining_logs_ += static_cast<std::int64_t>(load->names.size());
  return load;
}

void LogManager::load_one(DirLoad& load, const std::string& name,
                          const TopicOptions& topic_options) {
  protocol::TopicPartition partition = *parse_log_directory_name(name);
  auto offset_in = [&](const OffsetCheckpoint& offsets) {
    auto found = offsets.find(partition);
    return found == offsets.end() ? 0 : found->second;
  };
  LoadSpec spec;
  spec.directory = load.dir.path() + "/" + name;
  spec.clean_shutdown = load.clean;
  spec.recovery_point = offset_in(load.recovery_points);
  spec.log_start_offset = offset_in(load.start_offsets);
  auto log = load_log(partition, load.dir, context_, topic_options(partition.topic), spec);
  --remaining_logs_;
  auto cleaned = load.cleaned_offsets.find(partition);
  if (log.ok() && cleaned != load.cleaned_offsets.end() &&
      cleaned->second <= (*log)->log_end_offset()) {
    CompactionProgress& compaction = (*log)->compaction();
    compaction.advance_to(cleaned->second, compaction.cuts());
  }
  base::MutexLock lock(mutex_);
  if (!log.ok()) {
    if (load.dir.online()) load_error_ = log.error().message;
    return;
  }
  auto [place, added] = logs_.try_emplace(partition, std::move(*log));
  if (!added) {
    load_error_ = "partition " + name + " is both in " + place->second->dir().path() + " and in " +
                  load.dir.path();
    return;
  }
  ++log_counts_[&load.dir];
}

void LogManager::load_logs(DirLoad& load, const TopicOptions& topic_options) {
  for (;;) {
    std::size_t number = load.next.fetch_add(1);
    if (number >= load.names.size() || !load.dir.online()) return;
    load_one(load, load.names[number], topic_options);
  }
}

base::Status LogManager::start(const TopicOptions& topic_options) {
  base::Status opened = dirs_.open();
  if (!opened.ok()) return opened;
  std::int64_t began_ms = clock_.monotonic_ms();
  std::vector<std::unique_ptr<DirLoad>> loads;
  for (LogDir* dir : dirs_.online()) {
    if (auto load = prepare_load(*dir)) loads.push_back(std::move(load));
  }
  {
    std::vector<base::Thread> threads;
    for (const auto& load : loads) {
      for (int i = 0; i < std::max(options_.recovery_threads_per_dir, 1); ++i) {
        threads.emplace_back("log-recovery-" + std::to_string(i),
                             [this, &load, &topic_options] { load_logs(*load, topic_options); });
      }
    }
  }
  for (const auto& load : loads) {
    if (!load->dir.online()) drop_offline_logs(load->dir);
  }
  base::MutexLock lock(mutex_);
  if (!load_error_.empty()) return base::Error(load_error_);
  if (dirs_.online().empty()) return base::Error("no log directory is left online");
  LOG(INFO) << "Loaded " << logs_.size() << " logs in " << clock_.monotonic_ms() - began_ms
            << " ms";
  return {};
}

void LogManager::start_tasks(base::Scheduler& scheduler) {
  scheduler_ = &scheduler;
  std::int64_t delay = options_.initial_task_delay_ms;
  auto add = [&](const char* name, std::function<void()> task, std::int64_t delay_ms,
                 std::int64_t period_ms) {
    if (period_ms == LogManagerOptions::kNever) return;
    tasks_.push_back(scheduler.schedule(name, std::move(task), delay_ms, period_ms));
  };
  add(
      "log-retention", [this] { delete_old_segments(); }, delay,
      options_.retention_check_interval_ms);
  add(
      "log-flusher", [this] { flush_dirty_logs(); }, delay, options_.flush_scheduler_interval_ms);
  add(
      "flush-rolled-segments", [this] { flush_rolled_segments(); }, kFlushRolledIntervalMs,
      kFlushRolledIntervalMs);
  add(
      "recovery-point-checkpoint", [this] { checkpoint_recovery_points(); }, delay,
      options_.recovery_checkpoint_interval_ms);
  add(
      "log-start-offset-checkpoint", [this] { checkpoint_log_start_offsets(); }, delay,
      options_.start_checkpoint_interval_ms);
  add(
      "delete-log-files", [this] { delete_due_files(); }, kDeleteFilesIntervalMs,
      kDeleteFilesIntervalMs);
  cleaner_.start();
}

LogPtr LogManager::find(const protocol::TopicPartition& partition) const {
  base::MutexLock lock(mutex_);
  auto found = logs_.find(partition);
  return found == logs_.end() ? nullptr : found->second;
}

std::vector<LogPtr> LogManager::all() const {
  base::MutexLock lock(mutex_);
  std::vector<LogPtr> logs;
  logs.reserve(logs_.size());
  for (const auto& [partition, log] : logs_) logs.push_back(log);
  return logs;
}

std::vector<LogPtr> LogManager::logs_in(const LogDir& dir) const {
  std::vector<LogPtr> logs = all();
  std::erase_if(logs, [&](const LogPtr& log) { return &log->dir() != &dir; });
  return logs;
}

void LogManager::set_topic_options(const std::string& topic, const LogOptions& options) {
  for (const LogPtr& log : all()) {
    if (log->partition().topic == topic) log->set_options(options);
  }
}

LogDir* LogManager::emptiest_dir() const {
  base::MutexLock lock(mutex_);
  auto count = [&](const LogDir* dir) REQUIRES(mutex_) {
    auto found = log_counts_.find(dir);
    return found == log_counts_.end() ? 0 : found->second;
  };
  LogDir* best = nullptr;
  for (LogDir* dir : dirs_.online()) {
    if (best == nullptr || count(dir) < count(best)) best = dir;
  }
  return best;
}

base::Result<LogPtr> LogManager::create(const protocol::TopicPartition& partition,
                                        const LogOptions& options) {
  // A checkpoint that still names an earlier log of this name must not outlive its files.
  if (checkpoints_stale_.exchange(false)) {
    checkpoint_recovery_points();
    checkpoint_log_start_offsets();
  }
  while (LogDir* dir = emptiest_dir()) {
    LoadSpec spec;
    spec.directory = dir->path() + "/" + partition.to_string();
    spec.clean_shutdown = true;
    auto loaded = load_log(partition, *dir, context_, options, spec);
    if (!loaded.ok() && !dir->online()) continue;
    if (!loaded.ok()) return loaded.error();
    LogPtr log = std::move(*loaded);
    base::MutexLock lock(mutex_);
    logs_[partition] = log;
    ++log_counts_[dir];
    return log;
  }
  return base::Error(ErrorCode::kKafkaStorageError,
                     "no log directory is online for " + partition.to_string());
}

base::Result<LogPtr> LogManager::get_or_create(const protocol::TopicPartition& partition,
                                               const LogOptions& options,
                                               const std::optional<base::Uuid>& topic_id) {
  base::MutexLock creating(create_mutex_);
  LogPtr log = find(partition);
  if (log == nullptr) {
    auto created = create(partition, options);
    if (!created.ok()) return created;
    log = std::move(*created);
  }
  if (topic_id && !topic_id->is_zero()) {
    base::Status assigned = log->assign_topic_id(*topic_id);
    if (!assigned.ok()) return assigned.error();
  }
  return log;
}

base::Status LogManager::async_delete(const protocol::TopicPartition& partition) {
  base::MutexLock creating(create_mutex_);
  LogPtr log;
  {
    base::MutexLock lock(mutex_);
    auto found = logs_.find(partition);
    if (found == logs_.end()) return {};
    log = std::move(found->second);
    logs_.erase(found);
    --log_counts_[&log->dir()];
  }
  checkpoints_stale_.store(true);
  cleaner_.abort(*log);
  base::Status closed = log->close();
  if (!closed.ok()) return closed;
  base::Status renamed = log->rename_directory(deleted_name(partition));
  if (!renamed.ok()) return renamed;
  deleter_.add_directory(log->directory(), options_.file_delete_delay_ms);
  LOG(INFO) << partition.to_string() << ": its log is renamed to " << log->directory()
            << " and will be deleted";
  return {};
}

std::vector<protocol::TopicPartition> LogManager::drop_offline_logs(const LogDir& dir) {
  std::vector<protocol::TopicPartition> dropped;
  base::MutexLock lock(mutex_);
  for (auto log = logs_.begin(); log != logs_.end();) {
    if (&log->second->dir() != &dir) {
      ++log;
      continue;
    }
    dropped.push_back(log->first);
    log = logs_.erase(log);
  }
  log_counts_.erase(&dir);
  return dropped;
}

void LogManager::delete_old_segments() {
  for (const LogPtr& log : all()) {
    if (!log->dir().online()) continue;
    log->expire_producers();
    auto deleted = log->delete_old_segments();
    if (!deleted.ok()) LOG(WARNING) << deleted.error().message;
  }
}

void LogManager::flush_dirty_logs() {
  for (const LogPtr& log : all()) {
    if (!log->dir().online()) continue;
    bool due = clock_.monotonic_ms() - log->last_flush_ms() >= log->options()->flush_ms;
    if (!due || log->unflushed_messages() == 0) continue;
    base::Status flushed = log->flush();
    if (!flushed.ok()) LOG(WARNING) << flushed.error().message;
  }
}

void LogManager::flush_rolled_segments() {
  for (const LogPtr& log : all()) {
    bool rolled = log->recovery_point() < log->log_end().segment_base_offset;
    if (!rolled || !log->dir().online()) continue;
    base::Status flushed = log->flush_rolled();
    if (!flushed.ok()) LOG(WARNING) << flushed.error().message;
  }
}

base::Status LogManager::write_checkpoint(LogDir& dir, Checkpoint which) {
  base::MutexLock writing(checkpoint_mutex_);
  if (!dir.online()) return {};
  bool recovery_points = which == Checkpoint::kRecoveryPoints;
  OffsetCheckpoint offsets;
  for (const LogPtr& log : logs_in(dir)) {
    if (recovery_points) {
      offsets[log->partition()] = log->recovery_point();
    } else if (log->log_start_offset() > log->first_segment_offset()) {
      // Otherwise the names of the files say it.
      offsets[log->partition()] = log->log_start_offset();
    }
  }
  const char* name = recovery_points ? kRecoveryPointCheckpoint : kLogStartOffsetCheckpoint;
  base::Status written = write_offset_checkpoint(dir.path() + "/" + name, offsets);
  if (!written.ok()) dir.fail(written.error().message);
  return written;
}

base::Status LogManager::write_checkpoints(LogDir& dir) {
  base::Status written = write_checkpoint(dir, Checkpoint::kRecoveryPoints);
  if (written.ok()) written = write_checkpoint(dir, Checkpoint::kLogStartOffsets);
  return written.ok() ? write_cleaned_offsets(dir) : written;
}

void LogManager::checkpoint_recovery_points() {
  for (LogDir* dir : dirs_.online()) (void)write_checkpoint(*dir, Checkpoint::kRecoveryPoints);
}

void LogManager::checkpoint_log_start_offsets() {
  for (LogDir* dir : dirs_.online()) {
    (void)write_checkpoint(*dir, Checkpoint::kLogStartOffsets);
    checkpoint_cleaned_offsets(*dir);
  }
}

base::Status LogManager::write_cleaned_offsets(LogDir& dir) {
  base::MutexLock writing(checkpoint_mutex_);
  if (!dir.online()) return {};
  OffsetCheckpoint offsets;
  for (const LogPtr& log : logs_in(dir)) {
    if (auto cleaned = log->compaction().cleaned_to()) offsets[log->partition()] = *cleaned;
  }
  OffsetCheckpoint& known = cleaned_offsets_[&dir];
  if (offsets == known) return {};
  base::Status written =
      write_offset_checkpoint(dir.path() + "/" + kCleanerOffsetCheckpoint, offsets);
  if (written.ok()) {
    known = std::move(offsets);
  } else {
    dir.fail(written.error().message);
  }
  return written;
}

void LogManager::checkpoint_cleaned_offsets(LogDir& dir) { (void)write_cleaned_offsets(dir); }

base::Status LogManager::close_logs(LogDir& dir, const std::vector<LogPtr>& logs) {
  for (const LogPtr& log : logs) {
    base::Status closed = log->close();
    if (!closed.ok()) return closed;
  }
  // All of them: closing wrote index entries even where every record was on disk already, and a
  // flush does nothing there.
  if (logs.size() > kMaxSingleFlushes) {
    base::Status synced = base::sync_file_system(dir.path());
    if (!synced.ok()) return synced;
    for (const LogPtr& log : logs) log->mark_flushed(log->log_end_offset());
    return {};
  }
  for (const LogPtr& log : logs) {
    base::Status flushed =
        log->unflushed_messages() > 0 ? log->flush() : log->segments().last()->flush();
    if (!flushed.ok()) return flushed;
  }
  return {};
}

void LogManager::shut_dir(LogDir& dir, std::int64_t broker_epoch) {
  base::Status done = close_logs(dir, logs_in(dir));
  if (done.ok()) done = write_checkpoints(dir);
  if (done.ok()) done = write_clean_shutdown_file(dir.path(), broker_epoch);
  if (!done.ok()) {
    LOG(WARNING) << "Log directory " << dir.path()
                 << " is not closed in order, the next start will check its logs: "
                 << done.error().message;
  }
}

void LogManager::shutdown(std::int64_t broker_epoch) {
  cleaner_.stop();
  if (scheduler_ != nullptr) {
    for (base::TaskId task : tasks_) scheduler_->cancel_and_wait(task);
    tasks_.clear();
    scheduler_ = nullptr;
  }
  std::vector<base::Thread> threads;
  for (LogDir* dir : dirs_.online()) {
    threads.emplace_back("log-shutdown",
                         [this, dir, broker_epoch] { shut_dir(*dir, broker_epoch); });
  }
}

}  // namespace odradek::log
