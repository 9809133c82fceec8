#include "server/admin/client_quotas.h"

#include <netdb.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

#include "base/log.h"
#include "base/text.h"
#include "protocol/errors.h"
#include "server/config/config_key.h"
#include "zk/data/paths.h"

namespace odradek::admin {
namespace {

using config::ConfigType;
using protocol::ErrorCode;
using Component = QuotaFilter::Component;
using Match = QuotaFilter::Match;

base::Error invalid_quota(std::string why) {
  return base::Error(ErrorCode::kInvalidRequest, std::move(why));
}

struct QuotaKey {
  std::string_view name;
  ConfigType type;
  bool of_ips = false;
};

constexpr QuotaKey kQuotaKeys[] = {
    {"producer_byte_rate", ConfigType::kLong},
    {"consumer_byte_rate", ConfigType::kLong},
    {"request_percentage", ConfigType::kDouble},
    {"controller_mutation_rate", ConfigType::kDouble},
    {"connection_creation_rate", ConfigType::kInt, true},
};

const QuotaKey* find_quota_key(std::string_view name, bool of_ips) {
  const auto* found = std::ranges::find_if(
      kQuotaKeys, [&](const QuotaKey& key) { return key.name == name && key.of_ips == of_ips; });
  return found == std::end(kQuotaKeys) ? nullptr : found;
}

bool is_scram_key(std::string_view name) {
  return name == "SCRAM-SHA-256" || name == "SCRAM-SHA-512";
}

std::string node_name(const QuotaEntity::Name& name) {
  return name ? zk::paths::sanitize(*name) : std::string(zk::paths::kDefaultEntity);
}

// Nothing for a node that no Kafka made.
std::optional<QuotaEntity::Name> name_of(const std::string& node) {
  if (node == zk::paths::kDefaultEntity) return QuotaEntity::Name();
  auto name = zk::paths::desanitize(node);
  if (!name) return std::nullopt;
  return QuotaEntity::Name(std::move(*name));
}

std::string path_of(const QuotaEntity& entity) {
  if (entity.ip) return "ips/" + node_name(*entity.ip);
  if (!entity.user) return "clients/" + node_name(*entity.client_id);
  std::string path = "users/" + node_name(*entity.user);
  if (entity.client_id) path += "/clients/" + node_name(*entity.client_id);
  return path;
}

std::string double_text(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  char digits[64];
  auto end = std::to_chars(digits, digits + sizeof(digits), value).ptr;
  return config::canonical_text(ConfigType::kDouble, std::string(digits, end));
}

std::optional<double> quota_value(std::string_view text) {
  if (auto value = base::parse_double(text)) return value;
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (text == "Infinity") return kInfinity;
  if (text == "-Infinity") return -kInfinity;
  return std::nullopt;
}

// As Java casts: what is too large becomes the largest, what is no number 0.
template <class Integer>
Integer cast_as_java(double value) {
  using Limits = std::numeric_limits<Integer>;
  if (std::isnan(value)) return 0;
  if (value >= static_cast<double>(Limits::max())) return Limits::max();
  if (value <= static_cast<double>(Limits::min())) return Limits::min();
  return static_cast<Integer>(value);
}

base::Result<std::string> value_text(const QuotaKey& key, double value) {
  if (key.type == ConfigType::kDouble) return double_text(value);
  constexpr double kRounding = 1e-6;
  std::int64_t whole = key.type == ConfigType::kInt ? cast_as_java<std::int32_t>(value + kRounding)
                                                    : cast_as_java<std::int64_t>(value + kRounding);
  if (std::abs(static_cast<double>(whole) - value) > kRounding) {
    return invalid_quota("Configuration " + std::string(key.name) + " must be a " +
                         config::config_type_name(key.type) + " value");
  }
  return std::to_string(whole);
}

// What a client may name in a request must be resolvable here, and is looked for as it will stand
// in ZooKeeper.
bool is_address(const std::string& node) {
  if (node == zk::paths::kDefaultEntity) return true;
  addrinfo* found = nullptr;
  if (getaddrinfo(node.c_str(), nullptr, nullptr, &found) != 0) return false;
  freeaddrinfo(found);
  return true;
}

base::Result<QuotaEntity> entity_of(const ClientQuotas::EntityParts& parts) {
  if (parts.empty()) return invalid_quota("Invalid empty client quota entity");
  QuotaEntity entity;
  for (const auto& [type, name] : parts) {
    if (type == "user") {
      entity.user = name;
    } else if (type == "client-id") {
      entity.client_id = name;
    } else if (type == "ip") {
      entity.ip = name;
    } else {
      return invalid_quota("Unhandled client quota entity type: " + type);
    }
    if (name && name->empty()) return invalid_quota("Empty " + type + " not supported");
  }
  if (!entity.ip) return entity;
  if (entity.user || entity.client_id) {
    return invalid_quota(
        "Invalid quota entity combination, IP entity should not be used with user/client ID "
        "entity.");
  }
  std::string node = node_name(*entity.ip);
  if (!is_address(node)) return invalid_quota(node + " is not a valid IP or resolvable host.");
  return entity;
}

// Whether the whole map of an entity may be written: another tool may have left anything there.
base::Status check_written(const QuotaEntity& entity, const zk::ConfigMap& values) {
  const bool user_alone = entity.user && *entity.user && !entity.client_id;
  for (const auto& [name, text] : values) {
    const QuotaKey* key = find_quota_key(name, entity.ip.has_value());
    if (key == nullptr) {
      if (user_alone && is_scram_key(name)) continue;
      return base::Error("Unknown Dynamic Configuration: Set(" + name + ").");
    }
    auto read = config::parse_value({}, key->type,
                                    key->of_ips ? config::at_least(0) : config::kAnyValue, text);
    bool odd = key->type == ConfigType::kDouble && quota_value(text).has_value();
    if (!read && !odd) return config::invalid_value(name, text, false, read.error().message);
  }
  return {};
}

// The parts of a filter by their type; each at most once.
struct Wanted {
  const Component* user = nullptr;
  const Component* client_id = nullptr;
  const Component* ip = nullptr;
  bool strict = false;
};

base::Status place(const Component& component, const Component*& place, const char* type) {
  if (place != nullptr) {
    return invalid_quota(std::string("Duplicate ") + type + " filter component entity type");
  }
  place = &component;
  return {};
}

base::Result<Wanted> wanted_of(const QuotaFilter& filter) {
  Wanted wanted{.strict = filter.strict};
  for (const Component& component : filter.components) {
    const std::string& type = component.entity_type;
    base::Status placed;
    if (type == "user") {
      placed = place(component, wanted.user, "user");
    } else if (type == "client-id") {
      placed = place(component, wanted.client_id, "client");
    } else if (type == "ip") {
      placed = place(component, wanted.ip, "ip");
    } else if (type.empty()) {
      placed = invalid_quota("Unexpected empty filter component entity type");
    } else {
      placed = base::Error(ErrorCode::kUnsupportedVersion,
                           "Custom entity type '" + type + "' not supported");
    }
    if (!placed) return placed.error();
  }
  if ((wanted.user != nullptr || wanted.client_id != nullptr) && wanted.ip != nullptr) {
    return invalid_quota(
        "Invalid entity filter component combination, IP filter component should not be used with "
        "user or clientId filter component.");
  }
  return wanted;
}

bool matches(const Component* component, const std::optional<QuotaEntity::Name>& name,
             bool strict) {
  if (component == nullptr) return !name || !strict;
  if (!name) return false;
  switch (component->match) {
    case Match::kExact:
      return *name == component->name;
    case Match::kDefault:
      return !name->has_value();
    case Match::kAny:
      return true;
  }
  return false;
}

bool matches(const Wanted& wanted, const QuotaEntity& entity) {
  if (entity.ip && (wanted.user != nullptr || wanted.client_id != nullptr)) return false;
  if (!entity.ip && wanted.ip != nullptr) return false;
  return matches(wanted.user, entity.user, wanted.strict) &&
         matches(wanted.client_id, entity.client_id, wanted.strict) &&
         matches(wanted.ip, entity.ip, wanted.strict);
}

// Reads the entities of a type that a filter asks for, by their paths.
class EntityList {
 public:
  explicit EntityList(zk::Configs& configs) : configs_(configs) {}

  // All children of users, clients or ips.
  base::Status add(std::string_view type, std::optional<QuotaEntity::Name> QuotaEntity::*part) {
    auto nodes = configs_.entities(type);
    if (!nodes) return nodes.error();
    for (const std::string& node : *nodes) {
      auto name = name_of(node);
      if (!name) continue;
      QuotaEntity entity;
      entity.*part = std::move(*name);
      add(std::string(type) + "/" + node, std::move(entity));
    }
    return {};
  }

  // The pairs of a user and a client id.
  base::Status add_pairs() {
    auto users = configs_.entities("users");
    if (!users) return users.error();
    for (const std::string& user : *users) {
      const std::string folder = "users/" + user + "/clients";
      auto clients = configs_.entities(folder);
      if (!clients) return clients.error();
      for (const std::string& client : *clients) {
        auto user_name = name_of(user);
        auto client_name = name_of(client);
        if (!user_name || !client_name) continue;
        add(folder + "/" + client,
            {.user = std::move(*user_name), .client_id = std::move(*client_name)});
      }
    }
    return {};
  }

  void add(std::string path, QuotaEntity entity) { entities_[std::move(path)] = std::move(entity); }
  const std::map<std::string, QuotaEntity>& by_path() const { return entities_; }

 private:
  zk::Configs& configs_;
  std::map<std::string, QuotaEntity> entities_;
};

base::Result<Quotas> quotas_of(const QuotaEntity& entity, const zk::ConfigMap& stored) {
  Quotas quotas;
  for (const auto& [name, text] : stored) {
    if (find_quota_key(name, entity.ip.has_value()) == nullptr) continue;
    auto value = quota_value(text);
    if (!value) {
      return base::Error("Unexpected client quota configuration value: " + name + " -> " + text);
    }
    quotas[name] = *value;
  }
  return quotas;
}

bool is_named(const Component* component) {
  return component != nullptr && component->match != Match::kAny;
}

QuotaEntity::Name name_in(const Component& component) {
  if (component.match == Match::kDefault) return std::nullopt;
  return component.name;
}

base::Status list_entities(const Wanted& wanted, EntityList& list) {
  const bool both_named = is_named(wanted.user) && is_named(wanted.client_id);
  if (is_named(wanted.ip)) {
    QuotaEntity entity{.ip = name_in(*wanted.ip)};
    list.add(path_of(entity), entity);
    return {};
  }
  if (both_named) {
    QuotaEntity entity{.user = name_in(*wanted.user), .client_id = name_in(*wanted.client_id)};
    list.add(path_of(entity), entity);
    return {};
  }
  // What else is asked for is found among all.
  if (auto done = list.add("users", &QuotaEntity::user); !done) return done;
  if (auto done = list.add("clients", &QuotaEntity::client_id); !done) return done;
  if (auto done = list.add("ips", &QuotaEntity::ip); !done) return done;
  return list.add_pairs();
}

}  // namespace

base::Result<std::map<QuotaEntity, Quotas>> ClientQuotas::describe(const QuotaFilter& filter) {
  auto wanted = wanted_of(filter);
  if (!wanted) return wanted.error();
  EntityList list(configs_);
  if (auto listed = list_entities(*wanted, list); !listed) return listed.error();
  std::vector<std::string> paths;
  for (const auto& [path, entity] : list.by_path()) {
    if (matches(*wanted, entity)) paths.push_back(path);
  }
  auto stored = configs_.read(paths);
  if (!stored) return stored.error();
  std::map<QuotaEntity, Quotas> found;
  for (const auto& [path, values] : *stored) {
    const QuotaEntity& entity = list.by_path().at(path);
    auto quotas = quotas_of(entity, values);
    if (!quotas) return quotas.error();
    if (!quotas->empty()) found[entity] = std::move(*quotas);
  }
  return found;
}

base::Status ClientQuotas::alter(const EntityParts& parts, const std::vector<QuotaChange>& changes,
                                 bool validate_only) {
  auto entity = entity_of(parts);
  if (!entity) return entity.error();
  const std::string path = path_of(*entity);
  auto values = configs_.read_or_none(path);
  if (!values) return values.error();
  for (const QuotaChange& change : changes) {
    if (!change.value) {
      values->erase(change.key);
      continue;
    }
    const QuotaKey* key = find_quota_key(change.key, entity->ip.has_value());
    if (key == nullptr && entity->user && is_scram_key(change.key)) {
      return base::Error("Unexpected config type STRING");
    }
    if (key == nullptr) return invalid_quota("Invalid configuration key " + change.key);
    auto text = value_text(*key, *change.value);
    if (!text) return text.error();
    (*values)[change.key] = std::move(*text);
  }
  if (validate_only) return {};
  if (base::Status fine = check_written(*entity, *values); !fine) {
    return base::Error(fine.error().message);
  }
  return configs_.write(path, *values);
}

}  // namespace odradek::admin
