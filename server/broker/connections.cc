#include "server/broker/connections.h"

namespace odradek::broker {

base::Result<std::unique_ptr<client::BrokerConnection>> InterBrokerConnections::connect(
    const client::Endpoint& endpoint, const std::string& client_id, client::Deadline deadline) {
  client::ConnectionOptions options{
      .host = endpoint.host, .port = endpoint.port, .client_id = client_id};
  std::shared_ptr<const security::TlsContext> context;
  if (tls_ != nullptr) {
    context = tls_->client();
    options.tls_context = context->native();
    options.verify_host_name = context->check_host_name();
  }
  return client::BrokerConnection::connect(options, deadline);
}

}  // namespace odradek::broker
