// Acceptor: the thread of one listener that takes new connections and deals them to processors.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/thread.h"
#include "server/network/connection_limits.h"
#include "server/network/processor.h"
#include "server/network/reactor.h"
#include "server/network/socket.h"
#include "server/network/socket_server_options.h"

namespace odradek::network {

class Acceptor {
 public:
  Acceptor(const ListenerOptions& listener, const ProcessorSurroundings& surroundings)
      : listener_(listener), surroundings_(surroundings) {}
  ~Acceptor() { stop(); }
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;

  // Clients can connect from here on and wait in the kernel.
  base::Status bind();
  const SocketAddress& address() const { return address_; }
  // `processors` must outlive this; `next_id` numbers connections across all acceptors.
  void start(std::vector<Processor*> processors, std::atomic<ConnectionId>& next_id);
  // Deals to these from now on, and to no other when this returns; while it runs.
  void deal_to(std::vector<Processor*> processors);
  void stop();  // closes the listening socket too; may be called twice

  const ListenerOptions& listener() const { return listener_; }

 private:
  void accept_all();
  // False when accepting must wait.
  bool accept_one();
  void wait_and_say(const std::string& why);
  void deal(Accepted accepted);

  const ListenerOptions listener_;
  const ProcessorSurroundings surroundings_;
  Socket listening_;
  SocketAddress address_;
  Reactor reactor_;
  std::unique_ptr<Reactor::Watch> watch_;
  std::unique_ptr<Reactor::Alarm> alarm_;
  std::vector<Processor*> processors_;
  std::atomic<ConnectionId>* next_id_ = nullptr;
  std::size_t next_processor_ = 0;
  base::Thread thread_;
};

}  // namespace odradek::network
