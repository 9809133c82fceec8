#include "server/broker/controlled_shutdown.h"

#include "base/log.h"
#include "base/thread.h"
#include "protocol/messages/controlled_shutdown.h"

namespace odradek::broker {
namespace {

using protocol::ControlledShutdownRequest;
using protocol::ControlledShutdownResponse;

// The partitions that are still led here, or why the controller could not be asked.
base::Result<std::size_t> ask(const ControlledShutdownSpec& spec,
                              const config::BrokerConfig& config,
                              const metadata::MetadataImage& image,
                              client::ConnectionFactory& connections) {
  auto controller = image.brokers.find(image.controller_id);
  const metadata::BrokerEndpoint* endpoint =
      controller == image.brokers.end() ? nullptr : controller->second.endpoint(spec.listener);
  if (endpoint == nullptr) return base::Error("no controller is known");
  auto deadline = client::deadline_in_ms(config.controller_socket_timeout_ms);
  auto connection = connections.connect({endpoint->host, endpoint->port},
                                        std::to_string(spec.broker_id), deadline);
  if (!connection) return connection.error();
  ControlledShutdownRequest request{.broker_id = spec.broker_id, .broker_epoch = spec.broker_epoch};
  auto response = (*connection)
                      ->send_and_receive<ControlledShutdownRequest, ControlledShutdownResponse>(
                          request, spec.version, deadline);
  if (!response) return response.error();
  if (response->error_code != protocol::ErrorCode::kNone) {
    return base::Error(response->error_code,
                       "controller " + std::to_string(image.controller_id) + " answered " +
                           std::string(protocol::error_name(response->error_code)));
  }
  return response->remaining_partitions.size();
}

}  // namespace

bool shut_down_controlled(const ControlledShutdownSpec& spec, const config::BrokerConfig& config,
                          const metadata::MetadataCache& metadata,
                          client::ConnectionFactory& connections) {
  for (int attempt = 0; attempt < config.controlled_shutdown_max_retries; ++attempt) {
    if (attempt > 0) base::pause_ms(config.controlled_shutdown_retry_backoff_ms);
    auto remaining = ask(spec, config, *metadata.image(), connections);
    if (remaining && *remaining == 0) {
      LOG(INFO) << "[broker " << spec.broker_id
                << "] controlled shutdown: nothing is led here that "
                << "another replica could lead";
      return true;
    }
    LOG(WARNING) << "[broker " << spec.broker_id << "] controlled shutdown, try " << attempt + 1
                 << ": "
                 << (remaining ? std::to_string(*remaining) + " partitions are still led here"
                               : remaining.error().message);
  }
  return false;
}

}  // namespace odradek::broker
