// Pipeline: the window of requests in flight, those that wait for it, and the sending again of lost
// ones.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <unordered_map>
#include <vector>

#include "base/mutex.h"
#include "zk/client/call.h"
#include "zk/client/handle.h"

namespace odradek::zk {

// Safe from any thread; never calls a completion under its lock.
class Pipeline {
 public:
  Pipeline(std::size_t max_in_flight, Watches& watches);

  void send(std::unique_ptr<Call> call);
  void completed(Call& call, Response response);

  // A new session's handle, not yet connected or connected already.
  void attach(Handle& handle);
  // After this nothing is submitted to the handle any more.
  void detach();
  void set_connected(bool connected);
  // From here until reopen() everything fails with kSessionExpired.
  void expire();
  void reopen();
  // From here on everything fails with kClosing.
  void close();
  // After the handle was destroyed: fails what it has forgotten, if any.
  void abandon_in_flight();

 private:
  enum class Mode : std::uint8_t { kOpen, kExpired, kClosed };
  // Calls that are answered once the lock is released.
  class Answers;

  void pump(Answers& answers) REQUIRES(mutex_);
  void take_back(std::unique_ptr<Call> call, Answers& answers) REQUIRES(mutex_);
  void fail_waiting(Answers& answers) REQUIRES(mutex_);
  Code refusal() const REQUIRES(mutex_);
  bool arms_watch(const Request& request);

  const std::size_t max_in_flight_;
  Watches& watches_;
  base::Mutex mutex_;
  Mode mode_ GUARDED_BY(mutex_) = Mode::kOpen;
  Handle* handle_ GUARDED_BY(mutex_) = nullptr;
  bool connected_ GUARDED_BY(mutex_) = false;
  std::uint64_t next_sequence_ GUARDED_BY(mutex_) = 0;
  std::deque<std::unique_ptr<Call>> waiting_ GUARDED_BY(mutex_);  // by sequence
  std::unordered_map<Call*, std::unique_ptr<Call>> in_flight_ GUARDED_BY(mutex_);
};

}  // namespace odradek::zk
