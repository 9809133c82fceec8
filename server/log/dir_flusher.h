// DirFlusher: brings the logs of one directory to its disk, many appends and logs in one round.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/file.h"
#include "base/mutex.h"
#include "base/result.h"
#include "base/thread.h"

namespace odradek::log {

class Log;
class LogDir;

// How much of a log is asked for.
enum class FlushExtent : std::uint8_t {
  kAwaited,  // what somebody waits for (Log::when_durable)
  kRolled,   // and all segments but the last
  kAll,
};

// One thread, begun when it is first needed, so that a slow disk holds up no other directory.
// While it syncs what is asked for meanwhile gathers for the next round, where each log is synced
// once. Safe from any thread.
class DirFlusher {
 public:
  // Beyond so many logs one sync of the file system is cheaper than one of each.
  static constexpr std::ptrdiff_t kMaxSingleFlushes = 32;

  explicit DirFlusher(LogDir& dir) : dir_(dir) {}
  ~DirFlusher() { stop(); }

  // Never waits, but after stop(): then the caller flushes.
  void add(const std::shared_ptr<Log>& log, FlushExtent extent) EXCLUDES(mutex_);
  // Returns once all that was asked for is done.
  void finish() EXCLUDES(mutex_);
  void stop() EXCLUDES(mutex_);

 private:
  using Round = std::unordered_map<std::shared_ptr<Log>, FlushExtent>;

  void run() EXCLUDES(mutex_);
  void flush(const Round& round);
  // All of them whole, by one sync. False when that is not to be: flush_one() tells why.
  bool flush_file_system(const Round& round);
  base::Status sync_file_system();
  static void flush_one(Log& log, FlushExtent extent);

  LogDir& dir_;
  // Kept open, so that it tells of every failed write since; only the flusher's thread.
  std::optional<base::File> directory_;
  base::Mutex mutex_;
  base::CondVar asked_;
  Round next_ GUARDED_BY(mutex_);
  base::CondVar rested_;
  bool is_busy_ GUARDED_BY(mutex_) = false;
  bool is_stopping_ GUARDED_BY(mutex_) = false;
  base::Thread thread_ GUARDED_BY(mutex_);
};

}  // namespace odradek::log
