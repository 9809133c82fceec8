#include "server/controller/event_queue.h"

#include <utility>

#include "base/log.h"

namespace odradek::controller {

void EventQueue::put(Event event) {
  {
    base::MutexLock lock(mutex_);
    if (!closed_ && events_.size() < kMaxEvents) {
      events_.push_back(std::move(event));
      changed_.notify_one();
      return;
    }
    LOG_IF(ERROR, !closed_) << "controller: " << kMaxEvents << " events wait, one more is refused";
  }
  refuse(event);
}

void EventQueue::clear_and_put(Event event) {
  std::deque<Event> dropped;
  bool closed;
  {
    base::MutexLock lock(mutex_);
    dropped.swap(events_);
    closed = closed_;
    if (!closed) {
      events_.push_back(std::move(event));
      changed_.notify_one();
    }
  }
  for (Event& refused : dropped) refuse(refused);
  if (closed) refuse(event);
}

std::optional<Event> EventQueue::take() {
  base::MutexLock lock(mutex_);
  while (events_.empty() && !closed_) changed_.wait(mutex_);
  if (events_.empty()) return std::nullopt;
  std::optional<Event> event(std::move(events_.front()));
  events_.pop_front();
  return event;
}

void EventQueue::close() {
  std::deque<Event> dropped;
  {
    base::MutexLock lock(mutex_);
    closed_ = true;
    dropped.swap(events_);
    changed_.notify_all();
  }
  for (Event& refused : dropped) refuse(refused);
}

std::size_t EventQueue::size() const {
  base::MutexLock lock(mutex_);
  return events_.size();
}

}  // namespace odradek::controller
