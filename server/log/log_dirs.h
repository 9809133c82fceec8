// LogDirs: the directories of log.dirs, and which of them have failed.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/file_lock.h"
#include "base/result.h"
#include "server/log/dir_flusher.h"

namespace odradek::log {

class LogDir;

// Told once per directory, on the thread whose I/O failed, with no lock of this folder held but
// possibly the failing log's own: hand over to a queue, do not call back into a log.
class LogDirObserver {
 public:
  virtual ~LogDirObserver() = default;
  virtual void on_log_dir_failure(const LogDir& dir, const std::string& reason) = 0;
};

// One directory. After fail() no append, flush or read on it succeeds (KAFKA-10778). Safe from any
// thread.
class LogDir {
 public:
  explicit LogDir(std::string path) : path_(std::move(path)) {}
  LogDir(const LogDir&) = delete;
  LogDir& operator=(const LogDir&) = delete;

  const std::string& path() const { return path_; }
  bool online() const { return online_.load(std::memory_order_acquire); }

  // Creates the directory when missing and takes its `.lock`, which another broker may hold.
  base::Status lock();
  // Marks the directory offline; only the first call logs and tells the observer.
  void fail(const std::string& reason);
  void set_observer(LogDirObserver* observer) { observer_.store(observer); }
  DirFlusher& flusher() { return flusher_; }

 private:
  const std::string path_;
  std::atomic<bool> online_{true};
  std::atomic<LogDirObserver*> observer_{nullptr};
  std::optional<base::FileLock> lock_;
  DirFlusher flusher_{*this};
};

class LogDirs {
 public:
  explicit LogDirs(const std::vector<std::string>& paths);

  // Locks every directory; one that cannot be used is marked offline. An error when another broker
  // holds a lock, or when no directory is left.
  base::Status open();
  const std::vector<std::unique_ptr<LogDir>>& all() const { return dirs_; }
  std::vector<LogDir*> online() const;
  LogDir* find(const std::string& path) const;
  void set_observer(LogDirObserver* observer);

 private:
  std::vector<std::unique_ptr<LogDir>> dirs_;
};

}  // namespace odradek::log
