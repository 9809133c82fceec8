#include "server/network/connection_context.h"

#include <string>

namespace odradek::network {

std::string ConnectionContext::describe() const {
  const bool is_ipv6 = facts_.peer_host.find(':') != std::string::npos;
  const std::string host = is_ipv6 ? "[" + facts_.peer_host + "]" : facts_.peer_host;
  return host + ":" + std::to_string(facts_.peer_port) + " on " + facts_.listener;
}

}  // namespace odradek::network
