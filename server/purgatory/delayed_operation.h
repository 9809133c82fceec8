// DelayedOperation: a request that waits for a condition or a deadline and completes exactly once.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "server/purgatory/timer.h"

namespace odradek::purgatory {

// The places where an operation is watched, known to it only so that it can leave them.
class Watches {
 public:
  virtual ~Watches() = default;
  virtual void leave_all() = 0;
};

// Subclasses say when it is complete (try_complete), what completing does (on_complete) and what
// a missed deadline adds to that (on_expiration). Any thread may try, force or expire it at the
// same time: on_complete() runs once, in the thread that won, with no lock of ours held. Callers
// must hold no lock of their own that on_complete() may want.
class DelayedOperation : public TimerTask {
 public:
  explicit DelayedOperation(std::int64_t timeout_ms) : timeout_ms_(timeout_ms) {}
  ~DelayedOperation() override;

  std::int64_t timeout_ms() const { return timeout_ms_; }
  bool is_completed() const { return completed_.load(); }

  // Completes it if nobody has: cancels the timer, leaves the watch lists, runs on_complete().
  // True to the one caller that did.
  bool force_complete();

  // As try_complete(), but never two at a time: a thread that comes while another tries makes
  // that one try again and leaves with false. So no change of state is missed and nobody blocks.
  bool try_complete_once_more();

 protected:
  // Looks at the condition and, when it holds, returns force_complete(); else false. Runs in one
  // thread at a time.
  virtual bool try_complete() = 0;
  virtual void on_complete() = 0;
  // After on_complete(), when the deadline was what completed it; for counting and logging.
  virtual void on_expiration() = 0;

 private:
  template <class Key, class Hash>
  friend class Purgatory;
  enum class Trying : std::uint8_t { kNobody, kOne, kAgain };

  void run() final;  // the deadline
  void watch_with(std::unique_ptr<Watches> watches, Timer& timer);

  const std::int64_t timeout_ms_;
  std::atomic<bool> completed_{false};
  std::atomic<Trying> trying_{Trying::kNobody};
  std::atomic<Watches*> watches_{nullptr};  // owned; set once
  std::atomic<Timer*> timer_{nullptr};
};

}  // namespace odradek::purgatory
