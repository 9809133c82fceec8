#include "server/config/listeners.h"

#include <arpa/inet.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "protocol/errors.h"
#include "server/config/broker_config.h"

namespace odradek::config {
namespace {

using Protocols = std::map<std::string, SecurityProtocol>;

base::Error refuse(std::string why) {
  return base::Error(protocol::ErrorCode::kInvalidConfig, std::move(why));
}

// In the JVM broker's words.
base::Error malformed_listeners(std::string_view text, const std::string& why) {
  return base::Error(protocol::ErrorCode::kInvalidRequest,
                     "Error creating broker listeners from '" + std::string(text) + "': " + why);
}

std::string names_of(const std::vector<Listener>& listeners) {
  std::vector<std::string> names;
  for (const auto& listener : listeners) names.push_back(listener.name);
  return base::join(names, ",");
}

const Listener* find_by_name(const std::vector<Listener>& listeners, std::string_view name) {
  auto found = std::ranges::find(listeners, name, &Listener::name);
  return found == listeners.end() ? nullptr : &*found;
}

base::Result<SecurityProtocol> protocol_named(std::string_view name, std::string_view key) {
  auto protocol = parse_security_protocol(base::to_upper(base::trim(name)));
  if (!protocol) {
    return refuse("Invalid security protocol `" + std::string(name) + "` in " + std::string(key) +
                  "; there are PLAINTEXT, SSL, SASL_PLAINTEXT and SASL_SSL");
  }
  return *protocol;
}

base::Result<Protocols> parse_protocol_map(std::string_view text) {
  constexpr std::string_view kKey = "listener.security.protocol.map";
  Protocols protocols;
  for (const auto& item : base::split_list(text)) {
    auto colon = item.rfind(':');
    if (colon == std::string::npos) return malformed_map(kKey, item);
    if (colon == 0) {
      return refuse(std::string(kKey) + " has " + item + ", which is not NAME:PROTOCOL");
    }
    auto protocol = protocol_named(item.substr(colon + 1), kKey);
    if (!protocol) return protocol.error();
    protocols[base::to_upper(base::trim(item.substr(0, colon)))] = *protocol;
  }
  return protocols;
}

bool is_host_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
         c == '%' || c == '.' || c == '_' || c == ':';
}

// "NAME://host:port" with the host in brackets or not; the protocol is found later.
base::Result<Listener> parse_endpoint(const std::string& entry) {
  base::Error wrong = refuse("Unable to parse " + entry + " to a broker endpoint");
  auto name_end = entry.find("://");
  auto colon = entry.rfind(':');
  if (name_end == std::string::npos || colon < name_end + 3) return wrong;
  Listener listener;
  listener.name = base::to_upper(base::trim(entry.substr(0, name_end)));
  listener.host = entry.substr(name_end + 3, colon - name_end - 3);
  auto port = base::parse_int<std::int32_t>(entry.substr(colon + 1), -1, 65535);
  if (!port || listener.name.empty()) return wrong;
  listener.port = *port;
  bool opened = listener.host.starts_with('[');
  if (opened != listener.host.ends_with(']')) return wrong;
  if (opened) listener.host = listener.host.substr(1, listener.host.size() - 2);
  if (!std::ranges::all_of(listener.host, is_host_character)) return wrong;
  return listener;
}

enum class HostKind : std::uint8_t { kName, kIpv4, kIpv6 };

HostKind kind_of(const std::string& host) {
  in6_addr parsed;
  if (inet_pton(AF_INET, host.c_str(), &parsed) == 1) return HostKind::kIpv4;
  std::string without_zone = host.substr(0, host.find('%'));
  if (inet_pton(AF_INET6, without_zone.c_str(), &parsed) == 1) return HostKind::kIpv6;
  return HostKind::kName;
}

// Two listeners may share a port only when one has an IPv4 and the other an IPv6 address.
bool may_share_port(const Listener& a, const Listener& b) {
  HostKind first = kind_of(a.host);
  HostKind second = kind_of(b.host);
  return first != HostKind::kName && second != HostKind::kName && first != second;
}

base::Status check_ports(const std::vector<Listener>& listeners, std::string_view text) {
  for (std::size_t i = 0; i < listeners.size(); ++i) {
    for (std::size_t j = i + 1; j < listeners.size(); ++j) {
      const Listener& a = listeners[i];
      const Listener& b = listeners[j];
      if (a.port != 0 && a.port == b.port && !may_share_port(a, b)) {
        return refuse(
            "Each listener must have a different port, unless one has an IPv4 address and the "
            "other an IPv6 address, listeners: " +
            std::string(text));
      }
    }
  }
  return {};
}

std::string advertised_host(const std::string& host, const std::string& local_name) {
  return host.empty() || host == "::" ? local_name : host;
}

base::Status choose_inter_broker(const BrokerConfig& config, Listeners& listeners) {
  if (config.inter_broker_listener_name.empty()) {
    auto protocol =
        protocol_named(config.security_inter_broker_protocol, "security.inter.broker.protocol");
    if (!protocol) return protocol.error();
    listeners.inter_broker_protocol = *protocol;
    listeners.inter_broker_name = std::string(security_protocol_name(*protocol));
    return {};
  }
  if (config.raw("security.inter.broker.protocol")) {
    return refuse(
        "Only one of inter.broker.listener.name and security.inter.broker.protocol should be set");
  }
  listeners.inter_broker_name = base::to_upper(config.inter_broker_listener_name);
  auto found = listeners.protocols.find(listeners.inter_broker_name);
  if (found == listeners.protocols.end()) {
    return refuse("Listener with name " + listeners.inter_broker_name +
                  " defined in inter.broker.listener.name not found in "
                  "listener.security.protocol.map");
  }
  listeners.inter_broker_protocol = found->second;
  return {};
}

base::Status check_advertised(const Listeners& listeners) {
  for (const auto& advertised : listeners.advertised) {
    if (listeners.find_bound(advertised.name) == nullptr) {
      return refuse(
          "advertised.listeners listener names must be equal to or a subset of the ones defined "
          "in listeners. Found " +
          names_of(listeners.advertised) + "; listeners has " + names_of(listeners.bound));
    }
    if (advertised.host == "0.0.0.0") {
      return refuse(
          "advertised.listeners cannot use the nonroutable meta-address 0.0.0.0. Use a routable "
          "IP address or a host name");
    }
  }
  if (listeners.find_advertised(listeners.inter_broker_name) == nullptr) {
    return refuse(
        "inter.broker.listener.name must be a listener name defined in "
        "advertised.listeners; brokers would use " +
        listeners.inter_broker_name + ", and there are " + names_of(listeners.advertised));
  }
  return {};
}

base::Status choose_control_plane(const BrokerConfig& config, Listeners& listeners) {
  if (config.control_plane_listener_name.empty()) return {};
  std::string name = base::to_upper(config.control_plane_listener_name);
  if (!listeners.protocols.contains(name)) {
    return refuse("Listener with name " + name +
                  " defined in control.plane.listener.name not found in "
                  "listener.security.protocol.map");
  }
  if (listeners.find_advertised(name) == nullptr) {
    return refuse(
        "control.plane.listener.name must be a listener name defined in "
        "advertised.listeners; " +
        name + " is none of " + names_of(listeners.advertised));
  }
  if (name == listeners.inter_broker_name) {
    return refuse(
        "control.plane.listener.name, when defined, should have a different value from the "
        "inter broker listener name; both are " +
        name);
  }
  listeners.control_plane_name = name;
  return {};
}

}  // namespace

std::string_view security_protocol_name(SecurityProtocol protocol) {
  switch (protocol) {
    case SecurityProtocol::kPlaintext:
      return "PLAINTEXT";
    case SecurityProtocol::kSsl:
      return "SSL";
    case SecurityProtocol::kSaslPlaintext:
      return "SASL_PLAINTEXT";
    case SecurityProtocol::kSaslSsl:
      return "SASL_SSL";
  }
  return "";
}

std::optional<SecurityProtocol> parse_security_protocol(std::string_view name) {
  for (auto protocol : {SecurityProtocol::kPlaintext, SecurityProtocol::kSsl,
                        SecurityProtocol::kSaslPlaintext, SecurityProtocol::kSaslSsl}) {
    if (security_protocol_name(protocol) == name) return protocol;
  }
  return std::nullopt;
}

std::string Listener::to_string() const {
  bool brackets = host.find(':') != std::string::npos;
  return name + "://" + (brackets ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

const Listener* Listeners::find_bound(std::string_view name) const {
  return find_by_name(bound, name);
}

const Listener* Listeners::find_advertised(std::string_view name) const {
  return find_by_name(advertised, name);
}

std::vector<Listener> Listeners::data_plane() const {
  std::vector<Listener> listeners = bound;
  std::erase_if(listeners, [&](const Listener& listener) {
    return !control_plane_name.empty() && listener.name == control_plane_name;
  });
  return listeners;
}

base::Result<std::vector<Listener>> parse_endpoint_list(
    std::string_view text, const std::map<std::string, SecurityProtocol>& protocols,
    std::string_view key) {
  std::vector<Listener> listeners;
  std::set<std::string> names;
  for (const auto& entry : base::split_list(text)) {
    auto listener = parse_endpoint(entry);
    if (!listener) {
      return malformed_listeners(text, listener.error().message);
    }
    auto protocol = protocols.find(listener->name);
    if (protocol == protocols.end()) {
      return malformed_listeners(text,
                                 "No security protocol defined for listener " + listener->name);
    }
    listener->protocol = protocol->second;
    if (!names.insert(listener->name).second) {
      return refuse("Each listener must have a different name, listeners: " + std::string(text));
    }
    listeners.push_back(std::move(*listener));
  }
  if (listeners.empty()) return refuse(std::string(key) + " names no listener");
  return listeners;
}

base::Result<Listeners> parse_listeners(const BrokerConfig& config) {
  Listeners listeners;
  auto protocols = parse_protocol_map(config.listener_security_protocol_map);
  if (!protocols) return protocols.error();
  listeners.protocols = std::move(*protocols);

  std::string text = config.listeners_text();
  auto bound = parse_endpoint_list(text, listeners.protocols, "listeners");
  if (!bound) return bound.error();
  if (auto fine = check_ports(*bound, text); !fine) return fine.error();
  listeners.bound = std::move(*bound);

  std::string advertised_text = config.advertised_listeners_text();
  listeners.advertised = listeners.bound;
  if (!advertised_text.empty()) {
    auto advertised =
        parse_endpoint_list(advertised_text, listeners.protocols, "advertised.listeners");
    if (!advertised) return advertised.error();
    listeners.advertised = std::move(*advertised);
  }
  std::string local_name;
  for (auto& listener : listeners.advertised) {
    if (advertised_host(listener.host, "").empty() && local_name.empty()) {
      local_name = canonical_local_host_name();
    }
    listener.host = advertised_host(listener.host, local_name);
  }
  if (auto fine = choose_inter_broker(config, listeners); !fine) return fine.error();
  if (auto fine = check_advertised(listeners); !fine) return fine.error();
  if (auto fine = choose_control_plane(config, listeners); !fine) return fine.error();
  return listeners;
}

}  // namespace odradek::config
