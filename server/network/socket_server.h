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
#include "base/mutex.h"
#include "base/result.h"
#include "server/network/connection_limits.h"
#include "server/network/memory_budget.h"
#include "server/network/network_metrics.h"
#include "server/network/request_handler.h"
#include "server/network/socket_server_options.h"

namespace odradek::network {

class Processor;
class RefusalLog;
struct ProcessorSurroundings;

struct BoundListener {
  std::string name;
  config::SecurityProtocol protocol = config::SecurityProtocol::kPlaintext;
  std::string host;
  std::int32_t port = 0;  // the real one
};

// One thread at a time (the broker's start and stop, and in between who changes settings) calls
// everything that starts, stops, adds, removes or resizes; the rest is safe from any thread.
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
  std::vector<BoundListener> bound() const EXCLUDES(mutex_);
  // -1 when there is no such listener or it is not bound.
  std::int32_t bound_port(std::string_view listener) const EXCLUDES(mutex_);

  // Starts threads: first the control plane's, then everything else. Once, after bind().
  void start_processing();
  // No new connections; those that are open go on.
  void stop_accepting();
  // stop_accepting(), then reads no further request, gives those under way up to grace_ms to be
  // answered, and closes every connection. Handler threads end after what is queued.
  void stop_processing(std::int64_t grace_ms = 2000);
  void shutdown();  // stop_processing() if nobody did; may be called twice

  // --- at run time ---
  void resize_io_threads(std::int32_t threads);  // num.io.threads
  // num.network.threads of a listener. Connections of a thread that goes are taken over by the
  // others, each between two requests.
  void resize_network_threads(std::string_view listener, std::int32_t threads) EXCLUDES(mutex_);
  void set_limits(const ConnectionLimitOptions& limits);
  void set_listener_limits(std::string_view listener, std::int32_t max_connections,
                           std::int32_t max_connection_creation_rate);
  // Bound, and served at once where the others are. The error says why it cannot be bound.
  base::Status add_listener(const ListenerOptions& listener) EXCLUDES(mutex_);
  // Its connections are closed; requests under way have grace_ms to be answered.
  void remove_listener(std::string_view listener, std::int64_t grace_ms = 2000) EXCLUDES(mutex_);

  std::size_t connections() const;  // open now
  std::size_t connections(std::string_view listener) const;
  std::size_t queued_requests() const;                  // RequestQueueSize
  std::size_t queued_answers() const EXCLUDES(mutex_);  // ResponseQueueSize
  const MemoryBudget& memory() const { return *memory_; }
  const NetworkMetrics& metrics() const { return metrics_; }
  // Nanoseconds that all handler threads together have waited for work; with their number this
  // gives RequestHandlerAvgIdlePercent.
  std::int64_t handler_idle_ns() const;
  std::int32_t io_threads() const;
  // CPU time of all network threads together, for NetworkProcessorAvgIdlePercent.
  std::int64_t network_cpu_ns() const EXCLUDES(mutex_);
  std::int32_t network_threads() const EXCLUDES(mutex_);
  std::int32_t network_threads(std::string_view listener) const EXCLUDES(mutex_);

 private:
  struct Endpoint;
  struct Plane;

  base::Status bind_listener(const ListenerOptions& listener) EXCLUDES(mutex_);
  Plane& plane_of(const ListenerOptions& listener);  // made when it is the first
  ProcessorSurroundings surroundings_of(Plane& plane);
  std::unique_ptr<Processor> make_processor(Endpoint& endpoint);
  void start_endpoint(Endpoint& endpoint);
  Endpoint* find_endpoint(std::string_view listener) const REQUIRES(mutex_);

  const SocketServerOptions options_;
  RequestHandler& handler_;
  const base::Clock& clock_;
  const std::shared_ptr<MemoryBudget> memory_;
  ConnectionLimits limits_;
  NetworkMetrics metrics_;
  const std::unique_ptr<RefusalLog> refusals_;
  std::atomic<ConnectionId> next_connection_{1};
  std::vector<std::unique_ptr<Plane>> planes_;  // the control plane first; all made by bind()
  // The planes' endpoints and their network threads. Who changes settings looks without it.
  mutable base::Mutex mutex_;
  std::vector<std::unique_ptr<Endpoint>> endpoints_ GUARDED_BY(mutex_);
  bool is_started_ = false;
  bool is_stopped_ = false;
};

}  // namespace odradek::network
