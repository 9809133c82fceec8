#include "server/log/cleaner/log_cleaner.h"

#include <algorithm>
#include <utility>

#include "base/deadline.h"
#include "base/log.h"

namespace odradek::log {

namespace {

// What a choice needs to know; reads no more files than it must.
base::Result<CompactionFacts> facts_of(const Log& log, std::optional<protocol::Offset> checkpoint,
                                       const LogOptions& options, std::int64_t now_ms) {
  CompactionFacts facts;
  facts.log_start_offset = log.log_start_offset();
  facts.last_stable_offset = log.last_stable_offset();
  facts.log_end_offset = log.log_end_offset();
  facts.checkpoint = checkpoint;
  facts.now_ms = now_ms;
  protocol::Offset dirty = first_dirty_offset(facts);
  bool lags = options.min_compaction_lag_ms > 0 ||
              options.max_compaction_lag_ms < std::numeric_limits<std::int64_t>::max();
  std::vector<SegmentPtr> segments = log.segments().all();
  for (std::size_t i = 0; i < segments.size(); ++i) {
    CompactionSegment segment{segments[i]->base_offset(), segments[i]->size_bytes()};
    bool last = i + 1 == segments.size();
    if (lags && !last && segments[i + 1]->base_offset() > dirty) {
      auto largest = segments[i]->largest_timestamp_ms();
      if (!largest.ok()) return largest.error();
      auto first = segments[i]->first_timestamp_ms();
      if (!first.ok()) return first.error();
      segment.largest_timestamp_ms = *largest;
      segment.first_timestamp_ms = *first;
    }
    facts.segments.push_back(segment);
  }
  return facts;
}

std::int32_t percent(double part, double whole) {
  return whole <= 0 ? 0 : static_cast<std::int32_t>(100 * part / whole);
}

}  // namespace

LogCleaner::LogCleaner(const CleanerOptions& options, CleanableLogs& logs,
                       const LogContext& context)
    : options_(options),
      logs_(logs),
      context_(context),
      throttle_(options.io_max_bytes_per_second) {}

LogCleaner::~LogCleaner() { stop(); }

void LogCleaner::start() {
  if (!options_.enable) return;
  context_.metrics.cleaner.last_run_ms.store(context_.clock.wall_ms());
  context_.metrics.cleaner.dead_thread_count.store(options_.threads);
  for (int i = 0; i < options_.threads; ++i) {
    threads_.emplace_back("log-cleaner-" + std::to_string(i), [this] { run(); });
  }
}

void LogCleaner::stop() {
  {
    base::MutexLock lock(mutex_);
    stopping_ = true;
    for (const auto& job : jobs_) job->aborted.store(true);
  }
  changed_.notify_all();
  threads_.clear();
}

void LogCleaner::reconfigure(const CleanerOptions& options) {
  throttle_.set_rate(options.io_max_bytes_per_second);
  const bool was_running = !threads_.empty();
  stop();
  options_ = options;
  {
    base::MutexLock lock(mutex_);
    stopping_ = false;
    last_runs_.clear();
  }
  if (was_running) start();
}

void LogCleaner::run() {
  auto& dead = context_.metrics.cleaner.dead_thread_count;
  --dead;
  OffsetMap offsets(options_.dedupe_buffer_size / std::max(options_.threads, 1),
                    options_.io_buffer_load_factor);
  for (;;) {
    auto report = clean_one(offsets);
    bool cleaned = report && report->end == CompactionEnd::kDone;
    base::MutexLock lock(mutex_);
    auto deadline = base::steady_after_ms(cleaned ? 0 : options_.backoff_ms);
    while (!stopping_ && changed_.wait_until(mutex_, deadline)) {
    }
    if (stopping_) return;
  }
}

std::shared_ptr<LogCleaner::Job> LogCleaner::look_at(const LogPtr& log) const {
  auto options = log->options();
  bool skipped = !options->cleanup_compact || !log->dir().online() || uncleanable_.contains(log) ||
                 std::ranges::any_of(jobs_, [&](const auto& job) { return job->log == log; });
  if (skipped) return nullptr;
  auto job = std::make_shared<Job>();
  job->log = log;
  job->cuts = log->compaction().cuts();
  auto checkpoint = log->compaction().cleaned_to();
  auto facts = facts_of(*log, checkpoint, *options, context_.clock.wall_ms());
  if (!facts.ok()) {
    LOG(WARNING) << log->partition().to_string()
                 << " is not looked at for compaction: " << facts.error().message;
    return nullptr;
  }
  job->range = cleanable_range(*facts, *options);
  // Retention moves the start of a log with cleanup.policy=compact,delete as a matter of course.
  if (job->range.checkpoint_refused && !options->cleanup_delete) {
    LOG(WARNING) << log->partition().to_string() << ": was compacted up to offset " << *checkpoint
                 << ", which is not within the log, [" << facts->log_start_offset << ", "
                 << facts->log_end_offset << "]; all of it is compacted again";
  }
  return job;
}

void LogCleaner::forget_gone(const std::vector<LogPtr>& logs) {
  std::erase_if(uncleanable_, [&](const auto& item) {
    return std::ranges::find(logs, item.first) == logs.end();
  });
  std::map<std::string, UncleanableLogs> by_dir;
  for (const auto& [log, reason] : uncleanable_) {
    UncleanableLogs& sum = by_dir[log->dir().path()];
    ++sum.partitions;
    for (const SegmentPtr& segment :
         log->segments().from(log->compaction().cleaned_to().value_or(log->log_start_offset()))) {
      sum.bytes += segment->size_bytes();
    }
  }
  context_.metrics.cleaner.uncleanable.publish(std::move(by_dir));
}

std::shared_ptr<LogCleaner::Job> LogCleaner::pick() {
  // Under the lock from the list of logs on: abort() sees either the job or a log that is gone.
  base::MutexLock lock(mutex_);
  if (stopping_) return nullptr;
  std::vector<LogPtr> logs = logs_.cleanable();
  forget_gone(logs);
  std::shared_ptr<Job> dirtiest;
  double max_ratio = 0;
  std::int64_t max_delay_ms = 0;
  for (const LogPtr& log : logs) {
    std::shared_ptr<Job> job = look_at(log);
    if (!job) continue;
    double ratio = job->range.dirty_ratio();
    max_ratio = std::max(max_ratio, ratio);
    max_delay_ms = std::max(max_delay_ms, job->range.delay_ms);
    if (!worth_cleaning(job->range, *log->options())) continue;
    if (!dirtiest || ratio > dirtiest->range.dirty_ratio()) dirtiest = std::move(job);
  }
  CleanerMetrics& metrics = context_.metrics.cleaner;
  metrics.last_run_ms.store(context_.clock.wall_ms());
  metrics.max_dirty_percent.store(percent(max_ratio, 1));
  metrics.max_compaction_delay_secs.store(static_cast<std::int32_t>(
      std::min<std::int64_t>(max_delay_ms / 1000, std::numeric_limits<std::int32_t>::max())));
  if (dirtiest) jobs_.push_back(dirtiest);
  return dirtiest;
}

bool LogCleaner::pace(const Job& job, std::int64_t bytes) {
  std::int64_t rest_ms = throttle_.rest_ms(bytes, context_.clock.monotonic_ns());
  if (rest_ms == 0) return !job.aborted.load();
  auto deadline = base::steady_after_ms(rest_ms);
  base::MutexLock lock(mutex_);
  while (!job.aborted.load() && changed_.wait_until(mutex_, deadline)) {
  }
  return !job.aborted.load();
}

std::optional<CompactionReport> LogCleaner::clean_one(OffsetMap& offsets) {
  std::shared_ptr<Job> job = pick();
  if (!job) return std::nullopt;
  std::int64_t buffer = options_.io_buffer_size / std::max(options_.threads, 1) / 2;
  CompactionReport report =
      Compaction(*job->log, job->range, job->cuts, context_, [this, &job](std::int64_t bytes) {
        return pace(*job, bytes);
      }).run({offsets, static_cast<std::size_t>(std::max<std::int64_t>(buffer, 1))});
  finish(*job, report);
  return report;
}

void LogCleaner::finish(const Job& job, const CompactionReport& report) {
  std::string partition = job.log->partition().to_string();
  switch (report.end) {
    case CompactionEnd::kDone:
      LOG(INFO) << partition << ": compacted up to offset " << report.cleaned_to << " in "
                << report.elapsed_ms << " ms: " << report.read_bytes << " bytes became "
                << report.written_bytes << ", " << report.records.records_read << " records "
                << report.records.records_kept;
      if (report.records.records_without_key > 0) {
        LOG(WARNING) << partition << ": " << report.records.records_without_key
                     << " records without key were dropped, compacted topics cannot keep them";
      }
      logs_.checkpoint_cleaned_offsets(job.log->dir());
      break;
    case CompactionEnd::kAborted:
      LOG(INFO) << partition << ": its compaction ended early: " << report.reason;
      break;
    case CompactionEnd::kBroken:
      LOG(ERROR) << partition << " is not compacted until the next start: " << report.reason;
      break;
    case CompactionEnd::kFailed:
      job.log->dir().fail(partition + ": " + report.reason);
      break;
  }
  {
    base::MutexLock lock(mutex_);
    std::erase_if(jobs_, [&](const auto& other) { return other.get() == &job; });
    if (report.end == CompactionEnd::kBroken) uncleanable_.emplace(job.log, report.reason);
    if (report.end == CompactionEnd::kDone) measure(report);
  }
  changed_.notify_all();
}

void LogCleaner::measure(const CompactionReport& report) {
  last_runs_[std::string(base::thread_role())] = {report.read_bytes, report.written_bytes,
                                                  report.elapsed_ms, report.map_utilization};
  LastRun sum;
  for (const auto& [thread, run] : last_runs_) {
    sum.read_bytes += run.read_bytes;
    sum.written_bytes += run.written_bytes;
    sum.elapsed_ms = std::max(sum.elapsed_ms, run.elapsed_ms);
    sum.map_utilization = std::max(sum.map_utilization, run.map_utilization);
  }
  CleanerMetrics& metrics = context_.metrics.cleaner;
  metrics.cleaner_recopy_percent.store(
      percent(static_cast<double>(sum.written_bytes), static_cast<double>(sum.read_bytes)));
  metrics.max_buffer_utilization_percent.store(percent(sum.map_utilization, 1));
  metrics.max_clean_time_secs.store(static_cast<std::int32_t>(sum.elapsed_ms / 1000));
}

void LogCleaner::abort(const Log& log) {
  base::MutexLock lock(mutex_);
  auto at_work = [&](const auto& job) { return job->log.get() == &log; };
  for (const auto& job : jobs_) {
    if (at_work(job)) job->aborted.store(true);
  }
  changed_.notify_all();
  while (std::ranges::any_of(jobs_, at_work)) changed_.wait(mutex_);
}

}  // namespace odradek::log
