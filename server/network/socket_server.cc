#include "server/network/socket_server.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "server/network/acceptor.h"
#include "server/network/handler_pool.h"
#include "server/network/processor.h"
#include "server/network/refusal_log.h"
#include "server/network/request_channel.h"

namespace odradek::network {
namespace {

// As upstream: one sender, so few requests at a time.
constexpr std::size_t kControlPlaneQueue = 20;

std::size_t processors_of(const ListenerOptions& listener) {
  if (listener.is_control_plane) return 1;
  return static_cast<std::size_t>(std::max(listener.network_threads, 1));
}

}  // namespace

// Data plane or control plane: listeners, their network threads, one queue, its handler threads.
struct SocketServer::Plane {
  Plane(bool control, std::size_t queue_capacity, std::string thread_name, RequestHandler& handler,
        const base::Clock& clock)
      : is_control(control),
        channel(queue_capacity),
        handlers(std::move(thread_name), channel, handler, clock) {}

  const bool is_control;
  RequestChannel channel;
  HandlerPool handlers;
  std::vector<std::unique_ptr<Processor>> processors;
  std::vector<std::unique_ptr<Acceptor>> acceptors;  // die before the processors they deal to
};

SocketServer::SocketServer(SocketServerOptions options, RequestHandler& handler,
                           const base::Clock& clock)
    : options_(std::move(options)),
      handler_(handler),
      clock_(clock),
      memory_(std::make_shared<MemoryBudget>(options_.queued_max_request_bytes)),
      limits_(clock),
      refusals_(std::make_unique<RefusalLog>(options_.broker_id, clock)) {
  limits_.set(options_.limits);
}

SocketServer::~SocketServer() { shutdown(); }

SocketServer::Plane& SocketServer::plane_of(const ListenerOptions& listener) {
  const bool is_control = listener.is_control_plane;
  for (const std::unique_ptr<Plane>& plane : planes_) {
    if (plane->is_control == is_control) return *plane;
  }
  const auto capacity = is_control
                            ? kControlPlaneQueue
                            : static_cast<std::size_t>(std::max(options_.queued_max_requests, 1));
  auto made = std::make_unique<Plane>(is_control, capacity, is_control ? "control-io-" : "io-",
                                      handler_, clock_);
  Plane& plane = *made;
  // The control plane starts first.
  planes_.insert(is_control ? planes_.begin() : planes_.end(), std::move(made));
  return plane;
}

base::Status SocketServer::bind() {
  CHECK(planes_.empty()) << "The socket server is bound twice.";
  for (const ListenerOptions& listener : options_.listeners) {
    base::Status bound = bind_listener(listener);
    if (!bound) {
      planes_.clear();
      bound_.clear();
      return bound;
    }
  }
  return {};
}

base::Status SocketServer::bind_listener(const ListenerOptions& listener) {
  Plane& plane = plane_of(listener);
  const ProcessorSurroundings surroundings{.options = options_,
                                           .handler = handler_,
                                           .channel = plane.channel,
                                           .clock = clock_,
                                           .memory = memory_,
                                           .limits = limits_,
                                           .metrics = metrics_,
                                           .refusals = *refusals_};
  auto acceptor = std::make_unique<Acceptor>(listener, surroundings);
  base::Status bound = acceptor->bind();
  if (!bound) return bound;
  const bool is_protected = listener.is_inter_broker || listener.is_control_plane;
  limits_.add_listener(listener.name, listener.max_connections,
                       listener.max_connection_creation_rate, is_protected);
  for (std::size_t i = 0; i < processors_of(listener); ++i) {
    plane.processors.push_back(std::make_unique<Processor>(
        "network-" + listener.name + "-" + std::to_string(i), listener, surroundings));
  }
  bound_.push_back({listener.name, listener.protocol, listener.host, acceptor->address().port});
  LOG(INFO) << "[broker " << options_.broker_id << "] Listener " << listener.name << " ("
            << config::security_protocol_name(listener.protocol) << ") is bound to "
            << (listener.host.empty() ? "all interfaces" : listener.host) << ", port "
            << acceptor->address().port << ".";
  plane.acceptors.push_back(std::move(acceptor));
  return {};
}

std::int32_t SocketServer::bound_port(std::string_view listener) const {
  for (const BoundListener& bound : bound_) {
    if (bound.name == listener) return bound.port;
  }
  return -1;
}

void SocketServer::start_processing() {
  CHECK(!is_started_ && !is_stopped_) << "The socket server is started twice.";
  is_started_ = true;
  for (const std::unique_ptr<Plane>& plane : planes_) start_plane(*plane);
}

void SocketServer::start_plane(Plane& plane) {
  plane.handlers.resize(
      plane.is_control ? 1 : static_cast<std::size_t>(std::max(options_.io_threads, 1)));
  for (const std::unique_ptr<Processor>& processor : plane.processors) processor->start();
  std::size_t first = 0;
  for (const std::unique_ptr<Acceptor>& acceptor : plane.acceptors) {
    // Processors stand in the order of their listeners.
    std::vector<Processor*> own;
    const std::size_t threads = processors_of(acceptor->listener());
    for (std::size_t i = 0; i < threads; ++i) own.push_back(plane.processors[first + i].get());
    first += threads;
    acceptor->start(std::move(own), next_connection_);
  }
}

void SocketServer::stop_accepting() {
  for (const std::unique_ptr<Plane>& plane : planes_) {
    for (const std::unique_ptr<Acceptor>& acceptor : plane->acceptors) acceptor->stop();
  }
}

void SocketServer::stop_processing(std::int64_t grace_ms) {
  if (std::exchange(is_stopped_, true)) return;
  stop_accepting();
  if (!is_started_) return;
  for (const std::unique_ptr<Plane>& plane : planes_) {
    plane->channel.stop_waiting();
    for (const std::unique_ptr<Processor>& processor : plane->processors) processor->stop(grace_ms);
  }
  for (const std::unique_ptr<Plane>& plane : planes_) {
    for (const std::unique_ptr<Processor>& processor : plane->processors) processor->join();
    plane->channel.close();
  }
  for (const std::unique_ptr<Plane>& plane : planes_) plane->handlers.join();
}

void SocketServer::shutdown() { stop_processing(); }

void SocketServer::resize_io_threads(std::int32_t threads) {
  for (const std::unique_ptr<Plane>& plane : planes_) {
    if (!plane->is_control) {
      plane->handlers.resize(static_cast<std::size_t>(std::max(threads, 1)));
    }
  }
}

void SocketServer::set_limits(const ConnectionLimitOptions& limits) { limits_.set(limits); }

void SocketServer::set_listener_limit(std::string_view listener, std::int32_t max_connections) {
  limits_.set_listener_limit(listener, max_connections);
}

std::size_t SocketServer::connections() const { return limits_.open(); }

std::size_t SocketServer::connections(std::string_view listener) const {
  return limits_.open(listener);
}

std::size_t SocketServer::queued_requests() const {
  std::size_t queued = 0;
  for (const std::unique_ptr<Plane>& plane : planes_) queued += plane->channel.size();
  return queued;
}

std::size_t SocketServer::queued_answers() const {
  std::size_t queued = 0;
  for (const std::unique_ptr<Plane>& plane : planes_) {
    for (const auto& processor : plane->processors) queued += processor->queued_answers();
  }
  return queued;
}

std::int64_t SocketServer::handler_idle_ns() const {
  std::int64_t idle_ns = 0;
  for (const std::unique_ptr<Plane>& plane : planes_) {
    if (!plane->is_control) idle_ns += plane->handlers.idle_ns();
  }
  return idle_ns;
}

std::int32_t SocketServer::io_threads() const {
  std::size_t threads = 0;
  for (const std::unique_ptr<Plane>& plane : planes_) {
    if (!plane->is_control) threads += plane->handlers.threads();
  }
  return static_cast<std::int32_t>(threads);
}

std::int64_t SocketServer::network_cpu_ns() const {
  std::int64_t cpu_ns = 0;
  for (const std::unique_ptr<Plane>& plane : planes_) {
    for (const auto& processor : plane->processors) cpu_ns += processor->cpu_ns();
  }
  return cpu_ns;
}

std::int32_t SocketServer::network_threads() const {
  std::size_t threads = 0;
  for (const std::unique_ptr<Plane>& plane : planes_) threads += plane->processors.size();
  return static_cast<std::int32_t>(threads);
}

}  // namespace odradek::network
