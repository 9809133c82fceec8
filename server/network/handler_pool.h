// HandlerPool: the threads that take requests from a channel and hand them to the handler.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <list>
#include <string>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/thread.h"
#include "server/network/request_channel.h"
#include "server/network/request_handler.h"

namespace odradek::network {

// The thread of the server's start and stop calls everything but the readings.
class HandlerPool {
 public:
  // Threads are named `name` and a number.
  HandlerPool(std::string name, RequestChannel& channel, RequestHandler& handler,
              const base::Clock& clock)
      : name_(std::move(name)), channel_(channel), handler_(handler), clock_(clock) {}
  HandlerPool(const HandlerPool&) = delete;
  HandlerPool& operator=(const HandlerPool&) = delete;

  // Starts threads or ends some; a thread ends after the request it has now. Waits for that.
  void resize(std::size_t threads);
  // Waits for all threads; the channel must have been closed.
  void join() { workers_.clear(); }

  std::size_t threads() const { return wanted_.load(); }
  // Nanoseconds spent waiting for requests, all threads together.
  std::int64_t idle_ns() const { return idle_ns_.load(std::memory_order_relaxed); }

 private:
  struct Worker {
    std::atomic<bool> has_ended{false};
    base::Thread thread;
  };

  void run(Worker& worker);

  const std::string name_;
  RequestChannel& channel_;
  RequestHandler& handler_;
  const base::Clock& clock_;
  std::atomic<std::int64_t> idle_ns_{0};
  std::atomic<std::size_t> wanted_{0};
  int next_number_ = 0;
  base::Mutex mutex_;
  base::CondVar ended_;
  std::size_t running_ GUARDED_BY(mutex_) = 0;
  std::list<Worker> workers_;
};

}  // namespace odradek::network
