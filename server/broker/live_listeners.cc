#include "server/broker/live_listeners.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "base/log.h"
#include "base/text.h"
#include "server/config/dynamic_config.h"

namespace odradek::broker {
namespace {

std::string prefix_of(const std::string& listener) {
  return "listener.name." + base::to_lower(listener) + ".";
}

bool is_store_key(std::string_view name) {
  return name.starts_with("ssl.keystore.") || name.starts_with("ssl.truststore.") ||
         name == "ssl.key.password";
}

// What may be given anew to a listener that exists.
bool is_changeable(std::string_view name) {
  return is_store_key(name) || name == "max.connections" ||
         name == "max.connection.creation.rate" || name == "num.network.threads";
}

// The keys of one listener that differ, without its prefix.
std::vector<std::string> changed_of(const std::string& listener, const config::BrokerConfig& before,
                                    const config::BrokerConfig& after) {
  const std::string prefix = prefix_of(listener);
  std::vector<std::string> changed;
  for (const std::string& name : config::changed_keys(before, after)) {
    if (name.starts_with(prefix)) changed.push_back(name.substr(prefix.size()));
  }
  return changed;
}

}  // namespace

std::vector<std::string_view> LiveListeners::keys() const {
  return {"listeners",          "advertised.listeners", "listener.security.protocol.map",
          "listener.name.",     "max.connections",      "max.connection.creation.rate",
          "num.network.threads"};
}

base::Status LiveListeners::check_existing(const config::BrokerConfig& current,
                                           const config::BrokerConfig& next,
                                           const config::Listeners& wanted) const {
  for (const config::Listener& now : s_.listeners.bound) {
    const config::Listener* then = wanted.find_bound(now.name);
    if (then == nullptr) {
      if (now.name != s_.listeners.inter_broker_name && now.name != s_.listeners.control_plane_name)
        continue;
      return base::Error("Listener " + now.name +
                         " is that of the brokers among themselves and "
                         "cannot be removed");
    }
    if (then->protocol != now.protocol) {
      return base::Error("Security protocol cannot be updated for existing listener " + now.name);
    }
    const std::vector<std::string> changed = changed_of(now.name, current, next);
    bool has_moved = then->host != now.host || then->port != now.port;
    if (has_moved || !std::ranges::all_of(changed, is_changeable)) {
      return base::Error("Configs cannot be updated dynamically for existing listener " + now.name +
                         (has_moved ? " (its address)" : " (" + base::join(changed, ", ") + ")") +
                         ", restart broker or create a new listener for update");
    }
  }
  return {};
}

base::Status LiveListeners::check_stores(const config::BrokerConfig& current,
                                         const config::BrokerConfig& next,
                                         const config::Listeners& wanted) const {
  for (const config::Listener& listener : wanted.bound) {
    auto known = s_.tls.find(listener.name);
    bool is_bound = s_.listeners.find_bound(listener.name) != nullptr;
    if (known != s_.tls.end() && is_bound) {
      if (!std::ranges::any_of(changed_of(listener.name, current, next), is_store_key)) continue;
      if (auto fine = known->second->validate(current, next); !fine) return fine;
    } else if (!is_bound) {
      auto tls = tls_of(next, wanted, listener);
      if (!tls) return tls.error();
      auto options = listener_options(next, wanted, listener, tls->get());
      if (!options) return options.error();
    }
  }
  return {};
}

base::Status LiveListeners::validate(const config::BrokerConfig& current,
                                     const config::BrokerConfig& next) {
  auto wanted = config::parse_listeners(next);
  if (!wanted) return wanted.error();
  if (auto fine = check_existing(current, next, *wanted); !fine) return fine;
  return check_stores(current, next, *wanted);
}

base::Status LiveListeners::apply_stores(const config::BrokerConfig& current,
                                         const config::BrokerConfig& next) {
  base::Status result;
  for (auto& [name, tls] : s_.tls) {
    if (!std::ranges::any_of(changed_of(name, current, next), is_store_key)) continue;
    if (auto applied = tls->apply(current, next); !applied) result = applied;
  }
  return result;
}

void LiveListeners::remove_unwanted(const config::Listeners& wanted) {
  for (const config::Listener& listener : s_.listeners.bound) {
    if (wanted.find_bound(listener.name) != nullptr) continue;
    s_.sockets.remove_listener(listener.name);
    s_.tls.erase(listener.name);
  }
}

base::Status LiveListeners::add(const config::BrokerConfig& next, const config::Listeners& wanted,
                                const config::Listener& listener) {
  auto tls = tls_of(next, wanted, listener);
  if (!tls) return tls.error();
  auto options = listener_options(next, wanted, listener, tls->get());
  if (!options) return options.error();
  if (auto added = s_.sockets.add_listener(*options); !added) return added;
  if (*tls != nullptr) s_.tls[listener.name] = std::move(*tls);
  return {};
}

void LiveListeners::resize(const config::BrokerConfig& next, const config::Listeners& wanted) {
  for (const config::Listener& listener : wanted.bound) {
    auto own = next.for_listener(listener.name);
    if (!own) continue;
    ListenerLimits limits = listener_limits(*own, listener.name);
    s_.sockets.set_listener_limits(listener.name, limits.max_connections,
                                   limits.max_connection_creation_rate);
    s_.sockets.resize_network_threads(listener.name, own->num_network_threads);
  }
}

base::Status LiveListeners::advertise(config::Listeners& wanted) {
  for (config::Listener& listener : wanted.advertised) {
    if (listener.port == 0) listener.port = s_.sockets.bound_port(listener.name);
  }
  if (wanted.advertised == s_.listeners.advertised) return {};
  return s_.registration.advertise(endpoints_of(wanted));
}

base::Status LiveListeners::apply(const config::BrokerConfig& current,
                                  const config::BrokerConfig& next) {
  auto wanted = config::parse_listeners(next);
  if (!wanted) return wanted.error();
  remove_unwanted(*wanted);
  base::Status result = apply_stores(current, next);
  for (const config::Listener& listener : std::vector(wanted->bound)) {
    if (s_.sockets.bound_port(listener.name) >= 0) continue;
    base::Status added = add(next, *wanted, listener);
    if (added) continue;
    // Nobody is told of what cannot be reached.
    result = added;
    auto same_name = [&](const config::Listener& other) { return other.name == listener.name; };
    std::erase_if(wanted->bound, same_name);
    std::erase_if(wanted->advertised, same_name);
  }
  resize(next, *wanted);
  if (auto advertised = advertise(*wanted); !advertised) result = advertised;
  s_.listeners = std::move(*wanted);
  return result;
}

void LiveListeners::reload_files(const config::BrokerConfig& current) {
  for (auto& [name, tls] : s_.tls) tls->reload_files(current);
}

}  // namespace odradek::broker
