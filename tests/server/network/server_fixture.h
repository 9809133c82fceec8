// ServerFixture: a running SocketServer whose handler is a function of the test's.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/deadline.h"
#include "base/mutex.h"
#include "server/network/socket_server.h"
#include "tests/server/network/test_client.h"
#include "tests/server/network/throwaway_tls.h"

namespace odradek::network {

// Answers with the correlation id and `body`.
inline protocol::Payload answer_with(const Request& request, std::string_view body) {
  const std::string bytes =
      frame_of(big_endian32(request.header().correlation_id) + std::string(body));
  return protocol::Payload(base::to_bytes(bytes));
}

inline void echo(std::unique_ptr<Request> request) {
  request->respond(answer_with(*request, base::as_text(request->body())));
}

// What a client should receive for request_frame(id, body) from echo().
inline std::string echo_of(std::int32_t correlation_id, std::string_view body) {
  return big_endian32(correlation_id) + std::string(body);
}

class FunctionHandler : public RequestHandler {
 public:
  std::function<void(std::unique_ptr<Request>)> on_request = echo;
  std::atomic<bool> is_inline{false};

  void handle(std::unique_ptr<Request> request) override { on_request(std::move(request)); }
  bool accepts(std::int16_t key, std::int16_t version, const ConnectionFacts&) const override {
    return (key == 12 || key == 17 || key == 18 || key == 36) && version <= 4;
  }
  bool may_run_inline(const protocol::RequestHeader&) const override { return is_inline; }
};

// Requests that a test answers when it likes.
class Parked {
 public:
  void add(std::unique_ptr<Request> request) {
    base::MutexLock lock(mutex_);
    requests_.push_back(std::move(request));
    changed_.notify_all();
  }
  std::unique_ptr<Request> take() {
    base::MutexLock lock(mutex_);
    const auto deadline = base::steady_after_ms(20'000);
    while (requests_.empty()) {
      if (!changed_.wait_until(mutex_, deadline)) return nullptr;
    }
    std::unique_ptr<Request> request = std::move(requests_.front());
    requests_.erase(requests_.begin());
    return request;
  }
  std::size_t size() {
    base::MutexLock lock(mutex_);
    return requests_.size();
  }

 private:
  base::Mutex mutex_;
  base::CondVar changed_;
  std::vector<std::unique_ptr<Request>> requests_ GUARDED_BY(mutex_);
};

// Looks again and again, for what other threads are about to do.
inline bool becomes_true(const std::function<bool()>& condition) {
  const auto deadline = base::steady_after_ms(20'000);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

class ServerFixture : public ::testing::Test {
 protected:
  ServerFixture() {
    options_.io_threads = 2;
    options_.listeners.push_back({.name = "PLAINTEXT", .host = "127.0.0.1", .network_threads = 2});
  }
  ~ServerFixture() override { stop(); }

  void add_tls_listener(const Identity* trusted = nullptr) {
    server_context_ = make_context(TLS_server_method(), &identity_, trusted);
    options_.listeners.push_back({.name = "SSL",
                                  .protocol = config::SecurityProtocol::kSsl,
                                  .host = "127.0.0.1",
                                  .network_threads = 1,
                                  .tls = {.context = [this] { return server_context_; }}});
  }
  void start() {
    server_ = std::make_unique<SocketServer>(options_, handler_);
    base::Status bound = server_->bind();
    ASSERT_TRUE(bound) << bound.error().message;
    server_->start_processing();
  }
  void stop() { server_.reset(); }
  std::int32_t port(std::string_view listener = "PLAINTEXT") const {
    return server_->bound_port(listener);
  }

  FunctionHandler handler_;
  SocketServerOptions options_;
  Identity identity_ = make_identity("Odradek", "broker");
  SslContext server_context_;
  SslContext client_context_ = make_context(TLS_client_method(), nullptr, &identity_);
  std::unique_ptr<SocketServer> server_;
};

}  // namespace odradek::network
