#include "server/controller/request_sender.h"

#include <algorithm>
#include <utility>

#include "base/deadline.h"
#include "base/log.h"

namespace odradek::controller {

RequestSender::RequestSender(SenderOptions options, client::ConnectionFactory& connections,
                             OnAnswer on_answer)
    : options_(std::move(options)), connections_(connections), on_answer_(std::move(on_answer)) {
  thread_ = base::Thread("controller-to-" + std::to_string(options_.broker), [this] { run(); });
}

RequestSender::~RequestSender() {
  stop();
  thread_.join();
}

std::string RequestSender::tag() const {
  return "[controller " + std::to_string(options_.controller) + " to broker " +
         std::to_string(options_.broker) + "] ";
}

void RequestSender::send(ControlRequest request) {
  base::MutexLock lock(mutex_);
  if (stopped_) return;
  queue_.push_back(std::move(request));
  changed_.notify_all();
}

void RequestSender::stop() {
  std::shared_ptr<client::BrokerConnection> connection;
  {
    base::MutexLock lock(mutex_);
    stopped_ = true;
    queue_.clear();
    connection = connection_;
    changed_.notify_all();
  }
  if (connection) connection->close();
}

std::size_t RequestSender::waiting() const {
  base::MutexLock lock(mutex_);
  return queue_.size();
}

bool RequestSender::is_stopped() const {
  base::MutexLock lock(mutex_);
  return stopped_;
}

void RequestSender::run() {
  while (std::optional<ControlRequest> request = next()) deliver(*request);
  finished_ = true;
}

std::optional<ControlRequest> RequestSender::next() {
  base::MutexLock lock(mutex_);
  while (queue_.empty() && !stopped_) changed_.wait(mutex_);
  if (stopped_) return std::nullopt;
  std::optional<ControlRequest> request(std::move(queue_.front()));
  queue_.pop_front();
  return request;
}

void RequestSender::deliver(const ControlRequest& request) {
  int failures = 0;
  while (!is_stopped()) {
    base::Status sent = try_once(request);
    if (sent.ok()) {
      if (failures > 0) {
        LOG(INFO) << tag() << request.api.name << " delivered to " << options_.endpoint.to_string()
                  << " after " << failures << " failures";
      }
      return;
    }
    if (is_stopped()) return;
    // One line when it begins, then once in a while: the retries come ten times a second.
    LOG_IF(WARNING, failures++ % 100 == 0)
        << tag() << request.api.name
        << " not delivered, trying until the broker is gone: " << sent.error().message;
    if (!pause_before_retry()) return;
  }
}

base::Status RequestSender::try_once(const ControlRequest& request) {
  const client::Deadline deadline = client::deadline_in_ms(options_.socket_timeout_ms);
  std::shared_ptr<client::BrokerConnection> connection;
  {
    base::MutexLock lock(mutex_);
    connection = connection_;
  }
  if (!connection) {
    base::Result<std::unique_ptr<client::BrokerConnection>> made = connections_.connect(
        options_.endpoint, std::to_string(options_.controller),
        client::deadline_in_ms(std::min(options_.socket_timeout_ms, kLongestConnectMs)));
    if (!made.ok()) return made.error();
    connection = std::move(*made);
    base::MutexLock lock(mutex_);
    if (stopped_) return base::Error("stopped");
    connection_ = connection;
  }
  base::Result<base::MutableBytes> answer =
      connection->exchange(request.api, request.version, request.body, deadline);
  if (!answer.ok()) {
    base::MutexLock lock(mutex_);
    connection_.reset();
    return answer.error();
  }
  on_answer_(request, *answer);
  return {};
}

bool RequestSender::pause_before_retry() {
  const auto until = base::steady_after_ms(options_.retry_backoff_ms);
  base::MutexLock lock(mutex_);
  while (!stopped_) {
    if (!changed_.wait_until(mutex_, until)) return true;
    if (std::chrono::steady_clock::now() >= until) return true;
  }
  return false;
}

}  // namespace odradek::controller
