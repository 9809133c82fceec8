#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/log.h"
#include "base/text.h"
#include "protocol/errors.h"
#include "server/config/broker_config.h"
#include "server/config/inter_broker_protocol.h"
#include "server/config/listeners.h"
#include "server/config/variables.h"

namespace odradek::config {
namespace {

base::Status require(bool holds, std::string why) {
  if (holds) return {};
  return base::Error(protocol::ErrorCode::kInvalidConfig, std::move(why));
}

base::Status check_identity(const BrokerConfig& c) {
  if (c.broker_id_generation_enable) {
    auto fine = require(c.broker_id >= -1 && c.broker_id <= c.reserved_broker_max_id,
                        "broker.id must be at least -1 and not above reserved.broker.max.id (" +
                            std::to_string(c.reserved_broker_max_id) + "), it is " +
                            std::to_string(c.broker_id));
    if (!fine) return fine;
  } else if (c.broker_id < 0) {
    return require(false,
                   "broker.id must be 0 or more when broker.id.generation.enable is false, it is " +
                       std::to_string(c.broker_id));
  }
  auto node_id = base::parse_int<std::int32_t>(base::trim(c.raw("node.id").value_or("-1")));
  if (auto fine = require(!node_id || *node_id == -1 || *node_id == c.broker_id,
                          "node.id must be the same as broker.id where both are given");
      !fine) {
    return fine;
  }
  return require(!c.zookeeper_connect.empty(),
                 "Missing required configuration zookeeper.connect, which has no default: the "
                 "ZooKeeper servers of the cluster");
}

// Keys that would make this a KRaft node.
base::Status check_mode(const BrokerConfig& c) {
  for (const auto* key : broker_config_keys()) {
    bool refused =
        key->standing == Standing::kKraftRefused || key->name == "controller.listener.names";
    auto text = c.raw(key->name);
    if (!refused || !text || base::trim(*text).empty()) continue;
    return require(false, std::string(key->name) +
                              " must be empty: this broker belongs to a cluster in ZooKeeper mode "
                              "and cannot be a KRaft node");
  }
  return {};
}

base::Status check_log(const BrokerConfig& c) {
  if (c.log_roll_time_ms() < 1)
    return require(false, "log.roll.ms must be greater than or equal to 1");
  if (c.log_roll_time_jitter_ms() < 0)
    return require(false, "log.roll.jitter.ms must be greater than or equal to 0");
  if (c.log_retention_time_ms() == 0) {
    return require(false, "log.retention.ms must be -1 (without limit) or 1 or more");
  }
  if (c.log_directories().empty()) {
    return require(false, "At least one log directory must be given in log.dirs or log.dir");
  }
  if (c.log_cleaner_threads > 0 &&
      c.log_cleaner_dedupe_buffer_size / c.log_cleaner_threads <= 1024 * 1024) {
    return require(false,
                   "log.cleaner.dedupe.buffer.size must be at least 1MB per cleaner thread.");
  }
  return require(c.log_cleaner_min_compaction_lag_ms <= c.log_cleaner_max_compaction_lag_ms,
                 "log.cleaner.min.compaction.lag.ms (" +
                     std::to_string(c.log_cleaner_min_compaction_lag_ms) +
                     ") must not exceed log.cleaner.max.compaction.lag.ms (" +
                     std::to_string(c.log_cleaner_max_compaction_lag_ms) + ")");
}

base::Status check_replication(const BrokerConfig& c) {
  if (c.replica_fetch_wait_max_ms > c.replica_socket_timeout_ms) {
    return require(false,
                   "replica.socket.timeout.ms should be at least replica.fetch.wait.max.ms, or "
                   "sockets time out for nothing");
  }
  if (c.replica_fetch_wait_max_ms > c.replica_lag_time_max_ms) {
    return require(false,
                   "replica.fetch.wait.max.ms should not exceed replica.lag.time.max.ms, or the "
                   "in-sync replicas change all the time");
  }
  return require(c.offsets_commit_required_acks >= -1 &&
                     c.offsets_commit_required_acks <= c.offsets_topic_replication_factor,
                 "offsets.commit.required.acks must be at least -1 and not above "
                 "offsets.topic.replication.factor");
}

base::Status check_versions(const BrokerConfig& c) {
  auto between_brokers = parse_inter_broker_protocol(c.inter_broker_protocol_version);
  auto on_disk = parse_inter_broker_protocol(c.log_message_format_version);
  if (!between_brokers || !on_disk) {
    return require(false, "A protocol version cannot be read");  // the keys' validators see to it
  }
  if (*between_brokers > kLatestInterBrokerProtocol) {
    return require(false, "inter.broker.protocol.version " + c.inter_broker_protocol_version +
                              " is not a version of ZooKeeper mode");
  }
  // From 3.0 on the format is the newest, whatever the key says.
  bool format_counts =
      !fixes_message_format(*between_brokers) && c.raw("log.message.format.version").has_value();
  if (format_counts && message_magic(*on_disk) > message_magic(*between_brokers)) {
    return require(false, "log.message.format.version " + c.log_message_format_version +
                              " needs inter.broker.protocol.version to be at least as new");
  }
  constexpr std::int32_t kZstdCodec = 4;
  return require(
      c.offsets_topic_compression_codec != kZstdCodec || has_zstd(*between_brokers),
      "offsets.topic.compression.codec zstd needs inter.broker.protocol.version 2.1-IV0 or newer");
}

base::Status check_connections(const BrokerConfig& c) {
  if (c.queued_max_request_bytes > 0 && c.queued_max_request_bytes < c.socket_request_max_bytes) {
    return require(false,
                   "queued.max.request.bytes must be at least socket.request.max.bytes, or -1");
  }
  if (c.max_connections_per_ip == 0 && c.max_connections_per_ip_overrides.empty()) {
    return require(false,
                   "max.connections.per.ip can be 0 only if max.connections.per.ip.overrides names "
                   "addresses that may connect");
  }
  auto overrides = connections_per_host(c);
  if (!overrides) return overrides.error();
  return require(c.connections_max_idle_ms < 0 ||
                     c.connection_failed_authentication_delay_ms < c.connections_max_idle_ms,
                 "connection.failed.authentication.delay.ms must be less than "
                 "connections.max.idle.ms, or the answer would never be sent");
}

base::Status check_listeners(const BrokerConfig& c) {
  auto listeners = parse_listeners(c);
  if (!listeners) return listeners.error();
  if (!uses_sasl(listeners->inter_broker_protocol)) return {};
  auto of_listener = c.for_listener(listeners->inter_broker_name);
  if (!of_listener) return of_listener.error();
  const auto& enabled = of_listener->sasl_enabled_mechanisms;
  return require(
      std::ranges::find(enabled, c.sasl_mechanism_inter_broker_protocol) != enabled.end(),
      "sasl.mechanism.inter.broker.protocol (" + c.sasl_mechanism_inter_broker_protocol +
          ") must be among sasl.enabled.mechanisms when brokers speak SASL to each "
          "other");
}

std::string effect_of(const ConfigKey<BrokerConfig>& key) {
  switch (key.standing) {
    case Standing::kHonoured:
    case Standing::kInternal:
    case Standing::kKraftRefused:
      return "";
    case Standing::kNotBuilt:
      return "is set, but what it configures is not built yet";
    case Standing::kJavaOnly:
      return "is set, but it configures what only a JVM has";
    case Standing::kKraftOnly:
      return "is set, but it belongs to KRaft mode and has no effect";
    case Standing::kOldRelease:
      return "is deprecated, Kafka dropped it in 3.0";
    case Standing::kDynamicOnly:
      return "has no effect in a file, set it at run time";
  }
  return "";
}

bool is_default(const ConfigKey<BrokerConfig>& key, std::string_view text) {
  if (key.default_text == nullptr) return base::trim(text).empty();
  if (key.sensitive()) return text == key.default_text;
  return canonical_text(key.type(), text) == canonical_text(key.type(), key.default_text);
}

bool belongs_to_plugin_or_listener(std::string_view name) {
  for (std::string_view prefix :
       {"listener.name.", "config.providers", "authorizer.", "rsm.config.", "rlmm.config."}) {
    if (name.starts_with(prefix)) return true;
  }
  return name == "super.users" || name == "allow.everyone.if.no.acl.found";
}

}  // namespace

base::Result<std::vector<std::pair<std::string, std::int32_t>>> connections_per_host(
    const BrokerConfig& config) {
  std::vector<std::pair<std::string, std::int32_t>> limits;
  for (const auto& item : base::split_list(config.max_connections_per_ip_overrides)) {
    auto colon = item.rfind(':');
    if (colon == std::string::npos) {
      return malformed_map("max.connections.per.ip.overrides", item);
    }
    auto count = base::parse_int<std::int32_t>(base::trim(item.substr(colon + 1)), 0);
    if (!count || colon == 0) {
      return base::Error(protocol::ErrorCode::kInvalidConfig,
                         "max.connections.per.ip.overrides has " + item +
                             ", which is not a host and a count with a colon between them");
    }
    limits.emplace_back(base::trim(item.substr(0, colon)), *count);
  }
  return limits;
}

base::Status check_broker_config(const BrokerConfig& config) {
  for (auto check : {check_mode, check_identity, check_log, check_replication, check_versions,
                     check_connections, check_listeners}) {
    if (auto fine = check(config); !fine) return fine;
  }
  return {};
}

std::vector<std::string> broker_config_warnings(const BrokerConfig& config) {
  std::vector<std::string> warnings;
  for (const auto& [name, text] : config.layers().merged()) {
    const auto* key = find_broker_config_key(name);
    if (key == nullptr) {
      if (belongs_to_plugin_or_listener(name)) continue;
      warnings.push_back("Configuration " + name +
                         " is not known here; it is kept in case a plugin asks for it");
      continue;
    }
    std::string effect = effect_of(*key);
    bool always = key->standing == Standing::kOldRelease || key->standing == Standing::kDynamicOnly;
    bool counts = key->standing != Standing::kDynamicOnly ||
                  config.layers().find(name, ConfigSource::kStaticBroker).has_value();
    if (!effect.empty() && counts && (always || !is_default(*key, text))) {
      warnings.push_back("Configuration " + name + " " + effect);
    }
  }
  return warnings;
}

base::Result<BrokerConfig> load_broker_config(const std::string& path,
                                              std::span<const std::string> overrides) {
  ConfigLayers layers;
  auto file = read_properties(path);
  if (!file) return file.error();
  layers.file = std::move(*file);
  for (const auto& text : overrides) {
    auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      return base::Error("--override needs key=value, it was given " + text);
    }
    layers.command_line[std::string(base::trim(text.substr(0, equals)))] =
        std::string(base::trim(text.substr(equals + 1)));
  }
  if (auto resolved = resolve_variables(layers); !resolved) return resolved.error();
  auto config = BrokerConfig::build(std::move(layers));
  if (!config) return config;
  if (auto fine = check_broker_config(*config); !fine) return fine.error();
  for (const auto& warning : broker_config_warnings(*config)) LOG(WARNING) << warning;
  return config;
}

}  // namespace odradek::config
