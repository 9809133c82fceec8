#include <string>

#include "server/config/broker_config.h"
#include "server/config/topic_config.h"
#include "tools/config_command.h"
#include "tools/config_names.h"

namespace odradek::tools {
namespace {

std::string names_of(std::string_view type) {
  std::string text = "For entity-type '" + std::string(type) + "':";
  for (const std::string& name : config_names(type)) text += " " + name;
  return text + ". ";
}

const std::string& add_config_text() {
  static const std::string text =
      "Key Value pairs of configs to add. Square brackets can be used to group values which "
      "contain commas: 'k1=v1,k2=[v1,v2,v2],k3=v3'. The following is a list of valid "
      "configurations: " +
      names_of(config_type::kTopics) + names_of(config_type::kBrokers) +
      names_of(config_type::kUsers) + names_of(config_type::kClients) +
      names_of(config_type::kIps) +
      "Entity types 'users' and 'clients' may be specified together to update config for clients "
      "of a specific user.";
  return text;
}

std::vector<OptionSpec> entity_options() {
  return {repeatable(with_value("entity-type", "",
                                "Type of entity (topics/clients/users/brokers/broker-loggers/ips/"
                                "client-metrics)")),
          repeatable(with_value("entity-name", "",
                                "Name of entity (topic name/client id/user principal name/broker "
                                "id/ip/client metrics)")),
          {.name = "entity-default",
           .description = "Default entity name for clients/users/brokers/ips (applies to "
                          "corresponding entity type in command line)"},
          with_value("topic", "", "The topic's name."),
          with_value("client", "", "The client's ID."),
          {.name = "client-defaults", .description = "The config defaults for all clients."},
          with_value("user", "", "The user's principal name."),
          {.name = "user-defaults", .description = "The config defaults for all users."},
          with_value("broker", "", "The broker's ID."),
          {.name = "broker-defaults", .description = "The config defaults for all brokers."},
          with_value("broker-logger", "", "The broker's ID for its logger config."),
          with_value("ip", "", "The IP address."),
          {.name = "ip-defaults", .description = "The config defaults for all IPs."}};
}

}  // namespace

std::vector<OptionSpec> config_options() {
  std::vector<OptionSpec> specs{
      with_value("zookeeper", "urls",
                 "The connection string for ZooKeeper, host:port,… with a chroot behind: for SCRAM "
                 "credentials, for configs of brokers that do not run, and, as up to 2.8, for "
                 "topics and quotas."),
      with_value("bootstrap-server", "server to connect to", "The Kafka servers to connect to."),
      with_value("bootstrap-controller", "controller to connect to",
                 "Refused: a cluster with ZooKeeper has no such controllers."),
      with_value("command-config", "command config property file",
                 "Client settings, such as ssl.*."),
      {.name = "alter", .description = "Alter the configuration for the entity."},
      {.name = "describe", .description = "List configs for the given entity."},
      {.name = "all",
       .description = "List all configs for the given topic, broker, or broker-logger entity "
                      "(includes static configuration when the entity type is brokers)"},
      with_value("add-config", "", add_config_text()),
      with_value("add-config-file", "",
                 "Path to a properties file with configs to add. See add-config for a list of "
                 "valid configurations."),
      repeatable(with_value("delete-config", "", "config keys to remove 'k1,k2'")),
      {.name = "force", .description = "Suppress console prompts"},
      with_value("zk-tls-config-file", "ZooKeeper TLS configuration",
                 "Refused: this tool speaks to ZooKeeper in plain text."),
      {.name = "json", .description = "Describe in JSON."}};
  for (OptionSpec& spec : entity_options()) specs.push_back(std::move(spec));
  return specs;
}

}  // namespace odradek::tools
