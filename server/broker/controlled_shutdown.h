// Asking the controller to take this broker's leaderships away before it stops (zookeeper.md §3.5).
#pragma once

#include <cstdint>
#include <string>

#include "server/client/connection_factory.h"
#include "server/config/broker_config.h"
#include "server/metadata/metadata_cache.h"

namespace odradek::broker {

struct ControlledShutdownSpec {
  protocol::BrokerId broker_id = protocol::kNoBroker;
  std::int64_t broker_epoch = -1;
  std::string listener;  // the inter-broker one
  std::int16_t version = 3;
};

// True when the controller has moved everything away; tries controlled.shutdown.max.retries times.
bool shut_down_controlled(const ControlledShutdownSpec& spec, const config::BrokerConfig& config,
                          const metadata::MetadataCache& metadata,
                          client::ConnectionFactory& connections);

}  // namespace odradek::broker
