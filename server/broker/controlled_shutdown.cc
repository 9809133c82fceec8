#include "server/broker/controlled_shutdown.h"

#include "base/log.h"
#include "base/thread.h"
#include "protocol/messages/controlled_shutdown.h"

namespace odradek::broker {

bool shut_down_controlled(const ControllerCall& controller, std::int64_t broker_epoch,
                          std::int16_t version, const config::BrokerConfig& config) {
  const std::string tag =
      "[broker " + std::to_string(controller.broker_id) + "] controlled shutdown";
  const protocol::ControlledShutdownRequest request{.broker_id = controller.broker_id,
                                                    .broker_epoch = broker_epoch};
  for (int attempt = 0; attempt < config.controlled_shutdown_max_retries; ++attempt) {
    if (attempt > 0) base::pause_ms(config.controlled_shutdown_retry_backoff_ms);
    auto answer = controller.send(request, version, config.controller_socket_timeout_ms);
    if (answer && answer->remaining_partitions.empty()) {
      LOG(INFO) << tag << ": nothing is led here that another replica could lead";
      return true;
    }
    LOG(WARNING) << tag << ", try " << attempt + 1 << ": "
                 << (answer ? std::to_string(answer->remaining_partitions.size()) +
                                  " partitions are still led here"
                            : answer.error().message);
  }
  return false;
}

}  // namespace odradek::broker
