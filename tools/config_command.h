// ConfigCommand: what one call of kafka-configs asks for, checked as upstream checks it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/config/properties.h"
#include "tools/option_parser.h"

namespace odradek::tools {

namespace config_type {
inline constexpr std::string_view kTopics = "topics";
inline constexpr std::string_view kClients = "clients";
inline constexpr std::string_view kUsers = "users";
inline constexpr std::string_view kBrokers = "brokers";
inline constexpr std::string_view kIps = "ips";
inline constexpr std::string_view kBrokerLoggers = "broker-loggers";
inline constexpr std::string_view kClientMetrics = "client-metrics";
}  // namespace config_type

// One whose configs are meant, or a part of a pair of user and client.
struct ConfigEntity {
  std::string type;                 // one of config_type
  std::optional<std::string> name;  // empty: the default of its type; none: all of its type

  bool is_default() const { return name && name->empty(); }
};

struct ConfigCommand {
  bool alters = false;  // else describes
  bool describes_all = false;
  bool as_json = false;
  std::string bootstrap_servers;
  std::string settings_path;
  std::string zookeeper;  // instead of bootstrap_servers
  // One, or a user and a client in the order of the command line.
  std::vector<ConfigEntity> entities;
  config::Properties added;
  std::vector<std::string> deleted;
};

std::vector<OptionSpec> config_options();

// What is wrong so that the usage is worth showing.
std::optional<std::string> check_config_usage(const Options& options);

// Reads the file of --add-config-file.
base::Result<ConfigCommand> config_command(const Options& options);

// "k1=v1,k2=[v1,v2],k3=": commas and equals signs between brackets belong to the value.
base::Result<config::Properties> parse_added_configs(std::string_view text);

}  // namespace odradek::tools
