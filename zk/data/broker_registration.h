// The payload of /brokers/ids/<id>: where a broker listens (zookeeper.md §1.5).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "protocol/types.h"

namespace odradek::zk {

struct BrokerEndpoint {
  std::string listener;           // upper case, unique in a registration
  std::string security_protocol;  // PLAINTEXT, SSL, SASL_PLAINTEXT, SASL_SSL
  std::string host;               // IPv6 without brackets
  std::int32_t port = -1;

  bool operator==(const BrokerEndpoint&) const = default;
};

struct FeatureRange {
  std::int16_t min_version = 0;
  std::int16_t max_version = 0;

  bool operator==(const FeatureRange&) const = default;
};

struct BrokerRegistration {
  protocol::BrokerId broker_id = protocol::kNoBroker;  // of the path, not in the payload
  std::vector<BrokerEndpoint> endpoints;
  std::optional<std::string> rack;
  std::int32_t jmx_port = -1;
  std::int64_t timestamp_ms = 0;
  std::map<std::string, FeatureRange> features;

  const BrokerEndpoint* endpoint(std::string_view listener) const;

  // `version` 2, 4 or 5, by inter.broker.protocol.version: < 0.10.0-IV1, < 2.7-IV0, else.
  std::string encode(std::int32_t version = 5) const;
  // Versions 1 .. 5, and higher ones by what they have in common.
  static base::Result<BrokerRegistration> decode(protocol::BrokerId broker_id,
                                                 std::string_view text);
  bool operator==(const BrokerRegistration&) const = default;
};

}  // namespace odradek::zk
