// ControllerCall: one request of this broker to the active controller, on a connection of its own.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "protocol/errors.h"
#include "server/client/connection_factory.h"
#include "server/metadata/metadata_cache.h"

namespace odradek::broker {

// Safe from any thread; each call asks whoever this broker's metadata says is the controller.
struct ControllerCall {
  protocol::BrokerId broker_id = protocol::kNoBroker;
  std::string listener;  // of the controller: the control plane's where there is one
  const metadata::MetadataCache& metadata;
  client::ConnectionFactory& connections;

  base::Result<std::unique_ptr<client::BrokerConnection>> connect(client::Deadline deadline) const {
    auto image = metadata.image();
    auto controller = image->brokers.find(image->controller_id);
    const metadata::BrokerEndpoint* endpoint =
        controller == image->brokers.end() ? nullptr : controller->second.endpoint(listener);
    if (endpoint == nullptr) return base::Error("no controller is known");
    return connections.connect({endpoint->host, endpoint->port}, std::to_string(broker_id),
                               deadline);
  }

  // Errors: those of the connection, and the answer's own.
  template <class Request>
  base::Result<typename Request::Response> send(const Request& request, std::int16_t version,
                                                std::int64_t timeout_ms) const {
    using Response = typename Request::Response;
    const client::Deadline deadline = client::deadline_in_ms(timeout_ms);
    auto connection = connect(deadline);
    if (!connection) return connection.error();
    auto response =
        (*connection)->template send_and_receive<Request, Response>(request, version, deadline);
    if (!response) return response.error();
    if (response->error_code == protocol::ErrorCode::kNone) return response;
    return base::Error(
        response->error_code,
        "the controller answered " + std::string(protocol::error_name(response->error_code)));
  }
};

}  // namespace odradek::broker
