#include "server/config/broker_keys.h"

namespace odradek::config {
namespace {

constexpr ConfigKey<BrokerConfig> kKeys[] = {
    {"advertised.listeners", &NetworkConfig::advertised_listeners, nullptr, kAnyValue,
     Scope::kPerBroker, Importance::kHigh,
     "Addresses that clients and other brokers are told to connect to. The listeners themselves "
     "when not given; 0.0.0.0 is not an address one can connect to."},
    {"connection.failed.authentication.delay.ms",
     &NetworkConfig::connection_failed_authentication_delay_ms, "100", at_least(0),
     Scope::kReadOnly, Importance::kLow,
     "How long a connection stays open after failed authentication, which slows down guessing. "
     "Must be below connections.max.idle.ms."},
    {"connections.max.idle.ms", &NetworkConfig::connections_max_idle_ms, "600000", kAnyValue,
     Scope::kReadOnly, Importance::kMedium,
     "Connections without traffic for this many milliseconds are closed."},
    {"control.plane.listener.name", &NetworkConfig::control_plane_listener_name, nullptr, kAnyValue,
     Scope::kReadOnly, Importance::kHigh,
     "The listener for the controller's requests, with its own thread and queue, so that load on "
     "the others never delays them."},
    {"listener.security.protocol.map", &NetworkConfig::listener_security_protocol_map,
     "SASL_SSL:SASL_SSL,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT", kAnyValue,
     Scope::kPerBroker, Importance::kLow,
     "Which of PLAINTEXT, SSL, SASL_PLAINTEXT and SASL_SSL each listener name speaks, as "
     "NAME:PROTOCOL pairs."},
    {"listeners", &NetworkConfig::listeners, "PLAINTEXT://:9092", kAnyValue, Scope::kPerBroker,
     Importance::kHigh,
     "Addresses to listen on, as NAME://host:port. No host means the default interface, 0.0.0.0 "
     "all of them."},
    {"max.connection.creation.rate", &NetworkConfig::max_connection_creation_rate, "2147483647",
     at_least(0), Scope::kClusterWide, Importance::kMedium,
     "How many connections are accepted per second, over all listeners; also per listener."},
    {"max.connections", &NetworkConfig::max_connections, "2147483647", at_least(0),
     Scope::kClusterWide, Importance::kMedium,
     "How many connections may be open, over all listeners; also per listener."},
    {"max.connections.per.ip", &NetworkConfig::max_connections_per_ip, "2147483647", at_least(0),
     Scope::kClusterWide, Importance::kMedium,
     "How many connections one address may hold. 0 refuses all that "
     "max.connections.per.ip.overrides does not name."},
    {"max.connections.per.ip.overrides", &NetworkConfig::max_connections_per_ip_overrides, "",
     kAnyValue, Scope::kClusterWide, Importance::kMedium,
     "Other limits for some addresses or host names, as host:count pairs."},
    {"num.network.threads", &NetworkConfig::num_network_threads, "3", at_least(1),
     Scope::kClusterWide, Importance::kHigh,
     "Threads that read requests from and write answers to the network, per listener."},
    {"queued.max.request.bytes", &NetworkConfig::queued_max_request_bytes, "-1", kAnyValue,
     Scope::kReadOnly, Importance::kMedium,
     "The most bytes of requests waiting for a thread before no more are read; -1 for no limit."},
    {"queued.max.requests", &NetworkConfig::queued_max_requests, "500", at_least(1),
     Scope::kReadOnly, Importance::kHigh,
     "How many requests may wait for a thread before no more are read."},
    {"socket.listen.backlog.size", &NetworkConfig::socket_listen_backlog_size, "50", at_least(1),
     Scope::kReadOnly, Importance::kMedium,
     "How many connections the kernel keeps waiting to be accepted."},
    {"socket.receive.buffer.bytes", &NetworkConfig::socket_receive_buffer_bytes, "102400",
     kAnyValue, Scope::kReadOnly, Importance::kHigh,
     "Receive buffer of a socket (SO_RCVBUF); -1 leaves it to the kernel."},
    {"socket.request.max.bytes", &NetworkConfig::socket_request_max_bytes, "104857600", at_least(1),
     Scope::kReadOnly, Importance::kHigh,
     "The largest request read; longer ones close the connection."},
    {"socket.send.buffer.bytes", &NetworkConfig::socket_send_buffer_bytes, "102400", kAnyValue,
     Scope::kReadOnly, Importance::kHigh,
     "Send buffer of a socket (SO_SNDBUF); -1 leaves it to the kernel."},
};

}  // namespace

std::span<const ConfigKey<BrokerConfig>> network_keys() { return kKeys; }

}  // namespace odradek::config
