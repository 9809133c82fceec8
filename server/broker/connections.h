// InterBrokerConnections: how this broker reaches others, secured as the inter-broker listener is.
#pragma once

#include <string>

#include "server/client/connection_factory.h"
#include "server/config/broker_config.h"
#include "server/config/listeners.h"
#include "server/security/listener_tls.h"

namespace odradek::broker {

class InterBrokerConnections : public client::ConnectionFactory {
 public:
  // `tls` is that of the inter-broker listener, null where it is plaintext.
  explicit InterBrokerConnections(const security::ListenerTls* tls) : tls_(tls) {}

  base::Result<std::unique_ptr<client::BrokerConnection>> connect(
      const client::Endpoint& endpoint, const std::string& client_id,
      client::Deadline deadline) override;

 private:
  const security::ListenerTls* tls_;
};

}  // namespace odradek::broker
