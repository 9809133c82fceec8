// RequestSender: the thread that sends one broker its requests, in order, one at a time.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/mutex.h"
#include "base/thread.h"
#include "server/client/connection_factory.h"
#include "server/controller/control_request.h"

namespace odradek::controller {

struct SenderOptions {
  BrokerId controller = protocol::kNoBroker;
  BrokerId broker = protocol::kNoBroker;
  client::Endpoint endpoint;
  std::int64_t socket_timeout_ms = 30'000;
  std::int64_t retry_backoff_ms = 100;
};

// A request that fails is sent again, on a new connection, until the broker answers or stop(): the
// broker that comes back must miss nothing. The queue grows only while the broker is registered and
// does not answer, which its session bounds.
class RequestSender {
 public:
  // Called on the sender's thread with the body of each answer, which lives during the call.
  using OnAnswer = std::function<void(const ControlRequest&, base::MutableBytes)>;

  RequestSender(SenderOptions options, client::ConnectionFactory& connections, OnAnswer on_answer);
  ~RequestSender();

  void send(ControlRequest request) EXCLUDES(mutex_);
  // Drops what waits; returns at once. The destructor joins.
  void stop() EXCLUDES(mutex_);
  // The thread has come to its end after stop(); the destructor will not wait.
  bool is_finished() const { return finished_.load(); }
  std::size_t waiting() const EXCLUDES(mutex_);

 private:
  // A connection attempt cannot be interrupted, so it gets less time than a request.
  static constexpr std::int64_t kLongestConnectMs = 10'000;

  void run() EXCLUDES(mutex_);
  std::optional<ControlRequest> next() EXCLUDES(mutex_);
  void deliver(const ControlRequest& request) EXCLUDES(mutex_);
  base::Status try_once(const ControlRequest& request) EXCLUDES(mutex_);
  bool pause_before_retry() EXCLUDES(mutex_);
  bool is_stopped() const EXCLUDES(mutex_);
  std::string tag() const;

  const SenderOptions options_;
  client::ConnectionFactory& connections_;
  const OnAnswer on_answer_;
  mutable base::Mutex mutex_;
  base::CondVar changed_;
  std::deque<ControlRequest> queue_ GUARDED_BY(mutex_);
  bool stopped_ GUARDED_BY(mutex_) = false;
  std::shared_ptr<client::BrokerConnection> connection_ GUARDED_BY(mutex_);
  std::atomic<bool> finished_{false};
  base::Thread thread_;
};

}  // namespace odradek::controller
