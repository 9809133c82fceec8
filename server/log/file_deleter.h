// FileDeleter: removes segment files and whole directories some time after they were renamed.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "server/log/segment.h"

namespace odradek::log {

// Readers that began before the rename still hold their descriptor; the delay gives the operator
// (and a reader that has yet to open) time. Safe from any thread.
class FileDeleter {
 public:
  explicit FileDeleter(const base::Clock& clock) : clock_(clock) {}

  // The segment's files have their ".deleted" suffix already.
  void add(std::shared_ptr<Segment> segment, std::int64_t delay_ms);
  // A directory "<topic>-<partition>.<uuid>-delete".
  void add_directory(std::string path, std::int64_t delay_ms);

  // Removes what is due; the manager calls it periodically. Returns how many things it removed.
  std::size_t run_due();
  // At once, whatever the delay (tests, shutdown of a test broker).
  std::size_t run_all();
  std::size_t waiting() const;

 private:
  struct Item {
    std::int64_t due_ms = 0;  // monotonic
    std::shared_ptr<Segment> segment;
    std::string directory;
  };
  std::size_t run(std::vector<Item> due);

  const base::Clock& clock_;
  mutable base::Mutex mutex_;
  std::deque<Item> items_ GUARDED_BY(mutex_);
};

}  // namespace odradek::log
