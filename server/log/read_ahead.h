// ReadAhead: brings cold parts of logs into memory, so that no network thread waits for a disk.
#pragma once

#include <functional>
#include <vector>

#include "base/bounded_queue.h"
#include "base/thread.h"
#include "protocol/wire/records.h"

namespace odradek::log {

// Safe from any thread but for stop() and the destructor.
class ReadAhead {
 public:
  ReadAhead();
  ~ReadAhead();

  static bool is_cold(const protocol::FileSlice& slice);
  // Reads the slices on a thread of its own and calls `done` there, which may wait for disks
  // itself. False, and `done` is not
  // called, when too many wait already: sending them as they are is what is left.
  [[nodiscard]] bool read(std::vector<protocol::FileSlice> slices, std::function<void()> done);
  // Ends the threads; what waits still is dropped.
  void stop();

 private:
  struct Job {
    std::vector<protocol::FileSlice> slices;
    std::function<void()> done;
  };
  void run();

  base::BoundedQueue<Job> jobs_;
  std::vector<base::Thread> threads_;
};

}  // namespace odradek::log
