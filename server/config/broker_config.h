// BrokerConfig: every setting of a broker as plain members, read from layers of key=value texts.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "server/config/broker_config_general.h"
#include "server/config/broker_config_group.h"
#include "server/config/broker_config_log.h"
#include "server/config/broker_config_network.h"
#include "server/config/broker_config_quota.h"
#include "server/config/broker_config_remote.h"
#include "server/config/broker_config_replica.h"
#include "server/config/broker_config_sasl.h"
#include "server/config/broker_config_tls.h"
#include "server/config/broker_config_transaction.h"
#include "server/config/broker_config_zookeeper.h"
#include "server/config/config_key.h"
#include "server/config/config_layers.h"
#include "server/config/described_config.h"

namespace odradek::config {

// A member is named as its key with '_' for '.': num.io.threads is num_io_threads. Where several
// keys say one thing in different units, use the function below them. Text that is unset and text
// that is empty look the same; numbers that have no default are std::optional. Readers hold a
// std::shared_ptr<const BrokerConfig>: a change builds a new one.
struct BrokerConfig : ZookeeperConfig,
                      GeneralConfig,
                      NetworkConfig,
                      ReplicaConfig,
                      LogConfig,
                      GroupConfig,
                      TransactionConfig,
                      QuotaConfig,
                      TlsConfig,
                      SaslConfig,
                      RemoteStorageConfig {
  // Every member has its default.
  BrokerConfig();

  // Reads the layers. Refuses wrong values, naming key, value and what is allowed; does not make
  // the checks between keys (check_broker_config), because dynamic changes make others.
  static base::Result<BrokerConfig> build(ConfigLayers layers);

  // Synonym chains, resolved. -1 means without limit where the key may say so.
  std::int64_t log_retention_time_ms() const;        // ms > minutes > hours
  std::int64_t log_roll_time_ms() const;             // ms > hours
  std::int64_t log_roll_time_jitter_ms() const;      // ms > hours
  std::int64_t log_flush_time_ms() const;            // interval > scheduler interval
  std::vector<std::string> log_directories() const;  // log.dirs > log.dir
  std::int32_t zookeeper_connect_timeout_ms() const;
  std::int32_t replica_alter_log_dirs_threads() const;
  const Password& delegation_token_key() const;  // secret.key > master.key
  // listeners, or what the 2.8 keys host.name and port say where listeners is not given.
  std::string listeners_text() const;
  // advertised.listeners, or the 2.8 keys, or empty: then the listeners themselves.
  std::string advertised_listeners_text() const;

  // The text given for any key, known or not (super.users, plugin keys, listener.name.…).
  std::optional<std::string_view> raw(std::string_view name) const;
  // All given keys that start with `prefix`, without it.
  Properties raw_with_prefix(std::string_view prefix) const;
  const ConfigLayers& layers() const { return *layers_; }

  // The settings as one listener sees them: keys given as listener.name.<lower case name>.<key>
  // replace <key>. Fails on a wrong value, naming the whole key.
  base::Result<BrokerConfig> for_listener(std::string_view listener_name) const;

  // All keys (Kafka's and those given that nobody knows) as DescribeConfigs answers, by name.
  std::vector<DescribedConfig> describe() const;
  // The answer for the resource that stands for all brokers: only what was set there.
  std::vector<DescribedConfig> describe_dynamic_defaults() const;
  // Where the value of one key comes from and could come from, the one in force first.
  std::vector<ConfigSynonym> synonyms(std::string_view name) const;

 private:
  std::shared_ptr<const ConfigLayers> layers_;
};

// All rows, Kafka's 268 of ZooKeeper mode, those of KRaft mode (accepted without effect), ours and
// the 2.8-only ones, sorted by name.
std::span<const ConfigKey<BrokerConfig>* const> broker_config_keys();

// nullptr when nobody knows the name.
const ConfigKey<BrokerConfig>* find_broker_config_key(std::string_view name);

// The keys any of which may give the value of `name`, strongest first: the name itself, its other
// units, and for listener.name.x.<key> the plain <key>.
std::vector<std::string> broker_config_synonyms(std::string_view name);

// Whether these values may be given at run time: each key's scope, the listener prefix that
// keystores need, and the values themselves, first what concerns most. `for_all_brokers` tells that
// they are the defaults of all. Names that nobody knows pass. kInvalidConfig otherwise.
base::Status check_dynamic_changes(const Properties& values, bool for_all_brokers);

// What of a map from ZooKeeper counts: entries that check_dynamic_changes refuses are left out and
// told in `problems`, so that one of them never keeps the others from being applied.
Properties accepted_dynamic_values(const Properties& values, bool for_all_brokers,
                                   std::vector<std::string>& problems);

// Checks between keys at start (ranges that depend on each other, listeners, KRaft keys).
base::Status check_broker_config(const BrokerConfig& config);

// The hosts of max.connections.per.ip.overrides, by name or address, and how many connections each
// may have.
base::Result<std::vector<std::pair<std::string, std::int32_t>>> connections_per_host(
    const BrokerConfig& config);

// What the operator should know about the given keys: unknown, deprecated or without effect here.
// One sentence per key.
std::vector<std::string> broker_config_warnings(const BrokerConfig& config);

// All keys an operator may set, as a table in Markdown: what `--print-configs` writes.
std::string broker_config_documentation();

// Reads server.properties and `--override key=value` texts, resolves ${provider:path:key}, makes
// every check and logs the warnings.
base::Result<BrokerConfig> load_broker_config(const std::string& path,
                                              std::span<const std::string> overrides);

}  // namespace odradek::config
