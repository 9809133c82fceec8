// Asking the controller to take this broker's leaderships away before it stops (zookeeper.md §3.5).
#pragma once

#include <cstdint>

#include "server/broker/controller_call.h"
#include "server/config/broker_config.h"

namespace odradek::broker {

// True when the controller has moved everything away; tries controlled.shutdown.max.retries times.
bool shut_down_controlled(const ControllerCall& controller, std::int64_t broker_epoch,
                          std::int16_t version, const config::BrokerConfig& config);

}  // namespace odradek::broker
