#include "zk/data/broker_registration.h"

#include <algorithm>
#include <boost/json.hpp>
#include <limits>
#include <utility>

#include "base/json.h"
#include "base/text.h"

namespace odradek::zk {
namespace {

constexpr std::string_view kPlaintext = "PLAINTEXT";

std::string endpoint_text(const BrokerEndpoint& endpoint) {
  bool is_ipv6 = endpoint.host.find(':') != std::string::npos;
  std::string host = is_ipv6 ? "[" + endpoint.host + "]" : endpoint.host;
  return endpoint.listener + "://" + host + ":" + std::to_string(endpoint.port);
}

// "LISTENER://host:port"; the host may be empty, or an IPv6 address in brackets.
base::Result<BrokerEndpoint> parse_endpoint(std::string_view text) {
  base::Error error("not an endpoint: '" + std::string(text.substr(0, 200)) + "'");
  std::size_t scheme = text.find("://");
  std::size_t colon = text.rfind(':');
  if (scheme == std::string_view::npos || scheme == 0 || colon <= scheme) return error;
  BrokerEndpoint endpoint;
  endpoint.listener = base::to_upper(text.substr(0, scheme));
  std::string_view host = text.substr(scheme + 3, colon - scheme - 3);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  endpoint.host = host;
  auto port = base::parse_int<std::int32_t>(text.substr(colon + 1));
  if (!port) return error;
  endpoint.port = *port;
  return endpoint;
}

base::Result<std::map<std::string, FeatureRange>> decode_features(
    const boost::json::object& object) {
  std::map<std::string, FeatureRange> features;
  auto all = base::optional_json_object(object, "features");
  if (!all) return all.error();
  if (*all == nullptr) return features;
  for (const auto& [name, value] : **all) {
    const auto* range = value.if_object();
    if (range == nullptr) return base::Error("feature '" + std::string(name) + "' is no object");
    auto min = base::json_int32(*range, "min_version");
    if (!min) return min.error();
    auto max = base::json_int32(*range, "max_version");
    if (!max) return max.error();
    constexpr std::int32_t kMax = std::numeric_limits<std::int16_t>::max();
    if (*min < 0 || *max < *min || *max > kMax) {
      return base::Error("feature '" + std::string(name) + "' has an impossible range");
    }
    features[name] = {static_cast<std::int16_t>(*min), static_cast<std::int16_t>(*max)};
  }
  return features;
}

// Version 1: the one endpoint is in host and port.
base::Status decode_host_and_port(const boost::json::object& object, BrokerRegistration& broker) {
  auto host = base::json_string(object, "host");
  if (!host) return host.error();
  auto port = base::json_int32(object, "port");
  if (!port) return port.error();
  broker.endpoints.push_back({std::string(kPlaintext), std::string(kPlaintext), *host, *port});
  return {};
}

base::Status decode_endpoints(const boost::json::object& object, BrokerRegistration& broker) {
  auto texts = base::json_string_list(object, "endpoints");
  if (!texts) return texts.error();
  auto protocols = base::optional_json_object(object, "listener_security_protocol_map");
  if (!protocols) return protocols.error();
  for (const std::string& text : *texts) {
    auto endpoint = parse_endpoint(text);
    if (!endpoint) return endpoint.error();
    if (broker.endpoint(endpoint->listener) != nullptr) {
      return base::Error("two endpoints of listener " + endpoint->listener);
    }
    endpoint->security_protocol = endpoint->listener;
    if (*protocols != nullptr) {
      auto protocol = base::json_string(**protocols, endpoint->listener);
      if (!protocol) return protocol.error();
      endpoint->security_protocol = *protocol;
    }
    broker.endpoints.push_back(std::move(*endpoint));
  }
  return {};
}

}  // namespace

const BrokerEndpoint* BrokerRegistration::endpoint(std::string_view listener) const {
  auto found = std::find_if(endpoints.begin(), endpoints.end(),
                            [&](const BrokerEndpoint& each) { return each.listener == listener; });
  return found == endpoints.end() ? nullptr : &*found;
}

std::string BrokerRegistration::encode(std::int32_t version) const {
  auto plaintext = std::find_if(endpoints.begin(), endpoints.end(), [](const BrokerEndpoint& each) {
    return each.security_protocol == kPlaintext;
  });
  boost::json::object out;
  out["version"] = version;
  out["host"] = nullptr;
  if (plaintext != endpoints.end()) out["host"] = plaintext->host;
  out["port"] = plaintext == endpoints.end() ? -1 : plaintext->port;
  out["jmx_port"] = jmx_port;
  out["timestamp"] = std::to_string(timestamp_ms);
  boost::json::array texts;
  boost::json::object protocols;
  for (const BrokerEndpoint& each : endpoints) {
    texts.emplace_back(endpoint_text(each));
    protocols[each.listener] = each.security_protocol;
  }
  out["endpoints"] = std::move(texts);
  if (version >= 4) out["listener_security_protocol_map"] = std::move(protocols);
  if (version >= 3 && rack) out["rack"] = *rack;
  if (version >= 5) {
    boost::json::object ranges;
    for (const auto& [name, range] : features) {
      ranges[name] = {{"min_version", range.min_version}, {"max_version", range.max_version}};
    }
    out["features"] = std::move(ranges);
  }
  return boost::json::serialize(out);
}

base::Result<BrokerRegistration> BrokerRegistration::decode(protocol::BrokerId broker_id,
                                                            std::string_view text) {
  auto object = base::parse_json_object(text);
  if (!object) return object.error();
  auto version = base::json_int32(*object, "version");
  if (!version) return version.error();
  if (*version < 1) {
    return base::Error("unsupported version " + std::to_string(*version) +
                       " of a broker's registration");
  }
  BrokerRegistration broker;
  broker.broker_id = broker_id;
  base::Status endpoints =
      *version == 1 ? decode_host_and_port(*object, broker) : decode_endpoints(*object, broker);
  if (!endpoints) return endpoints.error();
  auto rack = base::optional_json_string(*object, "rack");
  if (!rack) return rack.error();
  broker.rack = std::move(*rack);
  auto features = decode_features(*object);
  if (!features) return features.error();
  broker.features = std::move(*features);
  // Nobody decides anything by these two.
  if (auto jmx_port = base::json_int32(*object, "jmx_port")) broker.jmx_port = *jmx_port;
  if (auto timestamp = base::json_string(*object, "timestamp")) {
    broker.timestamp_ms = base::parse_int<std::int64_t>(*timestamp).value_or(0);
  }
  return broker;
}

}  // namespace odradek::zk
