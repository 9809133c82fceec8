// ConnectionFactory: how this broker reaches another one, whatever the security of the listener is.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "server/client/broker_connection.h"

namespace odradek::client {

struct Endpoint {
  std::string host;
  std::int32_t port = 0;
  std::string to_string() const { return host + ":" + std::to_string(port); }
  bool operator==(const Endpoint&) const = default;
};

// Safe from any thread. The broker gives one that authenticates as its listener asks;
// PlainConnections is for PLAINTEXT.
class ConnectionFactory {
 public:
  virtual ~ConnectionFactory() = default;
  // `client_id` goes into the header of every request on the connection.
  virtual base::Result<std::unique_ptr<BrokerConnection>> connect(const Endpoint& endpoint,
                                                                  const std::string& client_id,
                                                                  Deadline deadline) = 0;
};

// The same options for every endpoint: PLAINTEXT, or TLS when options.tls_context is set, then
// options.authenticate.
class UniformConnections : public ConnectionFactory {
 public:
  explicit UniformConnections(ConnectionOptions options) : options_(std::move(options)) {}
  base::Result<std::unique_ptr<BrokerConnection>> connect(const Endpoint& endpoint,
                                                          const std::string& client_id,
                                                          Deadline deadline) override;

 private:
  ConnectionOptions options_;
};

}  // namespace odradek::client
