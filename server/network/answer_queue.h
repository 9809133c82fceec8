// AnswerQueue: brings answers from any thread to the network thread that owns their connections.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "base/mutex.h"
#include "server/network/request.h"

namespace odradek::network {

// Shared by the network thread and all its requests, which may outlive it. Bounded by itself: a
// connection has one request under way.
class AnswerQueue : public AnswerSink {
 public:
  // `wake` makes the owner call take_all() soon; it runs once per batch, from any thread.
  explicit AnswerQueue(std::function<void()> wake) : wake_(std::move(wake)) {}

  void deliver(Answer answer) override EXCLUDES(mutex_);

  // Tells the owner that requests may take memory again; from any thread.
  void note_memory() EXCLUDES(mutex_);

  // The owner's thread calls the rest.
  void set_owner() { owner_.store(std::this_thread::get_id()); }
  // Around the inline handling of a request of `connection`: its answer when it is there already.
  void begin_inline() { is_inline_ = true; }
  std::optional<Answer> end_inline(ConnectionId connection);
  std::vector<Answer> take_all() EXCLUDES(mutex_);
  bool take_memory_note() { return has_memory_note_.exchange(false); }
  // Answers are dropped from now on; returns when no wake-up is under way.
  void close() EXCLUDES(mutex_);

  std::size_t size() const { return size_.load(std::memory_order_relaxed); }

 private:
  std::optional<Answer> take_own(ConnectionId connection);
  void wake_for_own();

  std::atomic<std::thread::id> owner_;
  std::atomic<std::size_t> size_{0};
  std::atomic<bool> has_memory_note_{false};
  std::vector<Answer> own_;  // delivered by the owner's thread: no lock
  bool is_inline_ = false;
  bool is_woken_for_own_ = false;
  base::Mutex mutex_;
  std::vector<Answer> others_ GUARDED_BY(mutex_);
  std::function<void()> wake_;  // cleared under the lock by close()
  bool is_closed_ GUARDED_BY(mutex_) = false;
};

}  // namespace odradek::network
