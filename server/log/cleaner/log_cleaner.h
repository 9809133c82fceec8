// LogCleaner: the threads that compact logs, and what they agree upon.
#pragma once

#include <atomic>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "base/thread.h"
#include "server/log/cleaner/compaction.h"
#include "server/log/cleaner/throttle.h"
#include "server/log/log.h"
#include "server/log/log_context.h"

namespace odradek::log {

// Broker settings, by their configuration keys.
struct CleanerOptions {
  bool enable = true;                                                   // log.cleaner.enable
  int threads = 1;                                                      // log.cleaner.threads
  std::int64_t backoff_ms = 15'000;                                     // log.cleaner.backoff.ms
  std::int64_t dedupe_buffer_size = 128 << 20;                          // …dedupe.buffer.size
  double io_buffer_load_factor = 0.9;                                   // …io.buffer.load.factor
  std::int32_t io_buffer_size = 512 << 10;                              // …io.buffer.size
  double io_max_bytes_per_second = std::numeric_limits<double>::max();  // …io.max.bytes.per.second
};

// The logs of a broker, as the cleaner sees them.
class CleanableLogs {
 public:
  virtual ~CleanableLogs() = default;
  virtual std::vector<LogPtr> cleanable() const = 0;
  // Writes how far the logs of a directory are compacted.
  virtual void checkpoint_cleaned_offsets(LogDir& dir) = 0;
};

// start(), stop() and reconfigure() from one thread at a time; all else from any. A log that cannot
// be compacted is set aside until the next start; nothing that a log holds ends a thread.
class LogCleaner {
 public:
  LogCleaner(const CleanerOptions& options, CleanableLogs& logs, const LogContext& context);
  ~LogCleaner();

  void start();
  void stop();
  // log.cleaner.* at run time: threads that run end, and as many as are wanted begin. A compaction
  // that is under way begins anew.
  void reconfigure(const CleanerOptions& options) EXCLUDES(mutex_);

  // Ends the compaction of `log` and waits for that. It is no longer among the logs, so that none
  // begins again.
  void abort(const Log& log) EXCLUDES(mutex_);

  // Compacts the dirtiest log that is worth it; nothing when there is none. What the threads do.
  std::optional<CompactionReport> clean_one(OffsetMap& offsets) EXCLUDES(mutex_);

 private:
  struct Job {
    LogPtr log;
    CleanableRange range;
    std::uint64_t cuts = 0;
    std::atomic<bool> aborted{false};
  };
  struct LastRun {
    std::int64_t read_bytes = 0;
    std::int64_t written_bytes = 0;
    std::int64_t elapsed_ms = 0;
    double map_utilization = 0;
  };

  void run() EXCLUDES(mutex_);
  std::shared_ptr<Job> pick() EXCLUDES(mutex_);
  std::shared_ptr<Job> look_at(const LogPtr& log) const REQUIRES(mutex_);
  bool pace(const Job& job, std::int64_t bytes) EXCLUDES(mutex_);
  void finish(const Job& job, const CompactionReport& report) EXCLUDES(mutex_);
  void measure(const CompactionReport& report) REQUIRES(mutex_);
  void forget_gone(const std::vector<LogPtr>& logs) REQUIRES(mutex_);

  CleanerOptions options_;  // changes only while no thread runs
  CleanableLogs& logs_;
  const LogContext& context_;
  Throttle throttle_;
  std::vector<base::Thread> threads_;

  base::Mutex mutex_;
  base::CondVar changed_;
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::vector<std::shared_ptr<Job>> jobs_ GUARDED_BY(mutex_);
  std::map<LogPtr, std::string> uncleanable_ GUARDED_BY(mutex_);  // why
  std::map<std::string, LastRun> last_runs_ GUARDED_BY(mutex_);   // by thread
};

}  // namespace odradek::log
