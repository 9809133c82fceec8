// Services: the components that handlers work with; a list of references, not a class.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.h"
#include "protocol/types.h"
#include "server/config/dynamic_config.h"

namespace odradek::admin {
class BrokerLoggers;
class TopicAdmin;
}  // namespace odradek::admin
namespace odradek::controller {
class Controller;
}
namespace odradek::group {
class CommittedOffsets;
class GroupCoordinator;
class GroupLoader;
class GroupRemoval;
class GroupTable;
}  // namespace odradek::group
namespace odradek::log {
class LogManager;
}
namespace odradek::metadata {
class MetadataCache;
}
namespace odradek::replica {
class Appends;
class FetchSessions;
class Fetchers;
class Leadership;
class LogDirMover;
class Reads;
class RecordDeletions;
class ReplicaSet;
}  // namespace odradek::replica
namespace odradek::transaction {
class ProducerIds;
}
namespace odradek::zk {
class Configs;
}

namespace odradek::api {

class ZooKeeperLane;

struct Services {
  const base::Clock& clock;
  protocol::BrokerId broker_id;
  std::string cluster_id;
  config::DynamicConfig& dynamic_config;
  const std::atomic<std::int64_t>& broker_epoch;  // of the present registration; -1 before
  metadata::MetadataCache& metadata;
  log::LogManager& logs;
  replica::ReplicaSet& replicas;
  replica::Appends& appends;
  replica::Reads& reads;
  replica::RecordDeletions& record_deletions;
  replica::Leadership& leadership;
  replica::Fetchers& fetchers;
  replica::LogDirMover& log_dir_mover;
  replica::FetchSessions& fetch_sessions;
  group::GroupCoordinator& groups;
  group::GroupLoader& group_loader;
  group::GroupTable& group_table;
  group::CommittedOffsets& offsets;
  group::GroupRemoval& group_removal;
  admin::BrokerLoggers& broker_loggers;
  admin::TopicAdmin& topics;
  controller::Controller& controller;
  transaction::ProducerIds& producer_ids;
  zk::Configs& configs;
  ZooKeeperLane& zookeeper_lane;

  // As it is now; who needs several settings that belong together keeps it.
  std::shared_ptr<const config::BrokerConfig> config() const { return dynamic_config.current(); }
};

}  // namespace odradek::api
