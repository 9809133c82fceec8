// Parts: the components of a broker, in the order in which they are made; each start step of
// broker.cc fills some.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/scheduler.h"
#include "server/admin/broker_loggers.h"
#include "server/admin/topics.h"
#include "server/api/dispatcher.h"
#include "server/api/services.h"
#include "server/api/zookeeper_lane.h"
#include "server/broker/config_follower.h"
#include "server/broker/connections.h"
#include "server/broker/identity.h"
#include "server/broker/log_dir_failures.h"
#include "server/broker/registration.h"
#include "server/broker/settings.h"
#include "server/broker/stop_watch.h"
#include "server/broker/topic_settings_source.h"
#include "server/config/dynamic_config.h"
#include "server/controller/controller.h"
#include "server/group/committed_offsets.h"
#include "server/group/coordinator.h"
#include "server/group/group_log.h"
#include "server/group/group_removal.h"
#include "server/group/group_table.h"
#include "server/group/loader.h"
#include "server/group/offset_mirror.h"
#include "server/group/offset_store.h"
#include "server/log/log_manager.h"
#include "server/metadata/metadata_cache.h"
#include "server/network/socket_server.h"
#include "server/purgatory/timer.h"
#include "server/replica/alter_partition.h"
#include "server/replica/append.h"
#include "server/replica/fetch_sessions.h"
#include "server/replica/fetcher/fetchers.h"
#include "server/replica/high_watermarks.h"
#include "server/replica/isr_updater.h"
#include "server/replica/leadership.h"
#include "server/replica/log_dir_mover.h"
#include "server/replica/partition_waits.h"
#include "server/replica/read.h"
#include "server/replica/record_deletions.h"
#include "server/replica/replica_set.h"
#include "server/replica/replication_throttle.h"
#include "server/replica/zookeeper_isr.h"
#include "server/transaction/producer_ids.h"
#include "zk/client/session.h"
#include "zk/store/offsets.h"

namespace odradek::broker {

// What answers requests waits in: parked requests must be gone before the network layer is.
struct Waiting {
  explicit Waiting(const base::Clock& clock)
      : timer("purgatory-timer", clock), partitions(timer), topics("Topic", timer) {}

  purgatory::Timer timer;
  replica::PartitionWaits partitions;
  admin::TopicAdmin::Purgatory topics;
};

struct Parts {
  explicit Parts(config::BrokerConfig read) : dynamic_config(std::move(read)) {}

  std::shared_ptr<const config::BrokerConfig> config() const { return dynamic_config.current(); }

  config::DynamicConfig dynamic_config;
  const base::Clock& clock = base::Clock::system();
  config::Listeners listeners;
  std::atomic<std::int64_t> broker_epoch{-1};  // of the present registration
  TlsByListener tls;
  std::unique_ptr<InterBrokerConnections> connections;
  std::unique_ptr<zk::Session> session;
  std::string cluster_id;
  std::vector<DirectoryIdentity> identities;  // by directory of log.dirs
  protocol::BrokerId broker_id = protocol::kNoBroker;
  std::unique_ptr<base::BackgroundScheduler> scheduler;
  std::unique_ptr<TopicSettingsSource> topic_settings;
  std::unique_ptr<log::LogManager> logs;
  metadata::MetadataCache metadata;
  std::unique_ptr<Waiting> waiting;
  std::unique_ptr<replica::HighWatermarks> high_watermarks;
  std::unique_ptr<replica::ReplicaSet> replicas;
  std::unique_ptr<StopWatch> stop_watch;
  std::unique_ptr<replica::Leadership> leadership;
  std::unique_ptr<replica::ZooKeeperIsr> zookeeper_isr;      // below IBP 2.7-IV2 ...
  std::unique_ptr<replica::AlterPartition> alter_partition;  // ... and from there on
  std::unique_ptr<replica::IsrUpdater> isr_updater;
  std::unique_ptr<replica::ReplicationThrottles> throttles;
  std::unique_ptr<replica::Fetchers> fetchers;
  std::unique_ptr<replica::Appends> appends;
  std::unique_ptr<log::ReadAhead> read_ahead;
  std::unique_ptr<replica::Reads> reads;
  std::unique_ptr<replica::RecordDeletions> record_deletions;
  std::unique_ptr<replica::LogDirMover> log_dir_mover;
  std::unique_ptr<replica::FetchSessions> fetch_sessions;
  std::unique_ptr<LogDirFailures> log_dir_failures;
  std::unique_ptr<zk::Topics> zk_topics;
  std::unique_ptr<zk::Deletions> zk_deletions;
  std::unique_ptr<zk::Configs> zk_configs;
  std::unique_ptr<zk::ConsumerOffsets> zk_offsets;
  std::unique_ptr<admin::BrokerLoggers> broker_loggers;
  std::unique_ptr<admin::TopicAdmin> topics;
  group::GroupTable group_table;
  std::unique_ptr<group::OffsetStore> offset_store;
  // What waits for ZooKeeper there holds up nobody else.
  std::unique_ptr<base::BackgroundScheduler> mirror_scheduler;
  std::unique_ptr<group::OffsetMirror> offset_mirror;
  std::unique_ptr<group::GroupLog> group_log;
  std::unique_ptr<group::GroupCoordinator> groups;
  std::unique_ptr<group::CommittedOffsets> offsets;
  std::unique_ptr<group::GroupRemoval> group_removal;
  std::unique_ptr<group::GroupLoader> group_loader;
  std::unique_ptr<transaction::ProducerIds> producer_ids;
  std::unique_ptr<Registration> registration;
  std::unique_ptr<controller::Controller> controller;
  std::unique_ptr<api::ZooKeeperLane> zookeeper_lane;
  std::unique_ptr<api::Services> services;
  std::unique_ptr<api::Dispatcher> dispatcher;
  std::unique_ptr<network::SocketServer> sockets;
  std::vector<std::unique_ptr<config::Reconfigurable>> reconfigurables;
  std::unique_ptr<ConfigFollower> config_follower;
  std::unique_ptr<base::BackgroundScheduler> file_watch;
  bool started = false;  // up to answering requests
  bool stopped = false;
};

}  // namespace odradek::broker
