#include "server/log/file_deleter.h"

#include <utility>

#include "base/file.h"
#include "base/log.h"

namespace odradek::log {

void FileDeleter::add(std::shared_ptr<Segment> segment, std::int64_t delay_ms) {
  base::MutexLock lock(mutex_);
  items_.push_back({clock_.monotonic_ms() + delay_ms, std::move(segment), {}});
}

void FileDeleter::add_directory(std::string path, std::int64_t delay_ms) {
  base::MutexLock lock(mutex_);
  items_.push_back({clock_.monotonic_ms() + delay_ms, nullptr, std::move(path)});
}

std::size_t FileDeleter::run_due() {
  std::vector<Item> due;
  {
    base::MutexLock lock(mutex_);
    std::int64_t now = clock_.monotonic_ms();
    std::deque<Item> later;
    for (Item& item : items_) {
      if (item.due_ms <= now) {
        due.push_back(std::move(item));
      } else {
        later.push_back(std::move(item));
      }
    }
    items_.swap(later);
  }
  return run(std::move(due));
}

std::size_t FileDeleter::run_all() {
  std::vector<Item> due;
  {
    base::MutexLock lock(mutex_);
    for (Item& item : items_) due.push_back(std::move(item));
    items_.clear();
  }
  return run(std::move(due));
}

std::size_t FileDeleter::waiting() const {
  base::MutexLock lock(mutex_);
  return items_.size();
}

std::size_t FileDeleter::run(std::vector<Item> due) {
  for (const Item& item : due) {
    base::Status removed =
        item.segment ? item.segment->remove() : base::remove_tree(item.directory);
    // What stays behind is removed by the next start.
    if (!removed.ok()) LOG(WARNING) << "Cannot delete a log file: " << removed.error().message;
  }
  return due.size();
}

}  // namespace odradek::log
