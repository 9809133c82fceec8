// EventQueue: the events that wait for the controller's thread, first in, first out.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>

#include "base/mutex.h"
#include "server/controller/events.h"

namespace odradek::controller {

// Safe from any thread. Bounded by its sources: a watch fires once until it is read again, a broker
// has one request under way, and requests of clients are bounded by kMaxEvents, above which they
// are refused.
class EventQueue {
 public:
  static constexpr std::size_t kMaxEvents = 1'000'000;

  // Refuses the event when the queue is closed.
  void put(Event event) EXCLUDES(mutex_);
  // Refuses everything that waits and puts this one alone.
  void clear_and_put(Event event) EXCLUDES(mutex_);
  // Waits; none when closed.
  std::optional<Event> take() EXCLUDES(mutex_);
  // Refuses everything that waits, and whatever comes.
  void close() EXCLUDES(mutex_);
  std::size_t size() const EXCLUDES(mutex_);

 private:
  mutable base::Mutex mutex_;
  base::CondVar changed_;
  std::deque<Event> events_ GUARDED_BY(mutex_);
  bool closed_ GUARDED_BY(mutex_) = false;
};

}  // namespace odradek::controller
