// ControllerThread: the event thread, which takes part in elections and hands events to the active
// controller.
#pragma once

#include <atomic>
#include <cstdint>

#include "base/clock.h"
#include "base/scheduler.h"
#include "base/thread.h"
#include "server/client/connection_factory.h"
#include "server/controller/active_controller.h"
#include "server/controller/event_queue.h"
#include "server/controller/options.h"
#include "zk/client/session.h"
#include "zk/store/controller.h"

namespace odradek::controller {

class ControllerThread {
 public:
  ControllerThread(ControllerOptions options, zk::Session& session,
                   client::ConnectionFactory& connections);
  ~ControllerThread();

  // Any thread.
  void start();
  void stop();
  EventQueue& events() { return events_; }
  void set_unclean_election_default(bool enabled);
  bool is_active() const { return is_in_charge_.load(); }
  std::int32_t epoch() const { return epoch_.load(); }
  BrokerId active_id() const { return active_id_.load(); }

 private:
  // The event thread only, from here on.
  static constexpr std::int64_t kRetryMs = 1'000;

  void run();
  void handle(Event& event);
  void handle_failure();

  void watch_controller();

  void process(Startup) { elect(); }
  void process(ControllerChange);
  void process(Reelect);
  void process(RegisterBrokerAndReelect& event);
  void process(Expire& event);
  void process(ShutDown) {}
  // Everything else is the active controller's, or refused.
  template <class ActiveEvent>
  void process(ActiveEvent& event);

  void elect();
  // False: who is the controller is not known, and is asked again later.
  bool maybe_resign();
  void resign();
  void trigger_move();
  void set_active(BrokerId id);
  // False: could not be read; tried again later.
  bool read_active();
  void elect_later();

  ControllerOptions options_;
  // What options_ are to say from the next event on. Not carried by an event: those that wait are
  // dropped when the session expires.
  std::atomic<bool> unclean_election_default_{options_.unclean_leader_election_enable};
  zk::Session& session_;
  zk::ControllerStore election_;
  EventQueue events_;
  base::BackgroundScheduler timers_;
  ActiveController active_;
  std::atomic<bool> is_in_charge_{false};  // took over, and has not resigned
  std::atomic<BrokerId> active_id_{protocol::kNoBroker};
  std::atomic<std::int32_t> epoch_{0};
  // Set by the event thread and reset by the timer: each try that fails asks for another one, which
  // must not become two.
  std::atomic<bool> is_election_due_{false};
  base::Thread thread_;
};

}  // namespace odradek::controller
