#include "server/network/acceptor.h"

#include <algorithm>
#include <future>
#include <utility>

#include "base/log.h"

namespace odradek::network {
namespace {

// Less loses connections when many come at once after a restart.
constexpr std::int32_t kMinBacklog = 1024;
// How long accepting rests when a limit is reached or no descriptor is left.
constexpr std::int64_t kRestMs = 50;

}  // namespace

base::Status Acceptor::bind() {
  base::Result<Socket> listening =
      listen_on({.host = listener_.host,
                 .port = listener_.port,
                 .backlog = std::max(listener_.backlog, kMinBacklog),
                 .receive_buffer_bytes = listener_.receive_buffer_bytes});
  if (!listening)
    return base::Error("Listener " + listener_.name + ": " + listening.error().message);
  base::Result<SocketAddress> address = local_address(*listening);
  if (!address) return address.error();
  listening_ = std::move(*listening);
  address_ = std::move(*address);
  return {};
}

void Acceptor::start(std::vector<Processor*> processors, std::atomic<ConnectionId>& next_id) {
  CHECK(listening_.is_open()) << "Listener " << listener_.name << " is started but not bound.";
  processors_ = std::move(processors);
  next_id_ = &next_id;
  watch_ = std::make_unique<Reactor::Watch>(
      reactor_, listening_.fd(), [this] { accept_all(); }, [] {});
  alarm_ = std::make_unique<Reactor::Alarm>(reactor_, [this] { accept_all(); });
  watch_->arm_readable();
  thread_ = base::Thread("acceptor-" + listener_.name, [this] { reactor_.run(); });
}

void Acceptor::deal_to(std::vector<Processor*> processors) {
  std::promise<void> done;
  reactor_.post([&] {
    processors_ = std::move(processors);
    done.set_value();
  });
  done.get_future().wait();
}

void Acceptor::stop() {
  reactor_.stop();
  thread_.join();
  watch_.reset();
  alarm_.reset();
  listening_.close();
}

void Acceptor::accept_all() {
  while (accept_one()) {
  }
}

void Acceptor::wait_and_say(const std::string& why) {
  surroundings_.refusals.note("listener " + listener_.name, "the backlog of " + listener_.name,
                              why);
  alarm_->set_after_ms(kRestMs);
}

bool Acceptor::accept_one() {
  switch (surroundings_.limits.may_accept(listener_.name)) {
    case ConnectionLimits::Verdict::kAdmitted:
    case ConnectionLimits::Verdict::kTooManyFromAddress:
      break;
    case ConnectionLimits::Verdict::kTooManyOfBroker:
    case ConnectionLimits::Verdict::kTooManyOfListener:
    case ConnectionLimits::Verdict::kTooFast:
      // The others wait in the kernel, as upstream lets them.
      alarm_->set_after_ms(kRestMs);
      return false;
  }
  base::Result<std::optional<Accepted>> accepted = accept_from(listening_);
  if (!accepted) {
    wait_and_say("accepting fails: " + accepted.error().message);
    return false;
  }
  if (!accepted->has_value()) {
    watch_->arm_readable();
    return false;
  }
  deal(std::move(**accepted));
  return true;
}

void Acceptor::deal(Accepted accepted) {
  const SocketAddress peer = accepted.peer;
  if (surroundings_.limits.admit(listener_.name, peer.host) !=
      ConnectionLimits::Verdict::kAdmitted) {
    surroundings_.metrics.connections_refused.add();
    surroundings_.refusals.note(peer.host, peer.host + " on " + listener_.name,
                                "too many connections from there (max.connections.per.ip)");
    return;
  }
  tune_accepted(accepted.socket, listener_.send_buffer_bytes);
  ConnectionFacts facts;
  facts.id = next_id_->fetch_add(1);
  facts.listener = listener_.name;
  facts.protocol = listener_.protocol;
  facts.peer_host = peer.host;
  facts.peer_port = peer.port;
  base::Result<SocketAddress> local = local_address(accepted.socket);
  if (local) {
    facts.local_host = local->host;
    facts.local_port = local->port;
  }
  facts.is_inter_broker = listener_.is_inter_broker;
  facts.is_control_plane = listener_.is_control_plane;
  Processor* processor = processors_[next_processor_++ % processors_.size()];
  processor->adopt(std::move(accepted), std::move(facts));
}

}  // namespace odradek::network
