// Listeners: the addresses a broker listens on and the ones it advertises, read from its settings.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace odradek::config {

struct BrokerConfig;

// Numbered as in UpdateMetadata and LeaderAndIsr.
enum class SecurityProtocol : std::int16_t {
  kPlaintext = 0,
  kSsl = 1,
  kSaslPlaintext = 2,
  kSaslSsl = 3,
};

constexpr bool uses_tls(SecurityProtocol protocol) {
  return protocol == SecurityProtocol::kSsl || protocol == SecurityProtocol::kSaslSsl;
}
constexpr bool uses_sasl(SecurityProtocol protocol) {
  return protocol == SecurityProtocol::kSaslPlaintext || protocol == SecurityProtocol::kSaslSsl;
}
std::string_view security_protocol_name(SecurityProtocol protocol);
std::optional<SecurityProtocol> parse_security_protocol(std::string_view name);

// One address under one name: where a socket is bound, or what clients are told.
struct Listener {
  std::string name;  // upper case, as in the settings' protocol map
  SecurityProtocol protocol = SecurityProtocol::kPlaintext;
  std::string host;  // without brackets; empty means all interfaces (never when advertised)
  std::int32_t port = 0;

  // "INTERNAL://[::1]:9093", as the broker's znode has it.
  std::string to_string() const;
  bool operator==(const Listener&) const = default;
};

struct Listeners {
  std::vector<Listener> bound;       // listeners
  std::vector<Listener> advertised;  // advertised.listeners; without the control plane's if unnamed
  std::map<std::string, SecurityProtocol> protocols;  // listener.security.protocol.map
  std::string inter_broker_name;
  SecurityProtocol inter_broker_protocol = SecurityProtocol::kPlaintext;
  std::string control_plane_name;  // empty when controller requests share the other listeners

  const Listener* find_bound(std::string_view name) const;
  const Listener* find_advertised(std::string_view name) const;
  bool has_control_plane() const { return !control_plane_name.empty(); }
  // Listeners that carry data: all bound ones but the control plane's.
  std::vector<Listener> data_plane() const;
};

// Fails with the rule that is broken, naming the key. An advertised port of 0 is kept: the broker
// replaces it by the port that the kernel gave to the bound listener of that name.
base::Result<Listeners> parse_listeners(const BrokerConfig& config);

// Reads one list "NAME://host:port,…" against a protocol map; `key` is named in errors.
base::Result<std::vector<Listener>> parse_endpoint_list(
    std::string_view text, const std::map<std::string, SecurityProtocol>& protocols,
    std::string_view key);

// The name by which other machines most likely reach this one, as Java's canonical local host name;
// "localhost" when the resolver knows nothing.
std::string canonical_local_host_name();

}  // namespace odradek::config
