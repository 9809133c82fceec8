// EventThread: runs the session's completions, watch handlers and observers, in order, one at a
// time.
#pragma once

#include <deque>
#include <functional>
#include <string>

#include "base/mutex.h"
#include "base/thread.h"

namespace odradek::zk {

// The queue has no bound of its own: it holds at most one event per request in flight and per armed
// watch, and a producer that waited would stop the answers that the events themselves wait for.
class EventThread {
 public:
  explicit EventThread(std::string name);
  ~EventThread();  // stops

  void start();
  // Runs what is queued, then ends the thread. Events pushed later run on the pusher's thread.
  void stop();
  void push(std::function<void()> event);
  bool is_current() const;

 private:
  void run();

  const std::string name_;
  base::Mutex mutex_;
  base::CondVar changed_;
  std::deque<std::function<void()>> events_ GUARDED_BY(mutex_);
  bool stopping_ GUARDED_BY(mutex_) = false;
  bool stopped_ GUARDED_BY(mutex_) = false;
  base::Thread thread_;
};

}  // namespace odradek::zk
