// SocketServerOptions: everything the network layer needs to be told, as plain values.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "server/config/listeners.h"

struct ssl_st;      // OpenSSL's SSL
struct ssl_ctx_st;  // OpenSSL's SSL_CTX

namespace odradek::network {

inline constexpr std::int32_t kNoLimit = std::numeric_limits<std::int32_t>::max();

struct TlsOptions {
  // The context for the next connection, so that certificates can be exchanged at run time; null
  // refuses it. From any network thread.
  std::function<std::shared_ptr<ssl_ctx_st>()> context;
  // "User:..." of a peer whose handshake is done; an error closes the connection. Unset: the
  // subject of its certificate as Java prints it, User:ANONYMOUS without one.
  std::function<base::Result<std::string>(ssl_st*)> principal;
};

struct ListenerOptions {
  std::string name = "PLAINTEXT";
  config::SecurityProtocol protocol = config::SecurityProtocol::kPlaintext;
  std::string host;       // empty: all interfaces
  std::int32_t port = 0;  // 0: the kernel chooses
  bool is_inter_broker = false;
  bool is_control_plane = false;     // its own queue, one network thread, one handler thread
  std::int32_t network_threads = 3;  // num.network.threads
  std::int32_t backlog = 50;         // socket.listen.backlog.size; at least 1024 is asked for
  std::int32_t send_buffer_bytes = 102400;     // socket.send.buffer.bytes; -1: the kernel's
  std::int32_t receive_buffer_bytes = 102400;  // socket.receive.buffer.bytes; -1: the kernel's
  std::int32_t max_connections = kNoLimit;     // listener.name.<name>.max.connections
  std::int32_t max_connection_creation_rate = kNoLimit;  // per second
  TlsOptions tls;                                        // for SSL and SASL_SSL
};

// The limits that may change at run time.
struct ConnectionLimitOptions {
  std::int32_t max_connections = kNoLimit;               // of the broker
  std::int32_t max_connection_creation_rate = kNoLimit;  // of the broker, per second
  std::int32_t max_connections_per_ip = kNoLimit;
  std::map<std::string, std::int32_t> max_connections_per_ip_overrides;  // by address
};

struct SocketServerOptions {
  std::int32_t broker_id = -1;  // for log lines
  std::vector<ListenerOptions> listeners;
  std::int32_t io_threads = 8;                    // num.io.threads
  std::int32_t queued_max_requests = 500;         // queued.max.requests
  std::int64_t queued_max_request_bytes = -1;     // queued.max.request.bytes; -1: 1 GiB
  std::int32_t request_max_bytes = 104857600;     // socket.request.max.bytes
  std::int32_t sasl_max_receive_bytes = 524288;   // sasl.server.max.receive.size
  std::int64_t connections_max_idle_ms = 600000;  // connections.max.idle.ms; negative: any time
  std::int64_t handshake_timeout_ms = 30000;      // ours: TLS handshake, first to last byte
  ConnectionLimitOptions limits;
};

}  // namespace odradek::network
