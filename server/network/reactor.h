// Reactor: tells one thread when its descriptors are ready, its alarms due, or others need it.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "base/mutex.h"

namespace odradek::network {

// Callbacks run on the thread that runs run(), one after another.
class Reactor {
 public:
  Reactor();
  ~Reactor();
  Reactor(const Reactor&) = delete;
  Reactor& operator=(const Reactor&) = delete;

  void run();                               // until stop()
  void stop();                              // from any thread
  void post(std::function<void()> action);  // from any thread; runs soon, in order

  // Readiness of one descriptor, on the reactor's thread. It never closes the descriptor, and must
  // die before that is closed.
  class Watch {
   public:
    Watch(Reactor& reactor, int fd, std::function<void()> on_readable,
          std::function<void()> on_writable);
    ~Watch();  // no callback runs after it
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
    // One callback per arming; also on errors and when the peer has gone. Arming twice is once.
    // Readable may be armed only before the first read and after one that emptied the descriptor:
    // what has been told once is not told again until more arrives.
    void arm_readable();
    void arm_writable();

   private:
    friend class Reactor;
    struct State;
    Reactor& reactor_;
    const std::shared_ptr<State> state_;
  };

  // One point of time, on the reactor's thread. Must not die in its own callback.
  class Alarm {
   public:
    Alarm(Reactor& reactor, std::function<void()> on_due)
        : reactor_(reactor), on_due_(std::move(on_due)) {}
    ~Alarm() { reactor_.clear(*this); }  // no callback runs after it
    Alarm(const Alarm&) = delete;
    Alarm& operator=(const Alarm&) = delete;
    // Replaces what it was set to.
    void set_after_ms(std::int64_t delay_ms) { reactor_.set(*this, delay_ms); }

   private:
    friend class Reactor;
    Reactor& reactor_;
    const std::function<void()> on_due_;
    std::int64_t due_ns_ = kNotSet;
  };

 private:
  static constexpr std::int64_t kNotSet = -1;

  void wake();
  int begin_sleep_ms() EXCLUDES(mutex_);
  void end_sleep() EXCLUDES(mutex_);
  void run_posted() EXCLUDES(mutex_);
  void run_due();
  void set(Alarm& alarm, std::int64_t delay_ms);
  void clear(Alarm& alarm);

  const int epoll_;
  const int wake_;  // an eventfd
  std::atomic<bool> is_stopped_{false};
  base::Mutex mutex_;
  std::vector<std::function<void()>> posted_ GUARDED_BY(mutex_);
  bool is_asleep_ GUARDED_BY(mutex_) = false;
  // The thread's own.
  std::multimap<std::int64_t, Alarm*> alarms_;  // by monotonic ns
  // Watches that died in this turn: an event of theirs may be among those just taken.
  std::vector<std::shared_ptr<Watch::State>> retired_;
};

}  // namespace odradek::network
