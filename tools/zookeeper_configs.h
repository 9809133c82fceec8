// ZookeeperConfigs: what kafka-configs --zookeeper does without asking any broker: all that 2.8's
// did, of which 3.9's kept users' credentials and brokers.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "tools/config_command.h"
#include "zk/client/session.h"
#include "zk/data/config.h"

namespace odradek::tools {

class ZookeeperConfigs {
 public:
  explicit ZookeeperConfigs(zk::Session& session) : session_(session) {}

  // Prints to stdout what there is to print.
  base::Status run(const ConfigCommand& command);

 private:
  using Entity = std::vector<ConfigEntity>;  // one, or a user and a client

  base::Status describe(const ConfigCommand& command);
  base::Status alter(const ConfigCommand& command);
  // All that the command means, with names.
  base::Result<std::vector<Entity>> entities(const Entity& wanted);
  base::Result<std::vector<ConfigEntity>> named(const ConfigEntity& wanted,
                                                const std::string& parent);

  // What to store for what was given: credentials of passwords, encrypted passwords.
  base::Result<zk::ConfigMap> stored_values(const Entity& entity, const ConfigCommand& command);
  base::Result<zk::ConfigMap> stored_broker_values(const ConfigEntity& broker,
                                                   const config::Properties& added);
  base::Status check_not_running(const ConfigEntity& broker, const ConfigCommand& command);
  base::Status check_all(const Entity& entity, const zk::ConfigMap& configs);

  zk::Session& session_;
};

}  // namespace odradek::tools
