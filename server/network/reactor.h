// Reactor: tells one thread when its descriptors are ready, its alarms due, or others need it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

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
    void arm_readable();
    void arm_writable();

   private:
    struct State;
    const std::shared_ptr<State> state_;
  };

  // One point of time, on the reactor's thread.
  class Alarm {
   public:
    Alarm(Reactor& reactor, std::function<void()> on_due);
    ~Alarm();  // no callback runs after it
    Alarm(const Alarm&) = delete;
    Alarm& operator=(const Alarm&) = delete;
    // Replaces what it was set to.
    void set_after_ms(std::int64_t delay_ms);

   private:
    struct State;
    const std::shared_ptr<State> state_;
  };

 private:
  struct Loop;
  const std::unique_ptr<Loop> loop_;
};

}  // namespace odradek::network
