#include "server/config/dynamic_config.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "base/log.h"
#include "base/text.h"
#include "protocol/errors.h"
#include "server/config/listeners.h"
#include "server/config/variables.h"

namespace odradek::config {
namespace {

using protocol::ErrorCode;

const char* layer_name(bool for_all_brokers) {
  return for_all_brokers ? "Cluster default configs" : "Per-broker configs";
}

// As a JVM broker tells what its parts refuse.
base::Error not_applicable(const base::Error& why) {
  return base::Error(ErrorCode::kInvalidRequest,
                     "Invalid value org.apache.kafka.common.config.ConfigException: " +
                         why.message + " for configuration Invalid dynamic configuration");
}

bool concerns(std::string_view key_or_prefix, std::string_view changed) {
  return key_or_prefix == changed ||
         (key_or_prefix.ends_with('.') && changed.starts_with(key_or_prefix));
}

// A listener's own number of network threads is one more such pool.
base::Status check_thread_counts(const BrokerConfig& now, const BrokerConfig& next) {
  using Count = std::int32_t BrokerConfig::*;
  struct Pool {
    std::string_view key;
    Count count;
  };
  const std::array<Pool, 6> pools = {
      Pool{"num.io.threads", &BrokerConfig::num_io_threads},
      Pool{"num.network.threads", &BrokerConfig::num_network_threads},
      Pool{"num.replica.fetchers", &BrokerConfig::num_replica_fetchers},
      Pool{"num.recovery.threads.per.data.dir", &BrokerConfig::num_recovery_threads_per_data_dir},
      Pool{"background.threads", &BrokerConfig::background_threads},
      Pool{"log.cleaner.threads", &BrokerConfig::log_cleaner_threads}};
  for (const Pool& pool : pools) {
    if (now.*pool.count == next.*pool.count) continue;
    auto step = check_thread_count_change(pool.key, now.*pool.count, next.*pool.count);
    if (!step) return step;
  }
  for (const std::string& name : changed_keys(now, next)) {
    auto parts = base::split_list(name, '.');
    if (!name.starts_with("listener.name.") || !name.ends_with(".num.network.threads")) continue;
    auto before = now.for_listener(parts[2]);
    auto after = next.for_listener(parts[2]);
    if (!before || !after) continue;  // told by whoever makes the listener
    auto step =
        check_thread_count_change(name, before->num_network_threads, after->num_network_threads);
    if (!step) return step;
  }
  return {};
}

void tell_new_warnings(const BrokerConfig& before, const BrokerConfig& after) {
  auto known = broker_config_warnings(before);
  for (const std::string& warning : broker_config_warnings(after)) {
    if (std::ranges::find(known, warning) == known.end()) LOG(WARNING) << warning;
  }
}

}  // namespace

std::vector<std::string> changed_keys(const BrokerConfig& before, const BrokerConfig& after) {
  Properties old_texts = before.layers().merged();
  Properties new_texts = after.layers().merged();
  std::set<std::string> changed;
  for (const auto& [name, text] : old_texts) {
    auto found = new_texts.find(name);
    if (found == new_texts.end() || found->second != text) changed.insert(name);
  }
  for (const auto& [name, text] : new_texts) {
    if (!old_texts.contains(name)) changed.insert(name);
  }
  return {changed.begin(), changed.end()};
}

DynamicConfig::DynamicConfig(BrokerConfig at_start)
    : encoder_(PasswordEncoder::with_secret(at_start)), current_(std::move(at_start)) {}

void DynamicConfig::add(Reconfigurable& component) {
  base::MutexLock lock(changing_);
  components_.push_back(&component);
}

base::Result<BrokerConfig> DynamicConfig::with_layer(bool for_all_brokers,
                                                     const Properties& values) const {
  auto now = current();
  ConfigLayers layers = now->layers();
  Properties& layer = for_all_brokers ? layers.dynamic_default : layers.dynamic_broker;
  layer = values;
  if (auto resolved = resolve_variables(now->layers(), layer); !resolved) return resolved.error();
  auto next = BrokerConfig::build(std::move(layers));
  if (!next) return next;
  if (auto fine = check_broker_config(*next); !fine) {
    base::Error error = fine.error();
    if (error.code == static_cast<std::int16_t>(ErrorCode::kInvalidConfig)) {
      error = base::Error(ErrorCode::kInvalidRequest, "requirement failed: " + error.message);
    }
    return error;
  }
  return next;
}

std::vector<Reconfigurable*> DynamicConfig::concerned(
    const std::vector<std::string>& changed) const {
  std::vector<Reconfigurable*> found;
  for (Reconfigurable* component : components_) {
    auto keys = component->keys();
    bool any = std::ranges::any_of(changed, [&](const std::string& name) {
      return std::ranges::any_of(keys, [&](std::string_view key) { return concerns(key, name); });
    });
    if (any) found.push_back(component);
  }
  return found;
}

base::Status DynamicConfig::ask_components(const BrokerConfig& now,
                                           const BrokerConfig& next) const {
  for (Reconfigurable* component : concerned(changed_keys(now, next))) {
    if (auto fine = component->validate(now, next); !fine) return fine;
  }
  return {};
}

base::Status DynamicConfig::validate(bool for_all_brokers, const Properties& values) {
  base::MutexLock lock(changing_);
  auto now = current();
  if (auto fine = check_dynamic_changes(values, for_all_brokers); !fine) {
    return base::Error(ErrorCode::kInvalidRequest, fine.error().message);
  }
  auto next = with_layer(for_all_brokers, values);
  if (!next) return base::Error(ErrorCode::kInvalidRequest, next.error().message);
  if (auto fine = check_thread_counts(*now, *next); !fine) return not_applicable(fine.error());
  if (auto fine = ask_components(*now, *next); !fine) return not_applicable(fine.error());
  return {};
}

Properties DynamicConfig::readable(bool for_all_brokers, const Properties& stored,
                                   std::vector<std::string>& problems) const {
  Properties values;
  for (const auto& [name, text] : stored) {
    if (!is_stored_enciphered(name)) {
      values[name] = text;
      continue;
    }
    auto clear =
        encoder_ ? encoder_->decode(text)
                 : base::Result<Password>(base::Error("password.encoder.secret is not configured"));
    if (clear) {
      values[name] = clear->reveal();
    } else {
      problems.push_back("Dynamic password config " + name +
                         " could not be decoded: " + clear.error().message);
    }
  }
  return accepted_dynamic_values(values, for_all_brokers, problems);
}

void DynamicConfig::update(bool for_all_brokers, const Properties& stored) {
  base::MutexLock lock(changing_);
  std::vector<std::string> problems;
  Properties values = readable(for_all_brokers, stored, problems);
  for (const std::string& problem : problems) {
    LOG(ERROR) << layer_name(for_all_brokers) << ": a value in ZooKeeper is left out: " << problem;
  }
  auto now = current();
  auto next = with_layer(for_all_brokers, values);
  base::Status agreed = next ? ask_components(*now, *next) : base::Status(next.error());
  if (!agreed) {
    LOG(ERROR) << layer_name(for_all_brokers)
               << " could not be applied, the settings stay as they were: "
               << agreed.error().message;
    return;
  }
  std::vector<std::string> changed = changed_keys(*now, *next);
  auto published = std::make_shared<const BrokerConfig>(std::move(*next));
  current_.publish(published);
  if (changed.empty()) return;
  tell_new_warnings(*now, *published);
  for (Reconfigurable* component : concerned(changed)) {
    if (auto applied = component->apply(*now, *published); !applied) {
      LOG(ERROR) << layer_name(for_all_brokers)
                 << ": a change has no effect: " << applied.error().message;
    }
  }
  // Last, so that what is told to have changed is in force.
  LOG(INFO) << layer_name(for_all_brokers) << " changed: " << base::join(changed, ", ");
}

void DynamicConfig::reload_files() {
  base::MutexLock lock(changing_);
  auto now = current();
  for (Reconfigurable* component : components_) component->reload_files(*now);
}

}  // namespace odradek::config
