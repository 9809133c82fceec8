#include "server/config/broker_config.h"

#include <algorithm>
#include <array>

#include "base/log.h"
#include "base/text.h"
#include "server/config/broker_keys.h"

namespace odradek::config {
namespace {

using Key = ConfigKey<BrokerConfig>;

std::vector<const Key*> join_tables() {
  std::vector<const Key*> keys;
  for (auto table : {zookeeper_keys(), general_keys(), network_keys(), replica_keys(), log_keys(),
                     cleaner_keys(), group_keys(), transaction_keys(), quota_keys(), tls_keys(),
                     sasl_keys(), remote_keys(), kraft_keys(), old_keys()}) {
    for (const Key& key : table) keys.push_back(&key);
  }
  std::ranges::sort(keys, {}, [](const Key* key) { return key->name; });
  return keys;
}

const std::vector<const Key*>& all_keys() {
  static const std::vector<const Key*> keys = join_tables();
  return keys;
}

// "ssl.keystore.location" of "listener.name.internal.ssl.keystore.location", else "".
std::string_view listener_base_name(std::string_view name) {
  constexpr std::string_view kPrefix = "listener.name.";
  if (!name.starts_with(kPrefix)) return {};
  std::size_t dot = name.find('.', kPrefix.size());
  return dot == std::string_view::npos ? std::string_view() : name.substr(dot + 1);
}

// Keys that may also be given per SASL mechanism: listener.name.x.scram-sha-256.sasl.jaas.config.
std::string_view without_mechanism(std::string_view base_name) {
  for (std::string_view key :
       {"sasl.jaas.config", "sasl.login.callback.handler.class", "sasl.login.class",
        "sasl.server.callback.handler.class", "connections.max.reauth.ms"}) {
    if (base_name.ends_with(key)) return key;
  }
  return base_name;
}

std::optional<std::string_view> given_text(const Key& key, const ConfigLayers& layers) {
  if (key.standing != Standing::kDynamicOnly) return layers.find(key.name);
  auto text = layers.find(key.name, ConfigSource::kDynamicBroker);
  return text ? text : layers.find(key.name, ConfigSource::kDynamicDefaultBroker);
}

// The row that says what a name given by an operator means; listener prefixes are looked through.
const Key* meaning_of(std::string_view name) {
  if (const Key* key = find_broker_config_key(name)) return key;
  std::string_view base_name = listener_base_name(name);
  return base_name.empty() ? nullptr : find_broker_config_key(without_mechanism(base_name));
}

std::vector<ConfigSynonym> synonyms_of(std::string_view name, bool sensitive,
                                       const ConfigLayers& layers) {
  std::vector<ConfigSynonym> all;
  auto names = broker_config_synonyms(name);
  auto add = [&](const std::string& synonym, std::optional<std::string_view> text,
                 ConfigSource source) {
    if (!text) return;
    std::optional<std::string> value;
    if (!sensitive) value = std::string(*text);
    all.push_back({synonym, std::move(value), source});
  };
  for (auto source : {ConfigSource::kDynamicBroker, ConfigSource::kDynamicDefaultBroker,
                      ConfigSource::kStaticBroker}) {
    for (const auto& synonym : names) add(synonym, layers.find(synonym, source), source);
  }
  for (const auto& synonym : names) {
    const Key* key = find_broker_config_key(synonym);
    if (key == nullptr || key->standing == Standing::kOldRelease) continue;
    add(synonym, key->default_value(), ConfigSource::kDefault);
  }
  // What only a stronger name of the chain says does not concern this one.
  auto own = std::ranges::find(all, name, &ConfigSynonym::name);
  all.erase(all.begin(), own);
  return all;
}

DescribedConfig describe_key(std::string_view name, const ConfigLayers& layers) {
  DescribedConfig described;
  described.name = std::string(name);
  const Key* key = meaning_of(name);
  if (key != nullptr && key->standing == Standing::kOldRelease) key = nullptr;
  // A value of unknown type might be a secret of some plugin.
  described.sensitive = key == nullptr || key->sensitive();
  described.type = key == nullptr ? ConfigType::kUnknown : key->type();
  described.doc = key == nullptr ? std::string_view() : key->doc;
  described.read_only = key == nullptr || key->name != name || key->scope == Scope::kReadOnly;
  auto text = layers.find(name);
  if (!text && key != nullptr) text = key->default_value();
  if (text && !described.sensitive) described.value = canonical_text(described.type, *text);
  described.synonyms = synonyms_of(name, described.sensitive, layers);
  if (!described.synonyms.empty()) described.source = described.synonyms.front().source;
  return described;
}

// Without effect here and internal in 3.9: described only where they are given.
constexpr std::string_view kInternalUpstream[] = {"group.consumer.migration.policy",
                                                  "group.coordinator.new.enable",
                                                  "group.share.enable",
                                                  "metadata.log.segment.min.bytes",
                                                  "remote.log.manager.task.retry.backoff.max.ms",
                                                  "remote.log.manager.task.retry.backoff.ms",
                                                  "remote.log.manager.task.retry.jitter",
                                                  "server.max.startup.time.ms",
                                                  "unclean.leader.election.interval.ms",
                                                  "unstable.feature.versions.enable",
                                                  "zookeeper.metadata.migration.min.batch.size"};

}  // namespace

std::span<const ConfigKey<BrokerConfig>* const> broker_config_keys() { return all_keys(); }

const ConfigKey<BrokerConfig>* find_broker_config_key(std::string_view name) {
  const auto& keys = all_keys();
  auto found = std::ranges::lower_bound(keys, name, {}, [](const Key* key) { return key->name; });
  return found != keys.end() && (*found)->name == name ? *found : nullptr;
}

std::vector<std::string> broker_config_synonyms(std::string_view name) {
  using Chain = std::vector<std::string>;
  static const std::array<Chain, 4> chains = {
      Chain{"log.roll.ms", "log.roll.hours"}, Chain{"log.roll.jitter.ms", "log.roll.jitter.hours"},
      Chain{"log.retention.ms", "log.retention.minutes", "log.retention.hours"},
      Chain{"log.flush.interval.ms", "log.flush.scheduler.interval.ms"}};
  for (const auto& chain : chains) {
    // The scheduler's interval has a meaning of its own besides.
    if (std::ranges::find(chain, name) != chain.end() &&
        name != "log.flush.scheduler.interval.ms") {
      return chain;
    }
  }
  std::vector<std::string> names = {std::string(name)};
  std::string_view base_name = listener_base_name(name);
  if (!base_name.empty()) names.emplace_back(without_mechanism(base_name));
  return names;
}

BrokerConfig::BrokerConfig() : layers_(std::make_shared<const ConfigLayers>()) {
  for (const Key* key : all_keys()) {
    auto read = key->set(*this, key->default_value());
    CHECK(read.ok()) << key->name << " has a default that cannot be read: " << read.error().message;
  }
}

base::Result<BrokerConfig> BrokerConfig::build(ConfigLayers layers) {
  BrokerConfig config;
  for (const Key* key : all_keys()) {
    auto text = given_text(*key, layers);
    if (!text) continue;
    if (auto read = key->set(config, *text); !read) {
      return invalid_value(key->name, *text, key->sensitive(), read.error().message);
    }
  }
  config.layers_ = std::make_shared<const ConfigLayers>(std::move(layers));
  return config;
}

base::Result<BrokerConfig> BrokerConfig::for_listener(std::string_view listener_name) const {
  BrokerConfig config = *this;
  std::string prefix = "listener.name." + base::to_lower(listener_name) + ".";
  for (const auto& [name, text] : layers_->with_prefix(prefix)) {
    const Key* key = find_broker_config_key(name);
    if (key == nullptr) continue;  // a mechanism's or a plugin's
    if (auto read = key->set(config, text); !read) {
      return invalid_value(prefix + name, text, key->sensitive(), read.error().message);
    }
  }
  return config;
}

std::int64_t BrokerConfig::log_retention_time_ms() const {
  constexpr std::int64_t kMinuteMs = 60 * 1000;
  std::int64_t time_ms = log_retention_ms        ? *log_retention_ms
                         : log_retention_minutes ? *log_retention_minutes * kMinuteMs
                                                 : log_retention_hours * 60 * kMinuteMs;
  return time_ms < 0 ? -1 : time_ms;
}

std::int64_t BrokerConfig::log_roll_time_ms() const {
  return log_roll_ms.value_or(std::int64_t{log_roll_hours} * 3600 * 1000);
}

std::int64_t BrokerConfig::log_roll_time_jitter_ms() const {
  return log_roll_jitter_ms.value_or(std::int64_t{log_roll_jitter_hours} * 3600 * 1000);
}

std::int64_t BrokerConfig::log_flush_time_ms() const {
  return log_flush_interval_ms.value_or(log_flush_scheduler_interval_ms);
}

std::vector<std::string> BrokerConfig::log_directories() const {
  return base::split_list(log_dirs.empty() ? log_dir : log_dirs);
}

std::int32_t BrokerConfig::zookeeper_connect_timeout_ms() const {
  return zookeeper_connection_timeout_ms.value_or(zookeeper_session_timeout_ms);
}

std::int32_t BrokerConfig::replica_alter_log_dirs_threads() const {
  return num_replica_alter_log_dirs_threads.value_or(
      static_cast<std::int32_t>(log_directories().size()));
}

const Password& BrokerConfig::delegation_token_key() const {
  return delegation_token_secret_key.empty() ? delegation_token_master_key
                                             : delegation_token_secret_key;
}

std::string BrokerConfig::listeners_text() const {
  if (raw("listeners") || (!raw("host.name") && !raw("port"))) return listeners;
  return "PLAINTEXT://" + std::string(raw("host.name").value_or("")) + ":" +
         std::string(raw("port").value_or("9092"));
}

std::string BrokerConfig::advertised_listeners_text() const {
  if (!advertised_listeners.empty()) return advertised_listeners;
  auto host = raw("advertised.host.name");
  auto port = raw("advertised.port");
  // As 2.8 had it: the old advertised keys count only as long as the new key is not given.
  if (!host && !port) return {};
  return "PLAINTEXT://" + std::string(host ? *host : raw("host.name").value_or("")) + ":" +
         std::string(port ? *port : raw("port").value_or("9092"));
}

std::optional<std::string_view> BrokerConfig::raw(std::string_view name) const {
  return layers_->find(name);
}

Properties BrokerConfig::raw_with_prefix(std::string_view prefix) const {
  return layers_->with_prefix(prefix);
}

std::vector<DescribedConfig> BrokerConfig::describe() const {
  std::vector<std::string> names;
  ConfigLayers layers = *layers_;
  // As upstream, which knows itself by either.
  auto broker_id = layers.find("broker.id");
  if (broker_id && !layers.find("node.id")) layers.file["node.id"] = *broker_id;
  Properties given = layers.merged();
  for (const Key* key : all_keys()) {
    bool rare = key->standing == Standing::kInternal || key->standing == Standing::kOldRelease ||
                key->standing == Standing::kDynamicOnly ||
                std::ranges::binary_search(kInternalUpstream, key->name);
    if (!rare) names.emplace_back(key->name);
  }
  for (const auto& [name, text] : given) names.push_back(name);
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  std::vector<DescribedConfig> all;
  all.reserve(names.size());
  for (const auto& name : names) all.push_back(describe_key(name, layers));
  return all;
}

std::vector<DescribedConfig> BrokerConfig::describe_dynamic_defaults() const {
  std::vector<DescribedConfig> all;
  for (const auto& [name, text] : layers_->dynamic_default) {
    DescribedConfig described = describe_key(name, *layers_);
    std::erase_if(described.synonyms, [](const ConfigSynonym& synonym) {
      return synonym.source != ConfigSource::kDynamicDefaultBroker;
    });
    described.source = ConfigSource::kDynamicDefaultBroker;
    if (!described.sensitive) described.value = text;
    all.push_back(std::move(described));
  }
  return all;
}

std::vector<ConfigSynonym> BrokerConfig::synonyms(std::string_view name) const {
  const Key* key = meaning_of(name);
  return synonyms_of(name, key == nullptr || key->sensitive(), *layers_);
}

}  // namespace odradek::config
