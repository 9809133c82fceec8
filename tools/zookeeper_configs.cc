#include "tools/zookeeper_configs.h"

#include <algorithm>
#include <cstdio>
#include <optional>
#include <utility>

#include "base/text.h"
#include "protocol/errors.h"
#include "server/admin/topic_names.h"
#include "server/config/broker_config.h"
#include "server/config/password_encoder.h"
#include "server/config/topic_config.h"
#include "tools/config_changes.h"
#include "tools/config_names.h"
#include "tools/config_report.h"
#include "tools/scram_credential.h"
#include "zk/data/paths.h"
#include "zk/store/brokers.h"
#include "zk/store/configs.h"
#include "zk/store/topics.h"

namespace odradek::tools {
namespace {

using protocol::ErrorCode;

bool has_escaped_names(const std::string& type) {
  return type == config_type::kUsers || type == config_type::kClients;
}

std::string path_name(const ConfigEntity& entity) {
  if (entity.is_default()) return std::string(zk::paths::kDefaultEntity);
  return has_escaped_names(entity.type) ? zk::paths::sanitize(*entity.name) : *entity.name;
}

// "users/alice/clients/c1"
std::string path_of(const std::vector<ConfigEntity>& entity) {
  std::vector<std::string> parts;
  for (const ConfigEntity& part : entity) {
    parts.push_back(part.type);
    parts.push_back(path_name(part));
  }
  return base::join(parts, "/");
}

// Users before clients, as their nodes lie.
std::vector<ConfigEntity> in_order_of_nodes(std::vector<ConfigEntity> entity) {
  if (entity.size() == 2 && entity.front().type == config_type::kClients) {
    std::swap(entity[0], entity[1]);
  }
  return entity;
}

base::Status check_quota(const std::string& name, const std::string& text) {
  const bool whole = name.ends_with("byte_rate");
  const bool fine = whole ? base::parse_int<std::int64_t>(text).has_value()
                          : base::parse_double(text).has_value();
  if (fine) return {};
  return base::Error(ErrorCode::kInvalidConfig, "Invalid value " + text + " for configuration " +
                                                    name + ": Not a number of type " +
                                                    (whole ? "LONG" : "DOUBLE"));
}

// Rates of replication count at once, so that they may change while the broker runs.
bool may_change_while_running(std::string_view name) {
  return name == "leader.replication.throttled.rate" ||
         name == "follower.replication.throttled.rate" ||
         name == "replica.alter.log.dirs.io.max.bytes.per.second";
}

}  // namespace

base::Status ZookeeperConfigs::run(const ConfigCommand& command) {
  std::fprintf(command.as_json ? stderr : stdout,
               "Warning: --zookeeper is deprecated and will be removed in a future version of "
               "Kafka.\nUse --bootstrap-server instead to specify a broker to connect to.\n");
  return command.alters ? alter(command) : describe(command);
}

base::Result<std::vector<ConfigEntity>> ZookeeperConfigs::named(const ConfigEntity& wanted,
                                                                const std::string& parent) {
  if (wanted.name) return std::vector<ConfigEntity>{wanted};
  auto names = zk::Configs(session_).entities(parent + wanted.type);
  if (!names) return names.error();
  std::vector<ConfigEntity> found;
  for (const std::string& name : *names) {
    std::string shown = name == zk::paths::kDefaultEntity ? "" : name;
    if (has_escaped_names(wanted.type)) shown = zk::paths::desanitize(shown).value_or(shown);
    found.push_back({wanted.type, std::move(shown)});
  }
  return found;
}

base::Result<std::vector<ZookeeperConfigs::Entity>> ZookeeperConfigs::entities(
    const Entity& wanted) {
  auto roots = named(wanted.front(), "");
  if (!roots) return roots.error();
  std::vector<Entity> found;
  for (const ConfigEntity& root : *roots) {
    if (wanted.size() == 1) {
      found.push_back({root});
      continue;
    }
    auto children = named(wanted[1], root.type + "/" + path_name(root) + "/");
    if (!children) return children.error();
    for (const ConfigEntity& child : *children) found.push_back({root, child});
  }
  return found;
}

base::Status ZookeeperConfigs::describe(const ConfigCommand& command) {
  const Entity wanted = in_order_of_nodes(command.entities);
  auto found = entities(wanted);
  if (!found) return found.error();
  // Users whose node only leads to those of their clients.
  const bool skips_empty =
      wanted.size() == 1 && wanted.front().type == config_type::kUsers && !wanted.front().name;
  ConfigReport report(command.as_json);
  zk::Configs configs(session_);
  for (const Entity& entity : *found) {
    auto stored = configs.read(path_of(entity));
    if (!stored) return stored.error();
    if (!stored->empty() || !skips_empty) report.add_stored(entity, *stored);
  }
  report.finish();
  return {};
}

base::Status ZookeeperConfigs::check_not_running(const ConfigEntity& broker,
                                                 const ConfigCommand& command) {
  std::vector<std::string> names = command.deleted;
  for (const auto& config : command.added) names.push_back(config.first);
  if (std::all_of(names.begin(), names.end(), may_change_while_running)) return {};
  auto ids = zk::Brokers(session_).ids(false);
  if (!ids) return ids.error();
  std::string running;
  if (broker.is_default()) {
    if (!ids->empty()) running = std::to_string(ids->size()) + " brokers are running";
  } else if (std::find(ids->begin(), ids->end(),
                       *base::parse_int<protocol::BrokerId>(*broker.name)) != ids->end()) {
    running = "broker " + *broker.name + " is running";
  }
  if (running.empty()) return {};
  std::sort(names.begin(), names.end());
  return base::Error(
      "requirement failed: --bootstrap-server option must be specified to update brokers configs " +
      base::join(names, ",") + " - " + running +
      ". Broker configuration operations using ZooKeeper are only supported if the affected "
      "broker(s) are not running.");
}

base::Result<zk::ConfigMap> ZookeeperConfigs::stored_values(const Entity& entity,
                                                            const ConfigCommand& command) {
  if (entity.front().type == config_type::kBrokers) {
    return stored_broker_values(entity.front(), command.added);
  }
  zk::ConfigMap values;
  for (const auto& [name, text] : command.added) {
    const auto mechanism = scram_mechanism(name);
    if (entity.front().type != config_type::kUsers || !mechanism) {
      values[name] = text;
      continue;
    }
    auto password = parse_scram_password(*mechanism, text);
    if (!password) return password.error();
    values[name] = stored_credential(*mechanism, *password);
  }
  return values;
}

base::Result<zk::ConfigMap> ZookeeperConfigs::stored_broker_values(
    const ConfigEntity& broker, const config::Properties& added) {
  config::Properties encoding;  // is used, not kept
  config::Properties kept;
  std::string passwords;
  for (const auto& [name, text] : added) {
    (name.starts_with("password.encoder.") ? encoding : kept)[name] = text;
  }
  base::Status fine = config::check_dynamic_changes(kept, broker.is_default());
  if (!fine) return fine.error();
  for (const auto& [name, text] : kept) {
    if (config::is_stored_enciphered(name)) passwords += (passwords.empty() ? "" : ", ") + name;
  }
  zk::ConfigMap values(kept.begin(), kept.end());
  if (passwords.empty()) return values;
  auto settings = config::BrokerConfig::build({.file = encoding});
  if (!settings) return settings.error();
  const auto encoder = config::PasswordEncoder::with_secret(*settings);
  if (!encoder) {
    return base::Error(
        "requirement failed: password.encoder.secret must be specified to update Set(" + passwords +
        "). Other password encoder configs like cipher algorithm and iterations may also be "
        "specified to override the default encoding parameters. Password encoder configs will not "
        "be persisted in ZooKeeper.");
  }
  for (auto& [name, text] : values) {
    if (!config::is_stored_enciphered(name)) continue;
    auto encoded = encoder->encode(config::Password(text));
    if (!encoded) return encoded.error();
    text = std::move(*encoded);
  }
  return values;
}

base::Status ZookeeperConfigs::check_all(const Entity& entity, const zk::ConfigMap& configs) {
  const std::string& type = entity.front().type;
  if (type == config_type::kTopics) {
    const std::string& topic = *entity.front().name;
    if (base::Status valid = admin::check_topic_name(topic); !valid) return valid;
    auto read = zk::Topics(session_).read({topic});
    if (!read) return read.error();
    if (read->empty()) {
      return base::Error(ErrorCode::kUnknownTopicOrPartition,
                         "Topic '" + topic + "' does not exist.");
    }
    auto broker = config::BrokerConfig::build({});
    if (!broker) return broker.error();
    return config::check_topic_config(*broker, {configs.begin(), configs.end()});
  }
  if (type == config_type::kBrokers)
    return {};  // each by itself, and brokers keep what plugins know
  const bool has_credentials =
      type == config_type::kUsers && entity.size() == 1 && !entity.front().is_default();
  for (const auto& [name, text] : configs) {
    if (has_credentials && is_scram_mechanism(name)) continue;
    const bool known =
        type == config_type::kIps ? is_connection_quota_name(name) : is_quota_name(name);
    if (!known) {
      return base::Error("requirement failed: Unknown Dynamic Configuration: Set(" + name + ")." +
                         suggestion(type, name));
    }
    if (base::Status fine = check_quota(name, text); !fine) return fine;
  }
  return {};
}

base::Status ZookeeperConfigs::alter(const ConfigCommand& command) {
  const Entity entity = in_order_of_nodes(command.entities);
  if (entity.front().type == config_type::kBrokers) {
    base::Status fine = check_not_running(entity.front(), command);
    if (!fine) return fine;
  }
  auto values = stored_values(entity, command);
  if (!values) return values.error();
  zk::Configs configs(session_);
  auto now = configs.read(path_of(entity));
  if (!now) return now.error();
  std::vector<std::string> names;
  for (const auto& config : *now) names.push_back(config.first);
  if (base::Status fine = check_deleted(command, names); !fine) return fine;
  for (auto& [name, value] : *values) (*now)[name] = std::move(value);
  for (const std::string& name : command.deleted) now->erase(name);
  if (base::Status fine = check_all(entity, *now); !fine) {
    // A name is for who typed the command to mend; a value is refused as a broker would.
    const bool is_name = fine.error().message.starts_with("Unknown topic config name");
    return is_name ? base::Error(fine.error().message + unknown_names(command)) : fine.error();
  }
  base::Status written = configs.write(path_of(entity), *now);
  if (!written) return written;
  std::printf("Completed updating config for entity: %s.\n", stored_entity_text(entity).c_str());
  return {};
}

}  // namespace odradek::tools
