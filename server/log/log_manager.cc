#include "server/log/log_manager.h"

#include <algorithm>
#include <utility>

#include "base/file.h"
#include "base/log.h"
#include "base/thread.h"
#include "protocol/errors.h"
#include "server/log/checkpoint_file.h"
#include "server/log/clean_shutdown_file.h"
#include "server/log/log_dir_contents.h"
#include "server/log/log_directory.h"
#include "server/log/log_loader.h"

namespace odradek::log {

namespace {

using protocol::ErrorCode;

constexpr std::int64_t kFlushRolledIntervalMs = 1000;
constexpr std::int64_t kDeleteFilesIntervalMs = 1000;
constexpr std::size_t kMaxSingleFlushes = 32;  // beyond, one syncfs is cheaper

// The front cut to fit a file name.
std::string deleted_name(const protocol::TopicPartition& partition) {
  std::string name = unique_directory_name(partition, kDeleteSuffix);
  if (name.size() <= kMaxFileNameBytes) return name;
  std::size_t topic_bytes = partition.to_string().size();
  return name.erase(topic_bytes - (name.size() - kMaxFileNameBytes),
                    name.size() - kMaxFileNameBytes);
}

}  // namespace

// What the threads that load one directory share.
struct LogManager::DirLoad {
  LogDir& dir;
  LogDirContents contents;
  std::atomic<std::size_t> next{0};
};

LogManager::LogManager(const std::vector<std::string>& directories,
                       const LogManagerOptions& options, const base::Clock& clock)
    : options_(options),
      file_delete_delay_ms_(options.file_delete_delay_ms),
      recovery_threads_(std::max(options.recovery_threads_per_dir, 1)),
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
               [this](LogDir& dir) { return checkpoints_.write_all(dir); }},
      dirs_(directories),
      checkpoints_(files_, [this](const LogDir& dir) { return logs_in(dir); }),
      cleaner_(options.cleaner, *this, context_) {}

LogManager::~LogManager() {
  cleaner_.stop();
  if (scheduler_ == nullptr) return;
  for (base::TaskId task : tasks_) scheduler_->cancel_and_wait(task);
}

std::unique_ptr<LogManager::DirLoad> LogManager::prepare_load(LogDir& dir) {
  auto contents = take_contents(dir.path());
  if (!contents.ok()) {
    dir.fail(contents.error().message);
    return nullptr;
  }
  std::unique_ptr<DirLoad> load(new DirLoad{.dir = dir, .contents = std::move(*contents)});
  previous_broker_epoch_ = std::max(previous_broker_epoch_, load->contents.broker_epoch);
  for (const std::string& name : load->contents.deleted) {
    deleter_.add_directory(dir.path() + "/" + name, 0);
  }
  std::size_t count = load->contents.logs.size();
  if (!load->contents.clean && count > 0) {
    had_clean_shutdown_ = false;
    LOG(INFO) << "Log directory " << dir.path() << " was not closed in order: checking " << count
              << " logs from their recovery points on";
  }
  checkpoints_.assume_cleaned_offsets(dir, load->contents.cleaned_offsets);
  remaining_logs_ += static_cast<std::int64_t>(count);
  return load;
}

void LogManager::load_one(DirLoad& load, const std::string& name,
                          const TopicOptions& topic_options) {
  auto future = parse_future_directory_name(name);
  protocol::TopicPartition partition = future ? *future : *parse_log_directory_name(name);
  auto offset_in = [&](const OffsetCheckpoint& offsets) {
    auto found = offsets.find(partition);
    return found == offsets.end() ? 0 : found->second;
  };
  LoadSpec spec;
  spec.directory = load.dir.path() + "/" + name;
  spec.clean_shutdown = load.contents.clean;
  spec.recovery_point = offset_in(load.contents.recovery_points);
  spec.log_start_offset = offset_in(load.contents.start_offsets);
  auto log = load_log(partition, load.dir, context_, topic_options(partition.topic), spec);
  --remaining_logs_;
  const OffsetCheckpoint& cleaned_offsets = load.contents.cleaned_offsets;
  auto cleaned = cleaned_offsets.find(partition);
  if (log.ok() && !future && cleaned != cleaned_offsets.end() &&
      cleaned->second <= (*log)->log_end_offset()) {
    CompactionProgress& compaction = (*log)->compaction();
    compaction.advance_to(cleaned->second, compaction.cuts());
  }
  base::MutexLock lock(mutex_);
  if (!log.ok()) {
    if (load.dir.online()) load_error_ = log.error().message;
    return;
  }
  LogPtr earlier = (future ? futures_ : current_).add(std::move(*log));
  if (earlier == nullptr) return;
  load_error_ = partition.to_string() + " is both in " + earlier->directory() + " and in " +
                spec.directory +
                "; a directory may have failed while one was about to replace the other: delete "
                "the one in the directory that failed";
}

void LogManager::load_logs(DirLoad& load, const TopicOptions& topic_options) {
  for (;;) {
    std::size_t number = load.next.fetch_add(1);
    if (number >= load.contents.logs.size() || !load.dir.online()) return;
    load_one(load, load.contents.logs[number], topic_options);
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
      for (int i = 0; i < recovery_threads_; ++i) {
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
  LOG(INFO) << "Loaded " << current_.size() + futures_.size() << " logs in "
            << clock_.monotonic_ms() - began_ms << " ms";
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
      "producer-expiration", [this] { expire_producers(); }, options_.producer_id_check_interval_ms,
      options_.producer_id_check_interval_ms);
  add(
      "delete-log-files", [this] { delete_due_files(); }, kDeleteFilesIntervalMs,
      kDeleteFilesIntervalMs);
  cleaner_.start();
}

LogPtr LogManager::find(const protocol::TopicPartition& partition) const {
  base::MutexLock lock(mutex_);
  return current_.find(partition);
}

LogPtr LogManager::find_future(const protocol::TopicPartition& partition) const {
  base::MutexLock lock(mutex_);
  return futures_.find(partition);
}

std::vector<LogPtr> LogManager::all() const {
  std::vector<LogPtr> logs = futures();
  base::MutexLock lock(mutex_);
  current_.append_to(logs);
  return logs;
}

std::vector<LogPtr> LogManager::cleanable() const {
  std::vector<LogPtr> logs;
  base::MutexLock lock(mutex_);
  current_.append_to(logs);
  return logs;
}

std::vector<LogPtr> LogManager::futures() const {
  std::vector<LogPtr> logs;
  base::MutexLock lock(mutex_);
  futures_.append_to(logs);
  return logs;
}

std::vector<LogPtr> LogManager::logs_in(const LogDir& dir) const {
  std::vector<LogPtr> logs = all();
  std::erase_if(logs, [&](const LogPtr& log) { return &log->dir() != &dir; });
  return logs;
}

LogDir* LogManager::emptiest_dir() const {
  base::MutexLock lock(mutex_);
  LogDir* best = nullptr;
  std::size_t fewest = 0;
  for (LogDir* dir : dirs_.online()) {
    std::size_t count = current_.count_in(*dir) + futures_.count_in(*dir);
    if (best != nullptr && count >= fewest) continue;
    best = dir;
    fewest = count;
  }
  return best;
}

base::Result<LogPtr> LogManager::create_in(LogDir& dir, const std::string& name,
                                           const protocol::TopicPartition& partition,
                                           const LogOptions& options) {
  LoadSpec spec;
  spec.directory = dir.path() + "/" + name;
  spec.clean_shutdown = true;
  auto loaded = load_log(partition, dir, context_, options, spec);
  if (!loaded.ok()) return loaded.error();
  return LogPtr(std::move(*loaded));
}

base::Result<LogPtr> LogManager::create(const protocol::TopicPartition& partition,
                                        const LogOptions& options) {
  // A checkpoint that still names an earlier log of this name must not outlive its files.
  if (checkpoints_stale_.exchange(false)) {
    for (LogDir* dir : dirs_.online()) {
      base::Status written = checkpoints_.write_all(*dir);
      if (written.ok() || !dir->online()) continue;
      checkpoints_stale_.store(true);
      return base::Error(ErrorCode::kKafkaStorageError, written.error().message);
    }
  }
  auto preferred = preferred_dirs_.find(partition);
  bool chosen = preferred != preferred_dirs_.end();
  while (LogDir* dir = chosen ? preferred->second : emptiest_dir()) {
    auto created = create_in(*dir, partition.to_string(), partition, options);
    if (!created.ok() && !chosen && !dir->online()) continue;
    if (!created.ok()) return created;
    preferred_dirs_.erase(partition);
    base::MutexLock lock(mutex_);
    current_.add(*created);
    return created;
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

void LogManager::prefer_dir(const protocol::TopicPartition& partition, LogDir& dir) {
  base::MutexLock creating(create_mutex_);
  if (preferred_dirs_.size() >= kMaxPreferredDirs) return;
  preferred_dirs_[partition] = &dir;
}

base::Result<LogPtr> LogManager::create_future(const LogPtr& current, LogDir& dir) {
  base::MutexLock creating(create_mutex_);
  const protocol::TopicPartition& partition = current->partition();
  if (find(partition) != current || find_future(partition) != nullptr) {
    return base::Error(ErrorCode::kKafkaStorageError,
                       partition.to_string() + " was moved or deleted meanwhile");
  }
  // Its files may lie where an earlier log of the partition lay, which a checkpoint still names.
  base::Status written = checkpoints_.write_all(dir);
  if (!written.ok()) {
    return base::Error(ErrorCode::kKafkaStorageError, written.error().message);
  }
  auto created = create_in(dir, unique_directory_name(partition, kFutureSuffix), partition,
                           *current->options());
  if (!created.ok()) return created;
  if (auto topic_id = current->topic_id()) {
    base::Status assigned = (*created)->assign_topic_id(*topic_id);
    if (!assigned.ok()) return assigned.error();
  }
  base::MutexLock lock(mutex_);
  futures_.add(*created);
  return created;
}

base::Status LogManager::replace_with_future(const LogPtr& future) {
  base::MutexLock creating(create_mutex_);
  const protocol::TopicPartition& partition = future->partition();
  LogPtr current = find(partition);
  if (current == nullptr || find_future(partition) != future) {
    return base::Error(ErrorCode::kKafkaStorageError,
                       partition.to_string() + " was moved or deleted meanwhile");
  }
  // In this order: a crash in between leaves two logs for the operator to choose from, not none.
  base::Status renamed = future->rename_directory(partition.to_string());
  if (!renamed.ok()) return renamed;
  future->set_high_watermark(current->high_watermark());
  {
    base::MutexLock lock(mutex_);
    futures_.remove(partition);
    current_.remove(partition);
    current_.add(future);
  }
  base::Status retired = retire(*current);
  if (!retired.ok()) {
    LOG(ERROR) << partition.to_string() << ": its old log " << current->directory()
               << " must be deleted before the next start: " << retired.error().message;
  }
  return {};
}

base::Status LogManager::retire(Log& log) {
  checkpoints_stale_.store(true);
  cleaner_.abort(log);
  base::Status done = log.retire(deleted_name(log.partition()));
  if (!done.ok()) return done;
  deleter_.add_directory(log.directory(), file_delete_delay_ms_);
  LOG(INFO) << log.partition().to_string() << ": its log is renamed to " << log.directory()
            << " and will be deleted";
  return {};
}

base::Status LogManager::delete_future(const protocol::TopicPartition& partition) {
  base::MutexLock creating(create_mutex_);
  LogPtr future;
  {
    base::MutexLock lock(mutex_);
    future = futures_.remove(partition);
  }
  return future == nullptr ? base::Status() : retire(*future);
}

base::Status LogManager::async_delete(const protocol::TopicPartition& partition) {
  base::Status deleted = delete_future(partition);
  if (!deleted.ok()) return deleted;
  base::MutexLock creating(create_mutex_);
  LogPtr log;
  {
    base::MutexLock lock(mutex_);
    log = current_.remove(partition);
  }
  return log == nullptr ? base::Status() : retire(*log);
}

std::vector<protocol::TopicPartition> LogManager::drop_offline_logs(const LogDir& dir) {
  base::MutexLock lock(mutex_);
  futures_.remove_in(dir);
  return current_.remove_in(dir);
}

void LogManager::expire_producers() {
  for (const LogPtr& log : all()) log->expire_producers();
}

void LogManager::delete_old_segments() {
  for (const LogPtr& log : all()) {
    if (!log->dir().online()) continue;
    auto deleted = log->delete_old_segments();
    if (!deleted.ok()) LOG(WARNING) << deleted.error().message;
  }
}

void LogManager::flush_dirty_logs() {
  for (const LogPtr& log : all()) {
    if (!log->dir().online()) continue;
    bool due = clock_.monotonic_ms() - log->last_flush_ms() >= log->options()->flush_ms;
    if (!due || log->unflushed_messages() == 0) continue;
    log->dir().flusher().add(log, FlushExtent::kAll);
  }
}

void LogManager::flush_rolled_segments() {
  for (const LogPtr& log : all()) {
    bool rolled = log->recovery_point() < log->log_end().segment_base_offset;
    if (rolled && log->dir().online()) log->dir().flusher().add(log, FlushExtent::kRolled);
  }
}

void LogManager::checkpoint_recovery_points() {
  for (LogDir* dir : dirs_.online()) (void)checkpoints_.write_recovery_points(*dir);
}

void LogManager::checkpoint_log_start_offsets() {
  for (LogDir* dir : dirs_.online()) {
    (void)checkpoints_.write_start_offsets(*dir);
    (void)checkpoints_.write_cleaned_offsets(*dir);
  }
}

void LogManager::checkpoint_cleaned_offsets(LogDir& dir) {
  (void)checkpoints_.write_cleaned_offsets(dir);
}

base::Status LogManager::close_logs(LogDir& dir, const std::vector<LogPtr>& logs) {
  std::atomic<std::size_t> next{0};
  std::vector<base::Status> closed(static_cast<std::size_t>(recovery_threads_.load()));
  {
    std::vector<base::Thread> threads;
    for (base::Status& mine : closed) {
      threads.emplace_back("log-closing", [&] {
        for (std::size_t i = next++; i < logs.size() && mine.ok(); i = next++) {
          mine = logs[i]->close();
        }
      });
    }
  }
  for (base::Status& status : closed) {
    if (!status.ok()) return status;
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
    if (!flushed.ok()) {
      if (flushed.error().code == -1) dir.fail(flushed.error().message);
      return flushed;
    }
  }
  return {};
}

void LogManager::shut_dir(LogDir& dir, std::int64_t broker_epoch) {
  dir.flusher().stop();
  if (!dir.online()) return;
  base::Status done = close_logs(dir, logs_in(dir));
  if (done.ok()) done = checkpoints_.write_all(dir);
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
  for (const auto& dir : dirs_.all()) {
    threads.emplace_back("log-shutdown",
                         [this, &dir, broker_epoch] { shut_dir(*dir, broker_epoch); });
  }
}

}  // namespace odradek::log
