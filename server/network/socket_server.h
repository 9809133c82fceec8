// SocketServer: listens, reads requests, gives them to the handler and writes the answers.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "server/network/connection_limits.h"
#include "server/network/memory_budget.h"
#include "server/network/network_metrics.h"
#include "server/network/request_handler.h"
#include "server/network/socket_server_options.h"

namespace odradek::network {

class RefusalLog;

struct BoundListener {
  std::string name;
  config::SecurityProtocol protocol = config::SecurityProtocol::kPlaintext;
  std::string host;
  std::int32_t port = 0;  // the real one
};

// One thread (the broker's start and stop) calls everything that starts, stops or resizes; the
// rest is safe from any thread.
class SocketServer {
 public:
  // `handler` and `clock` must outlive it. Requests may outlive it: their answers are dropped.
  SocketServer(SocketServerOptions options, RequestHandler& handler,
               const base::Clock& clock = base::Clock::system());
  ~SocketServer();  // shutdown()
  SocketServer(const SocketServer&) = delete;
  SocketServer& operator=(const SocketServer&) = delete;

  // Binds and listens on every listener, all or none. Clients can connect from here on and wait in
  // the kernel's backlog. The error names the listener, its address and the kernel's reason.
  base::Status bind();
  const std::vector<BoundListener>& bound() const { return bound_; }
  // -1 when there is no such listener or it is not bound.
  std::int32_t bound_port(std::string_view listener) const;

  // Starts threads: first the control plane's, then everything else. Once, after bind().
  void start_processing();
  // No new connections; those that are open go on.
  void stop_accepting();
  // stop_accepting(), then reads no further request, gives those under way up to grace_ms to be
  // answered, and closes every connection. Handler threads end after what is queued.
  void stop_processing(std::int64_t grace_ms = 2000);
  void shutdown();  // stop_processing() if nobody did; may be called twice

  // At run time: num.io.threads, and the limits on connections.
  void resize_io_threads(std::int32_t threads);
  void set_limits(const ConnectionLimitOptions& limits);
  void set_listener_limit(std::string_view listener, std::int32_t max_connections);

  std::size_t connections() const;  // open now
  std::size_t connections(std::string_view listener) const;
  std::size_t queued_requests() const;  // RequestQueueSize
  std::size_t queued_answers() const;   // ResponseQueueSize
  const MemoryBudget& memory() const { return *memory_; }
  const NetworkMetrics& metrics() const { return metrics_; }
  // Nanoseconds that all handler threads together have waited for work; with their number this
  // gives RequestHandlerAvgIdlePercent.
  std::int64_t handler_idle_ns() const;
  std::int32_t io_threads() const;
  // CPU time of all network threads together, for NetworkProcessorAvgIdlePercent.
  std::int64_t network_cpu_ns() const;
  std::int32_t network_threads() const;

 private:
  struct Plane;

  base::Status bind_listener(const ListenerOptions& listener);
  Plane& plane_of(const ListenerOptions& listener);  // made when it is the first
  void start_plane(Plane& plane);

  const SocketServerOptions options_;
  RequestHandler& handler_;
  const base::Clock& clock_;
  const std::shared_ptr<MemoryBudget> memory_;
  ConnectionLimits limits_;
  NetworkMetrics metrics_;
  const std::unique_ptr<RefusalLog> refusals_;
  std::atomic<ConnectionId> next_connection_{1};
  std::vector<BoundListener> bound_;
  std::vector<std::unique_ptr<Plane>> planes_;  // the control plane first
  bool is_started_ = false;
  bool is_stopped_ = false;
};

}  // namespace odradek::network
