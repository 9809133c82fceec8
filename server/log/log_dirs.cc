#include "server/log/log_dirs.h"

#include <filesystem>
#include <utility>

#include "base/file.h"
#include "base/log.h"
#include "protocol/errors.h"

namespace odradek::log {
namespace {

// As Java writes a path: absolute, without doubled and trailing slashes, links and dots untouched.
std::string absolute_path(const std::string& path) {
  std::filesystem::path result;
  for (const auto& part : std::filesystem::absolute(path)) {
    if (!part.empty()) result /= part;
  }
  return result.string();
}

}  // namespace

base::Status LogDir::lock() {
  base::Status made = base::create_directories(path_);
  if (!made.ok()) return made;
  // A directory that cannot be read is a failed one, whoever holds the lock.
  auto readable = base::list_directory(path_);
  if (!readable.ok()) return readable.error();
  auto lock = base::FileLock::acquire(path_ + "/.lock");
  if (!lock.ok()) return lock.error();
  if (!lock->has_value()) {
    return base::Error(protocol::ErrorCode::kInvalidConfig,
                       "cannot lock " + path_ + ": another process holds it; a data directory " +
                           "serves one broker at a time");
  }
  lock_ = std::move(*lock);
  return {};
}

void LogDir::fail(const std::string& reason) {
  if (!online_.exchange(false)) return;
  LOG(ERROR) << "Log directory " << path_ << " is offline now: " << reason;
  if (LogDirObserver* observer = observer_.load()) observer->on_log_dir_failure(*this, reason);
}

LogDirs::LogDirs(const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    dirs_.push_back(std::make_unique<LogDir>(absolute_path(path)));
  }
}

base::Status LogDirs::open() {
  for (LogDir* dir : online()) {
    base::Status locked = dir->lock();
    if (locked.ok()) continue;
    if (protocol::code_of(locked.error()) == protocol::ErrorCode::kInvalidConfig) return locked;
    if (base::out_of_descriptors(locked.error())) return locked;
    dir->fail(locked.error().message);
  }
  if (online().empty()) return base::Error("none of the directories of log.dirs can be used");
  return {};
}

std::vector<LogDir*> LogDirs::online() const {
  std::vector<LogDir*> found;
  for (const auto& dir : dirs_) {
    if (dir->online()) found.push_back(dir.get());
  }
  return found;
}

LogDir* LogDirs::find(const std::string& path) const {
  for (const auto& dir : dirs_) {
    if (dir->path() == path) return dir.get();
  }
  return nullptr;
}

void LogDirs::set_observer(LogDirObserver* observer) {
  for (const auto& dir : dirs_) dir->set_observer(observer);
}

}  // namespace odradek::log
