#include "zk/client/event_thread.h"

#include <utility>

namespace odradek::zk {

EventThread::EventThread(std::string name) : name_(std::move(name)) {}

EventThread::~EventThread() { stop(); }

void EventThread::start() {
  thread_ = base::Thread(name_, [this] { run(); });
}

void EventThread::stop() {
  {
    base::MutexLock lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  thread_.join();
  base::MutexLock lock(mutex_);
  stopped_ = true;
}

void EventThread::push(std::function<void()> event) {
  {
    base::MutexLock lock(mutex_);
    if (!stopped_) {
      events_.push_back(std::move(event));
      changed_.notify_one();
      return;
    }
  }
  event();
}

bool EventThread::is_current() const { return thread_.is_current(); }

void EventThread::run() {
  while (true) {
    std::function<void()> event;
    {
      base::MutexLock lock(mutex_);
      while (events_.empty() && !stopping_) changed_.wait(mutex_);
      if (events_.empty()) return;
      event = std::move(events_.front());
      events_.pop_front();
    }
    event();
  }
}

}  // namespace odradek::zk
