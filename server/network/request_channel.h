// RequestChannel: the bounded queue between network threads and handler threads of one plane.
#pragma once

#include <atomic>
#include <cstddef>
#include <deque>
#include <memory>
#include <vector>

#include "base/mutex.h"
#include "server/network/request.h"

namespace odradek::network {

// Safe from any thread. One lock and at most as many wake-ups as there are sleepers for a batch.
class RequestChannel {
 public:
  explicit RequestChannel(std::size_t capacity) : capacity_(capacity) {}

  // Waits for room, as upstream does: the network thread then reads nothing at all, and clients
  // feel it through TCP. After close() the requests' connections are closed. Empties `batch`.
  void push(std::vector<std::unique_ptr<Request>>& batch) EXCLUDES(mutex_);
  // Waits for a request; null when a handler thread is to end: after end_one(), or after close()
  // when nothing is left.
  std::unique_ptr<Request> pop() EXCLUDES(mutex_);
  void end_one() EXCLUDES(mutex_);
  // From now on push() waits for nobody: the connections of what does not fit are closed.
  void stop_waiting() EXCLUDES(mutex_);
  void close() EXCLUDES(mutex_);

  // Without the lock: for the choice of running inline, and for metrics.
  std::size_t size() const { return size_.load(std::memory_order_relaxed); }

 private:
  // How many of `batch`, beginning at `from`, went in.
  std::size_t push_some(std::vector<std::unique_ptr<Request>>& batch, std::size_t from)
      EXCLUDES(mutex_);

  const std::size_t capacity_;
  std::atomic<std::size_t> size_{0};
  base::Mutex mutex_;
  base::CondVar room_;
  base::CondVar request_;
  std::deque<std::unique_ptr<Request>> requests_ GUARDED_BY(mutex_);
  std::size_t sleeping_handlers_ GUARDED_BY(mutex_) = 0;
  std::size_t sleeping_processors_ GUARDED_BY(mutex_) = 0;
  std::size_t handlers_to_end_ GUARDED_BY(mutex_) = 0;
  bool may_wait_ GUARDED_BY(mutex_) = true;
  bool is_closed_ GUARDED_BY(mutex_) = false;
};

}  // namespace odradek::network
