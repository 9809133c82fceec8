#include "server/client/connection_factory.h"

#include <utility>

namespace odradek::client {

base::Result<std::unique_ptr<BrokerConnection>> UniformConnections::connect(
    const Endpoint& endpoint, const std::string& client_id, Deadline deadline) {
  ConnectionOptions options = options_;
  options.host = endpoint.host;
  options.port = endpoint.port;
  options.client_id = client_id;
  return BrokerConnection::connect(options, deadline);
}

}  // namespace odradek::client
