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

// Data plane or control plane: one queue, its handler threads.
struct SocketServer::Plane {
  Plane(bool control, std::size_t queue_capacity, std::string thread_name, RequestHandler& handler,
        const base::Clock& clock)
      : is_control(control),
        channel(queue_capacity),
        handlers(std::move(thread_name), channel, handler, clock) {}

  const bool is_control;
  RequestChannel channel;
  HandlerPool handlers;
};

// A listener with its network threads.
struct SocketServer::Endpoint {
  Plane& plane;
  ListenerOptions options;
  int next_number = 0;
  std::vector<std::unique_ptr<Processor>> retiring;  // until they have given away what they have
  std::vector<std::unique_ptr<Processor>> processors;
  std::unique_ptr<Acceptor> acceptor;  // dies before the processors it deals to

  std::vector<Processor*> targets() const {
    std::vector<Processor*> all;
    for (const auto& processor : processors) all.push_back(processor.get());
    return all;
  }
  void stop(std::int64_t grace_ms) {
    for (auto* group : {&processors, &retiring}) {
      for (const auto& processor : *group) processor->stop(grace_ms);
    }
  }
  // Those that retire first: what they give away at the last moment must be received.
  void join() {
    for (auto* group : {&retiring, &processors}) {
      for (const auto& processor : *group) processor->join();
    }
  }
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
      base::MutexLock lock(mutex_);
      endpoints_.clear();
      planes_.clear();
      return bound;
    }
  }
  return {};
}

ProcessorSurroundings SocketServer::surroundings_of(Plane& plane) {
  return {.options = options_,
          .handler = handler_,
          .channel = plane.channel,
          .clock = clock_,
          .memory = memory_,
          .limits = limits_,
          .metrics = metrics_,
          .refusals = *refusals_};
}

std::unique_ptr<Processor> SocketServer::make_processor(Endpoint& endpoint) {
  return std::make_unique<Processor>(
      "network-" + endpoint.options.name + "-" + std::to_string(endpoint.next_number++),
      endpoint.options, surroundings_of(endpoint.plane));
}

base::Status SocketServer::bind_listener(const ListenerOptions& listener) {
  Plane& plane = plane_of(listener);
  auto endpoint = std::make_unique<Endpoint>(Endpoint{.plane = plane, .options = listener});
  endpoint->acceptor = std::make_unique<Acceptor>(listener, surroundings_of(plane));
  base::Status bound = endpoint->acceptor->bind();
  if (!bound) return bound;
  const bool is_protected = listener.is_inter_broker || listener.is_control_plane;
  limits_.add_listener(listener.name, listener.max_connections,
                       listener.max_connection_creation_rate, is_protected);
  for (std::size_t i = 0; i < processors_of(listener); ++i) {
    endpoint->processors.push_back(make_processor(*endpoint));
  }
  LOG(INFO) << "[broker " << options_.broker_id << "] Listener " << listener.name << " ("
            << config::security_protocol_name(listener.protocol) << ") is bound to "
            << (listener.host.empty() ? "all interfaces" : listener.host) << ", port "
            << endpoint->acceptor->address().port << ".";
  base::MutexLock lock(mutex_);
  // The control plane starts first, and stops first.
  endpoints_.insert(plane.is_control ? endpoints_.begin() : endpoints_.end(), std::move(endpoint));
  return {};
}

std::vector<BoundListener> SocketServer::bound() const {
  base::MutexLock lock(mutex_);
  std::vector<BoundListener> all;
  for (const auto& endpoint : endpoints_) {
    const ListenerOptions& listener = endpoint->options;
    all.push_back(
        {listener.name, listener.protocol, listener.host, endpoint->acceptor->address().port});
  }
  return all;
}

SocketServer::Endpoint* SocketServer::find_endpoint(std::string_view listener) const {
  for (const auto& endpoint : endpoints_) {
    if (endpoint->options.name == listener) return endpoint.get();
  }
  return nullptr;
}

std::int32_t SocketServer::bound_port(std::string_view listener) const {
  base::MutexLock lock(mutex_);
  const Endpoint* endpoint = find_endpoint(listener);
  return endpoint == nullptr ? -1 : endpoint->acceptor->address().port;
}

void SocketServer::start_processing() {
  CHECK(!is_started_ && !is_stopped_) << "The socket server is started twice.";
  is_started_ = true;
  for (const std::unique_ptr<Plane>& plane : planes_) {
    plane->handlers.resize(
        plane->is_control ? 1 : static_cast<std::size_t>(std::max(options_.io_threads, 1)));
  }
  base::MutexLock lock(mutex_);
  for (const auto& endpoint : endpoints_) start_endpoint(*endpoint);
}

void SocketServer::start_endpoint(Endpoint& endpoint) {
  for (const auto& processor : endpoint.processors) processor->start();
  endpoint.acceptor->start(endpoint.targets(), next_connection_);
}

void SocketServer::stop_accepting() {
  base::MutexLock lock(mutex_);
  for (const auto& endpoint : endpoints_) endpoint->acceptor->stop();
}

void SocketServer::stop_processing(std::int64_t grace_ms) {
  if (std::exchange(is_stopped_, true)) return;
  stop_accepting();
  if (!is_started_) return;
  for (const std::unique_ptr<Plane>& plane : planes_) plane->channel.stop_waiting();
  {
    base::MutexLock lock(mutex_);
    for (const auto& endpoint : endpoints_) endpoint->stop(grace_ms);
    for (const auto& endpoint : endpoints_) endpoint->join();
  }
  for (const std::unique_ptr<Plane>& plane : planes_) plane->channel.close();
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

void SocketServer::resize_network_threads(std::string_view listener, std::int32_t threads) {
  base::MutexLock lock(mutex_);
  Endpoint* endpoint = find_endpoint(listener);
  if (endpoint == nullptr || endpoint->options.is_control_plane || !is_started_) return;
  const auto wanted = static_cast<std::size_t>(std::max(threads, 1));
  // Together: who retires still may be about to give something to one that has ended.
  auto has_ended = [](const auto& processor) { return processor->has_ended(); };
  if (std::ranges::all_of(endpoint->retiring, has_ended)) endpoint->retiring.clear();
  auto& processors = endpoint->processors;
  while (processors.size() < wanted) {
    processors.push_back(make_processor(*endpoint));
    processors.back()->start();
  }
  while (processors.size() > wanted) {
    endpoint->retiring.push_back(std::move(processors.back()));
    processors.pop_back();
  }
  endpoint->acceptor->deal_to(endpoint->targets());
  // Who retired earlier may have one for heir that retires now, and is told anew.
  for (const auto& processor : endpoint->retiring) processor->retire(endpoint->targets());
}

base::Status SocketServer::add_listener(const ListenerOptions& listener) {
  base::Status bound = bind_listener(listener);
  if (!bound || !is_started_) return bound;
  base::MutexLock lock(mutex_);
  start_endpoint(*find_endpoint(listener.name));
  return {};
}

void SocketServer::remove_listener(std::string_view listener, std::int64_t grace_ms) {
  std::unique_ptr<Endpoint> removed;
  {
    base::MutexLock lock(mutex_);
    auto found = std::ranges::find_if(
        endpoints_, [&](const auto& endpoint) { return endpoint->options.name == listener; });
    if (found == endpoints_.end()) return;
    removed = std::move(*found);
    endpoints_.erase(found);
  }
  removed->acceptor->stop();
  if (is_started_) {
    removed->stop(grace_ms);
    removed->join();
  }
  limits_.remove_listener(removed->options.name);
  LOG(INFO) << "[broker " << options_.broker_id << "] Listener " << removed->options.name
            << " is closed.";
}

void SocketServer::set_limits(const ConnectionLimitOptions& limits) { limits_.set(limits); }

void SocketServer::set_listener_limits(std::string_view listener, std::int32_t max_connections,
                                       std::int32_t max_connection_creation_rate) {
  limits_.set_listener_limits(listener, max_connections, max_connection_creation_rate);
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
  base::MutexLock lock(mutex_);
  std::size_t queued = 0;
  for (const auto& endpoint : endpoints_) {
    for (const auto& processor : endpoint->processors) queued += processor->queued_answers();
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
  base::MutexLock lock(mutex_);
  std::int64_t cpu_ns = 0;
  for (const auto& endpoint : endpoints_) {
    for (const auto& processor : endpoint->processors) cpu_ns += processor->cpu_ns();
  }
  return cpu_ns;
}

std::int32_t SocketServer::network_threads() const {
  base::MutexLock lock(mutex_);
  std::size_t threads = 0;
  for (const auto& endpoint : endpoints_) threads += endpoint->processors.size();
  return static_cast<std::int32_t>(threads);
}

std::int32_t SocketServer::network_threads(std::string_view listener) const {
  base::MutexLock lock(mutex_);
  const Endpoint* endpoint = find_endpoint(listener);
  return endpoint == nullptr ? 0 : static_cast<std::int32_t>(endpoint->processors.size());
}

}  // namespace odradek::network
