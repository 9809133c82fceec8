// The tables of broker keys, one per subject; broker_config.cc joins them.
#pragma once

#include <span>

#include "server/config/broker_config.h"

namespace odradek::config {

std::span<const ConfigKey<BrokerConfig>> zookeeper_keys();
std::span<const ConfigKey<BrokerConfig>> general_keys();
std::span<const ConfigKey<BrokerConfig>> network_keys();
std::span<const ConfigKey<BrokerConfig>> replica_keys();
std::span<const ConfigKey<BrokerConfig>> log_keys();
std::span<const ConfigKey<BrokerConfig>> cleaner_keys();
std::span<const ConfigKey<BrokerConfig>> group_keys();
std::span<const ConfigKey<BrokerConfig>> transaction_keys();
std::span<const ConfigKey<BrokerConfig>> quota_keys();
std::span<const ConfigKey<BrokerConfig>> tls_keys();
std::span<const ConfigKey<BrokerConfig>> sasl_keys();
std::span<const ConfigKey<BrokerConfig>> remote_keys();
std::span<const ConfigKey<BrokerConfig>> kraft_keys();
std::span<const ConfigKey<BrokerConfig>> old_keys();

}  // namespace odradek::config
