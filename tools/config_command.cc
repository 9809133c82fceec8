#include "tools/config_command.h"

#include <netdb.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "tools/command_words.h"
#include "tools/topic_description.h"

namespace odradek::tools {
namespace {

// An option that stands for --entity-type and --entity-name, or --entity-default, together.
struct EntityFlag {
  std::string_view option;
  std::string_view type;
};

constexpr std::array<EntityFlag, 6> kNamed{{{"topic", config_type::kTopics},
                                            {"client", config_type::kClients},
                                            {"user", config_type::kUsers},
                                            {"broker", config_type::kBrokers},
                                            {"broker-logger", config_type::kBrokerLoggers},
                                            {"ip", config_type::kIps}}};
constexpr std::array<EntityFlag, 4> kDefaults{{{"client-defaults", config_type::kClients},
                                               {"user-defaults", config_type::kUsers},
                                               {"broker-defaults", config_type::kBrokers},
                                               {"ip-defaults", config_type::kIps}}};

std::vector<std::string> types_of(const Options& options) {
  std::vector<std::string> types = options.all("entity-type");
  for (const EntityFlag& flag : kNamed) {
    if (options.has(flag.option)) types.emplace_back(flag.type);
  }
  for (const EntityFlag& flag : kDefaults) {
    if (options.has(flag.option)) types.emplace_back(flag.type);
  }
  return types;
}

std::vector<std::string> names_of(const Options& options) {
  std::vector<std::string> names;
  for (const GivenOption& given : options.in_order()) {
    if (given.name == "entity-name") names.push_back(given.value);
    if (given.name == "entity-default") names.emplace_back();
  }
  for (const EntityFlag& flag : kNamed) {
    if (options.has(flag.option)) names.push_back(options.value(flag.option));
  }
  for (const EntityFlag& flag : kDefaults) {
    if (options.has(flag.option)) names.emplace_back();
  }
  return names;
}

bool lists(const std::vector<std::string>& texts, std::string_view text) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

base::Status check_types(const Options& options, const std::vector<std::string>& types) {
  std::vector<std::string> seen;
  std::vector<std::string> twice;
  for (const std::string& type : types) (lists(seen, type) ? twice : seen).push_back(type);
  if (!twice.empty()) {
    return base::Error("Duplicate entity type(s) specified: " + base::join(twice, ","));
  }
  std::vector<std::string> allowed{"topics", "clients", "users", "brokers", "ips"};
  std::string with = "--zookeeper";
  if (!options.has("zookeeper")) {
    allowed.insert(allowed.end(), {"broker-loggers", "client-metrics"});
    with = "--bootstrap-server or --bootstrap-controller";
  }
  for (const std::string& type : types) {
    if (lists(allowed, type)) continue;
    return base::Error("Invalid entity type " + type + ", the entity type must be one of " +
                       base::join(allowed, ", ") + " with a " + with + " argument");
  }
  if (types.empty()) return base::Error("At least one entity type must be specified");
  const bool pair = types.size() == 2 && lists(types, "users") && lists(types, "clients");
  if (types.size() == 1 || pair) return {};
  return base::Error("Only 'users' and 'clients' entity types may be specified together");
}

base::Status check_flags(const Options& options) {
  const bool by_type =
      options.has("entity-name") || options.has("entity-type") || options.has("entity-default");
  auto given = [&](const EntityFlag& flag) { return options.has(flag.option); };
  const bool by_flag = std::any_of(kNamed.begin(), kNamed.end(), given) ||
                       std::any_of(kDefaults.begin(), kDefaults.end(), given);
  if (!by_type || !by_flag) return {};
  return base::Error(
      "--entity-{type,name,default} should not be used in conjunction with specific entity flags");
}

base::Status check_connection(const Options& options) {
  int connections = 0;
  for (std::string_view name : {"bootstrap-server", "bootstrap-controller", "zookeeper"}) {
    connections += options.has(name) ? 1 : 0;
  }
  if (connections == 0) {
    return base::Error(
        "One of the required --bootstrap-server, --boostrap-controller, or --zookeeper arguments "
        "must be specified");
  }
  if (connections > 1) {
    return base::Error(
        "Only one of --bootstrap-server, --boostrap-controller, and --zookeeper can be specified");
  }
  if (options.has("bootstrap-controller")) {
    return base::Error(std::string(kNoControllers));
  }
  if (options.has("all") && options.has("zookeeper")) {
    return base::Error("--bootstrap-server must be specified for --all");
  }
  if (!options.has("zk-tls-config-file")) return {};
  if (!options.has("zookeeper")) {
    return base::Error(
        "Only the --zookeeper option can be used with the --zk-tls-config-file option.");
  }
  return base::Error(
      "--zk-tls-config-file cannot be served: this tool speaks to ZooKeeper in plain text only");
}

bool is_resolvable(const std::string& host) {
  addrinfo* found = nullptr;
  const bool known = getaddrinfo(host.c_str(), nullptr, nullptr, &found) == 0;
  if (found != nullptr) freeaddrinfo(found);
  return known;
}

base::Status check_name(const ConfigEntity& entity) {
  if (!entity.name || entity.name->empty()) return {};
  const bool broker =
      entity.type == config_type::kBrokers || entity.type == config_type::kBrokerLoggers;
  if (broker && !base::parse_int<std::int32_t>(*entity.name)) {
    return base::Error("The entity name for " + entity.type +
                       " must be a valid integer broker id, but it is: " + *entity.name);
  }
  if (entity.type == config_type::kIps && !is_resolvable(*entity.name)) {
    return base::Error("The entity name for " + entity.type +
                       " must be a valid IP or resolvable host, but it is: " + *entity.name);
  }
  return {};
}

base::Status check_change(const Options& options, const ConfigCommand& command) {
  const ConfigEntity& first = command.entities.front();
  bool named = false;
  bool by_default = false;
  for (const ConfigEntity& entity : command.entities) {
    named = named || (entity.name && !entity.name->empty());
    by_default = by_default || entity.is_default();
  }
  std::vector<std::string> types;
  for (const ConfigEntity& entity : command.entities) types.push_back(entity.type);
  if (!command.alters) {
    if (first.type != config_type::kBrokerLoggers || named) return {};
    return base::Error("an entity name must be specified with --describe of " +
                       base::join(types, ","));
  }
  const bool has_default = first.type == config_type::kUsers ||
                           first.type == config_type::kClients ||
                           first.type == config_type::kBrokers || first.type == config_type::kIps;
  if (has_default && !named && !by_default) {
    return base::Error(
        "an entity-name or default entity must be specified with --alter of users, clients, "
        "brokers or ips");
  }
  if (!has_default && !named) {
    return base::Error("an entity name must be specified with --alter of " +
                       base::join(types, ","));
  }
  if (options.has("add-config") && options.has("add-config-file")) {
    return base::Error("Only one of --add-config or --add-config-file must be specified");
  }
  if (!options.has("add-config") && !options.has("add-config-file") &&
      !options.has("delete-config")) {
    return base::Error(
        "At least one of --add-config, --add-config-file, or --delete-config must be specified "
        "with --alter");
  }
  for (const ConfigEntity& entity : command.entities) {
    if (entity.name) continue;
    return base::Error(command.zookeeper.empty()
                           ? "An entity name must be specified for every entity type"
                           : "--entity-name or --entity-default must be specified with each "
                             "--entity-type for --alter");
  }
  return {};
}

base::Status check_keys(const config::Properties& configs) {
  for (const auto& [name, value] : configs) {
    const bool fine = std::all_of(name.begin(), name.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             c == '.' || c == '_' || c == '-';
    });
    if (!fine) return base::Error("Invalid character found for config key: " + name);
  }
  return {};
}

base::Status read_changes(const Options& options, ConfigCommand& command) {
  if (options.has("add-config-file")) {
    auto read = config::read_properties(options.value("add-config-file"));
    if (!read) return read.error();
    command.added = std::move(*read);
  }
  if (options.has("add-config")) {
    auto parsed = parse_added_configs(options.value("add-config"));
    if (!parsed) return parsed.error();
    command.added = std::move(*parsed);
  }
  for (const std::string& text : options.all("delete-config")) {
    for (std::string_view name : base::split(text, ',')) {
      command.deleted.emplace_back(base::trim(name));
    }
  }
  return check_keys(command.added);
}

// Whether a separator at `at` stands outside of brackets: no ']' comes before the next '['.
bool separates(std::string_view text, std::size_t at) {
  const std::size_t bracket = text.find_first_of("[]", at + 1);
  return bracket == std::string_view::npos || text[bracket] == '[';
}

std::vector<std::string_view> split_outside_brackets(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  std::size_t start = 0;
  for (std::size_t at = text.find(separator); at != std::string_view::npos;
       at = text.find(separator, at + 1)) {
    if (!separates(text, at)) continue;
    parts.push_back(text.substr(start, at - start));
    start = at + 1;
  }
  parts.push_back(text.substr(start));
  return parts;
}

}  // namespace

base::Result<config::Properties> parse_added_configs(std::string_view text) {
  std::vector<std::string_view> pairs = split_outside_brackets(text, ',');
  while (pairs.size() > 1 && pairs.back().empty()) pairs.pop_back();
  config::Properties configs;
  for (std::string_view pair : pairs) {
    std::vector<std::string_view> sides = split_outside_brackets(pair, '=');
    if (sides.size() != 2) {
      return base::Error(
          "requirement failed: Invalid entity config: all configs to be added must be in the "
          "format \"key=val\".");
    }
    std::string value(sides[1]);
    std::erase_if(value, [](char c) { return c == '[' || c == ']'; });
    configs[std::string(base::trim(sides[0]))] = base::trim(value);
  }
  return configs;
}

std::optional<std::string> check_config_usage(const Options& options) {
  if (options.has("alter") == options.has("describe")) {
    return "Command must include exactly one action: --describe, --alter";
  }
  for (std::string_view other : {"add-config", "delete-config"}) {
    if (!options.has("describe") || !options.has(other)) continue;
    return "Option \"[describe]\" can't be used with option \"[" + std::string(other) + "]\"";
  }
  return std::nullopt;
}

base::Result<ConfigCommand> config_command(const Options& options) {
  const std::vector<std::string> types = types_of(options);
  const std::vector<std::string> names = names_of(options);
  if (base::Status fine = check_types(options, types); !fine) return fine.error();
  if (base::Status fine = check_flags(options); !fine) return fine.error();
  if (base::Status fine = check_connection(options); !fine) return fine.error();
  if (names.size() > types.size()) {
    return base::Error("More entity names specified than entity types");
  }
  ConfigCommand command{.alters = options.has("alter"),
                        .describes_all = options.has("all"),
                        .as_json = options.has("json"),
                        .bootstrap_servers = options.value("bootstrap-server"),
                        .settings_path = options.value("command-config"),
                        .zookeeper = options.value("zookeeper")};
  for (std::size_t i = 0; i < types.size(); ++i) {
    ConfigEntity entity{types[i], std::nullopt};
    if (i < names.size()) entity.name = names[i];
    if (base::Status fine = check_name(entity); !fine) return fine.error();
    command.entities.push_back(std::move(entity));
  }
  if (base::Status fine = check_change(options, command); !fine) return fine.error();
  if (base::Status fine = read_changes(options, command); !fine) return fine.error();
  return command;
}

}  // namespace odradek::tools
