// ConfigAdmin: what AlterConfigs and IncrementalAlterConfigs do: the settings of a topic, of this
// broker or of all brokers are judged and written into ZooKeeper.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "protocol/types.h"
#include "server/admin/config_changes.h"
#include "server/config/dynamic_config.h"
#include "server/config/properties.h"
#include "server/metadata/metadata_cache.h"
#include "zk/store/configs.h"

namespace odradek::admin {

// Safe from any thread; waits for ZooKeeper. Refusals bear the codes and sentences of a JVM broker;
// no password appears in them.
class ConfigAdmin {
 public:
  ConfigAdmin(protocol::BrokerId broker_id, zk::Configs& configs, metadata::MetadataCache& metadata,
              config::DynamicConfig& dynamic_config)
      : broker_id_(broker_id),
        configs_(configs),
        metadata_(metadata),
        dynamic_config_(dynamic_config) {}

  // The whole map of a topic is replaced.
  base::Status replace_topic(const std::string& topic, const config::Properties& values,
                             bool validate_only);
  // Single keys of it.
  base::Status change_topic(const std::string& topic, const std::vector<ConfigChange>& changes,
                            bool validate_only);

  // The same of a broker: `broker` is this one's id, or empty for all brokers.
  base::Status replace_broker(const std::string& broker, const config::Properties& values,
                              bool validate_only);
  base::Status change_broker(const std::string& broker, const std::vector<ConfigChange>& changes,
                             bool validate_only);

 private:
  base::Status check_topic(const std::string& topic, const config::Properties& values) const;
  base::Status check_broker(const std::string& broker) const;
  base::Status write_broker(const std::string& broker, const config::Properties& values,
                            bool validate_only);
  // Passwords enciphered, as they are to stand in ZooKeeper.
  base::Result<config::Properties> enciphered(const std::string& broker,
                                              config::Properties values) const;

  const protocol::BrokerId broker_id_;
  zk::Configs& configs_;
  metadata::MetadataCache& metadata_;
  config::DynamicConfig& dynamic_config_;
};

}  // namespace odradek::admin
