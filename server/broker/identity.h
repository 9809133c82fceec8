// Identity: which broker of which cluster this is, agreed between server.properties,
// meta.properties and ZooKeeper.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "protocol/types.h"
#include "server/config/broker_config.h"
#include "server/config/properties.h"

namespace odradek::broker {

// What one log directory's meta.properties says.
struct DirectoryIdentity {
  std::string directory;
  std::optional<config::Properties> meta;  // nothing: the directory is new
  std::string failure;                     // why it cannot be used; empty: it can
};

// One per directory, in their order. A disk that fails makes its directory unusable, no more.
base::Result<std::vector<DirectoryIdentity>> read_identities(
    const std::vector<std::string>& directories);

// Checks version, cluster and broker ids of all directories against each other and the cluster
// (zookeeper.md §3.2); the broker id they name, if any.
base::Result<std::optional<protocol::BrokerId>> check_identities(
    const std::vector<DirectoryIdentity>& identities, const std::string& cluster_id);

// The id that configuration and directories agree on; nothing means that ZooKeeper must make one.
base::Result<std::optional<protocol::BrokerId>> choose_broker_id(
    const config::BrokerConfig& config, std::optional<protocol::BrokerId> stored);

// Writes meta.properties where it is missing or says something else, and notes which directories
// refuse it.
void write_identities(std::vector<DirectoryIdentity>& identities, const std::string& cluster_id,
                      protocol::BrokerId broker_id);

}  // namespace odradek::broker
