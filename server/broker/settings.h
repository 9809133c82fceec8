// From configuration to what the components take: plain values, each mapped in one place.
#pragma once

#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/config/broker_config.h"
#include "server/config/inter_broker_protocol.h"
#include "server/config/listeners.h"
#include "server/config/topic_config.h"
#include "server/controller/controller.h"
#include "server/group/committed_offsets.h"
#include "server/group/coordinator.h"
#include "server/group/group_log.h"
#include "server/group/group_removal.h"
#include "server/log/log_manager.h"
#include "server/network/socket_server_options.h"
#include "server/replica/alter_partition.h"
#include "server/replica/fetcher/replica_fetcher.h"
#include "server/replica/leadership.h"
#include "server/replica/log_dir_mover.h"
#include "server/replica/replication_throttle.h"
#include "server/security/listener_tls.h"
#include "server/security/principal.h"
#include "zk/client/session.h"
#include "zk/data/broker_registration.h"

namespace odradek::broker {

using TlsByListener = std::map<std::string, std::unique_ptr<security::ListenerTls>>;

// inter.broker.protocol.version, which the configuration has checked.
config::InterBrokerProtocol protocol_of(const config::BrokerConfig& config);
zk::SessionOptions session_options(const config::BrokerConfig& config);
log::LogManagerOptions log_manager_options(const config::BrokerConfig& config);
replica::LogDirMoverOptions log_dir_mover_options(const config::BrokerConfig& config);
replica::FetcherOptions fetcher_options(const config::BrokerConfig& config,
                                        const config::Listeners& listeners);
// Nothing below the inter.broker.protocol.version that has AlterPartition.
std::optional<replica::AlterPartitionOptions> alter_partition_options(
    const config::BrokerConfig& config, const config::Listeners& listeners);
std::unique_ptr<replica::ReplicationThrottles> replication_throttles(
    const config::BrokerConfig& config, const base::Clock& clock);
replica::TopicSettings topic_settings(const config::TopicConfig& topic,
                                      const config::BrokerConfig& broker);
group::CoordinatorOptions coordinator_options(const config::BrokerConfig& config);
group::OffsetStorage offset_storage(const config::BrokerConfig& config);
group::GroupLogOptions group_log_options(const config::BrokerConfig& config);
group::CommittedOffsetsOptions committed_offsets_options(const config::BrokerConfig& config);
group::GroupRemovalOptions group_removal_options(const config::BrokerConfig& config);
controller::ControllerOptions controller_options(const config::BrokerConfig& config,
                                                 const config::Listeners& listeners,
                                                 protocol::BrokerId broker_id);

// The TLS contexts of a listener that needs some, else null. SASL is refused, naming the listener.
base::Result<std::unique_ptr<security::ListenerTls>> tls_of(const config::BrokerConfig& config,
                                                            const config::Listeners& listeners,
                                                            const config::Listener& listener);
base::Result<TlsByListener> tls_of(const config::BrokerConfig& config,
                                   const config::Listeners& listeners);
network::ConnectionLimitOptions connection_limits(const config::BrokerConfig& config);
// What a listener limits by settings of its own (listener.name.…): the broker's are counted over
// all listeners, and not for the one between brokers. `own` is the configuration as it sees it.
struct ListenerLimits {
  std::int32_t max_connections = std::numeric_limits<std::int32_t>::max();
  std::int32_t max_connection_creation_rate = std::numeric_limits<std::int32_t>::max();
};
ListenerLimits listener_limits(const config::BrokerConfig& own, std::string_view listener);
// `tls` is null where none is needed, and outlives the listener; so below.
base::Result<network::ListenerOptions> listener_options(const config::BrokerConfig& config,
                                                        const config::Listeners& listeners,
                                                        const config::Listener& listener,
                                                        const security::ListenerTls* tls);
base::Result<network::SocketServerOptions> socket_options(const config::BrokerConfig& config,
                                                          const config::Listeners& listeners,
                                                          const TlsByListener& tls,
                                                          protocol::BrokerId broker_id);

std::vector<zk::BrokerEndpoint> endpoints_of(const config::Listeners& listeners);
// What this broker tells the cluster of itself; advertised ports of 0 become the bound ones.
zk::BrokerRegistration registration_of(const config::BrokerConfig& config,
                                       const config::Listeners& listeners,
                                       protocol::BrokerId broker_id, std::int64_t now_ms);
std::int32_t registration_version(const config::BrokerConfig& config);

}  // namespace odradek::broker
