#include "server/broker/broker.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "server/admin/topic_names.h"
#include "server/broker/controlled_shutdown.h"
#include "server/broker/group_parts.h"
#include "server/broker/parts.h"
#include "server/broker/producer_id_blocks.h"
#include "server/broker/reconfiguration.h"
#include "zk/store/cluster_id.h"
#include "zk/store/persistent_paths.h"
#include "zk/store/producer_ids.h"

namespace odradek::broker {
namespace {

// Between two records of what is committed, where missing records are to be told after a crash.
constexpr std::int64_t kMissedCommitsMs = 1000;

// How long a stop waits until a lost connection to ZooKeeper is back, and how often it looks.
constexpr std::int32_t kReconnectMs = 2000;
constexpr std::int64_t kConnectionCheckMs = 200;

// ZooKeeper, cluster id, broker id (zookeeper.md §3.1 steps 1 to 4 and 6).
base::Status connect(Parts& parts) {
  parts.session = std::make_unique<zk::Session>(session_options(*parts.config()), parts.clock);
  base::Status connected = parts.session->connect();
  if (!connected) {
    return base::Error("ZooKeeper at " + parts.config()->zookeeper_connect +
                       " cannot be reached: " + connected.error().message);
  }
  return zk::create_persistent_paths(*parts.session);
}

base::Status identify(Parts& parts) {
  auto cluster_id = zk::read_cluster_id(*parts.session);
  if (!cluster_id) return cluster_id.error();
  if (!*cluster_id) {
    auto made =
        zk::create_or_read_cluster_id(*parts.session, base::Uuid::random(false).to_string());
    if (!made) return made.error();
    *cluster_id = *made;
  }
  parts.cluster_id = **cluster_id;
  auto identities = read_identities(parts.config()->log_directories());
  if (!identities) return identities.error();
  auto stored = check_identities(*identities, parts.cluster_id);
  if (!stored) return stored.error();
  auto chosen = choose_broker_id(*parts.config(), *stored);
  if (!chosen) return chosen.error();
  if (!*chosen) {
    auto generated =
        zk::Brokers(*parts.session).generate_id(parts.config()->reserved_broker_max_id);
    if (!generated) return generated.error();
    *chosen = *generated;
  }
  parts.broker_id = **chosen;
  write_identities(*identities, parts.cluster_id, parts.broker_id);
  parts.identities = std::move(*identities);
  return {};
}

// What listeners and connections to other brokers need.
base::Status secure(Parts& parts) {
  auto listeners = config::parse_listeners(*parts.config());
  if (!listeners) return listeners.error();
  parts.listeners = std::move(*listeners);
  auto tls = tls_of(*parts.config(), parts.listeners);
  if (!tls) return tls.error();
  parts.tls = std::move(*tls);
  auto inter_broker = parts.tls.find(parts.listeners.inter_broker_name);
  parts.connections = std::make_unique<InterBrokerConnections>(
      inter_broker == parts.tls.end() ? nullptr : inter_broker->second.get());
  return {};
}

// Step 7: the logs, each with its topic's settings.
base::Status load_logs(Parts& parts) {
  parts.scheduler = std::make_unique<base::BackgroundScheduler>(parts.config()->background_threads);
  parts.topic_settings =
      std::make_unique<TopicSettingsSource>(*parts.session, parts.dynamic_config);
  parts.zk_topics = std::make_unique<zk::Topics>(*parts.session);
  parts.logs = std::make_unique<log::LogManager>(parts.config()->log_directories(),
                                                 log_manager_options(*parts.config()), parts.clock);
  for (std::size_t i = 0; i < parts.identities.size(); ++i) {
    const std::string& failure = parts.identities[i].failure;
    if (!failure.empty()) parts.logs->dirs().all()[i]->fail(failure);
  }
  auto names = parts.zk_topics->names(false);
  if (!names) return names.error();
  auto settings = parts.topic_settings->read_all(*names);
  base::Status loaded = parts.logs->start([&](const std::string& topic) {
    auto found = settings.find(topic);
    return found == settings.end() ? parts.topic_settings->read(topic).log : found->second.log;
  });
  if (!loaded) return loaded;
  parts.high_watermarks = std::make_unique<replica::HighWatermarks>(*parts.logs);
  parts.high_watermarks->load();
  return {};
}

// Fetchers and in-sync replicas.
void build_replication(Parts& parts) {
  auto options = alter_partition_options(*parts.config(), parts.listeners);
  if (options) {
    parts.alter_partition = std::make_unique<replica::AlterPartition>(
        parts.broker_id, parts.broker_epoch, parts.metadata, *parts.connections, *options);
  } else {
    parts.zookeeper_isr =
        std::make_unique<replica::ZooKeeperIsr>(*parts.session, parts.broker_id, parts.clock);
  }
  replica::PartitionWaits& waits = parts.waiting->partitions;
  replica::IsrWriter* writer = parts.zookeeper_isr.get();
  if (options) writer = parts.alter_partition.get();
  parts.isr_updater = std::make_unique<replica::IsrUpdater>(*parts.replicas, waits, *writer);
  parts.fetchers = std::make_unique<replica::Fetchers>(
      replica::FetcherContext{.replicas = *parts.replicas,
                              .waits = waits,
                              .metadata = parts.metadata,
                              .connections = *parts.connections,
                              .clock = parts.clock,
                              .broker_epoch = parts.broker_epoch,
                              .throttle = parts.throttles->follower,
                              .options = fetcher_options(*parts.config(), parts.listeners)});
}

void start_replication(Parts& parts) {
  parts.isr_updater->start();
  // A follower is out of sync after at most one and a half times replica.lag.time.max.ms.
  std::int64_t period_ms = std::max<std::int64_t>(parts.config()->replica_lag_time_max_ms / 2, 1);
  parts.scheduler->schedule(
      "isr-expiration", [&parts] { parts.isr_updater->shrink_all(); }, period_ms, period_ms);
  if (parts.zookeeper_isr == nullptr) return;
  parts.scheduler->schedule(
      "isr-change-notification", [&parts] { parts.zookeeper_isr->notify(); },
      replica::ZooKeeperIsr::kCheckMs, replica::ZooKeeperIsr::kCheckMs);
}

void build_replicas(Parts& parts) {
  parts.waiting = std::make_unique<Waiting>(parts.clock);
  parts.replicas = std::make_unique<replica::ReplicaSet>(
      parts.broker_id, parts.metadata, parts.clock, parts.config()->replica_lag_time_max_ms,
      parts.session->negotiated_timeout_ms(),
      replica::Durability{.refuses_lost_records = parts.config()->unclean_restart_check_enable,
                          .flushes_when_alone = parts.config()->lone_leader_flush_enable});
  parts.stop_watch = std::make_unique<StopWatch>(parts.replicas->stops(), *parts.session,
                                                 parts.broker_id, parts.broker_epoch);
  parts.throttles = replication_throttles(*parts.config(), parts.clock);
  replica::PartitionWaits& waits = parts.waiting->partitions;
  parts.leadership = std::make_unique<replica::Leadership>(
      *parts.replicas, *parts.logs, *parts.high_watermarks, waits,
      [&parts](const std::vector<std::string>& topics) {
        return parts.topic_settings->read_all(topics);
      });
  build_replication(parts);
  parts.appends = std::make_unique<replica::Appends>(*parts.replicas, waits);
  parts.read_ahead = std::make_unique<log::ReadAhead>();
  parts.reads = std::make_unique<replica::Reads>(*parts.replicas, waits, *parts.isr_updater,
                                                 *parts.read_ahead, parts.throttles->leader);
  parts.record_deletions =
      std::make_unique<replica::RecordDeletions>(*parts.replicas, *parts.logs, waits);
  parts.log_dir_mover = std::make_unique<replica::LogDirMover>(
      *parts.replicas, *parts.logs, waits, log_dir_mover_options(*parts.config()), parts.clock);
  parts.fetch_sessions = std::make_unique<replica::FetchSessions>(
      static_cast<std::size_t>(parts.config()->max_incremental_fetch_session_cache_slots),
      parts.clock, base::Random::from_entropy());
  parts.log_dir_failures =
      std::make_unique<LogDirFailures>(parts.broker_id, *parts.logs, *parts.leadership,
                                       *parts.fetchers, *parts.session, *parts.scheduler);
  parts.logs->dirs().set_observer(parts.log_dir_failures.get());
  parts.leadership->attach_controller([&parts] { parts.log_dir_failures->ask_controller_again(); });
}

// Runs a function once; the timer shares its ownership while it waits.
class TimedCall : public purgatory::TimerTask {
 public:
  explicit TimedCall(std::function<void()> call) : call_(std::move(call)) {}
  void run() override { call_(); }

 private:
  const std::function<void()> call_;
};

ControllerCall controller_call(Parts& parts) {
  return {.broker_id = parts.broker_id,
          .listener = parts.listeners.control_plane_name.empty()
                          ? parts.listeners.inter_broker_name
                          : parts.listeners.control_plane_name,
          .metadata = parts.metadata,
          .connections = *parts.connections};
}

void build_coordinators(Parts& parts) {
  parts.zk_deletions = std::make_unique<zk::Deletions>(*parts.session);
  parts.zk_configs = std::make_unique<zk::Configs>(*parts.session);
  parts.broker_loggers = std::make_unique<admin::BrokerLoggers>(parts.broker_id);
  parts.topics = std::make_unique<admin::TopicAdmin>(
      *parts.zk_topics, *parts.zk_deletions, parts.dynamic_config, parts.metadata,
      parts.waiting->topics, base::Random::from_entropy());
  group::ScheduleAfter schedule = [&parts](std::int64_t delay_ms, std::function<void()> task) {
    parts.waiting->timer.add(std::make_shared<TimedCall>(std::move(task)), delay_ms);
  };
  build_groups(parts, schedule);
  parts.producer_ids =
      std::make_unique<transaction::ProducerIds>([&parts]() -> base::Result<zk::ProducerIdBlock> {
        if (config::has_allocate_producer_ids(protocol_of(*parts.config()))) {
          return ask_for_producer_ids(controller_call(parts), parts.broker_epoch);
        }
        return zk::allocate_producer_ids(*parts.session, parts.broker_id);
      });
}

// The advertised listeners with the ports that the kernel gave where configuration said 0.
void settle_ports(Parts& parts) {
  for (config::Listener& listener : parts.listeners.advertised) {
    if (listener.port == 0) listener.port = parts.sockets->bound_port(listener.name);
  }
}

// Steps 9 to 14: bind, register, take part in the election; requests wait in the kernel's backlog.
base::Status join_cluster(Parts& parts) {
  parts.controller = std::make_unique<controller::Controller>(
      controller_options(*parts.config(), parts.listeners, parts.broker_id), *parts.session,
      *parts.connections);
  auto options = socket_options(*parts.config(), parts.listeners, parts.tls, parts.broker_id);
  if (!options) return options.error();
  parts.zookeeper_lane = std::make_unique<api::ZooKeeperLane>(
      parts.config()->num_io_threads, parts.config()->request_timeout_ms, parts.clock,
      [&parts] { return parts.session->state() == zk::SessionState::kConnected; });
  parts.services =
      std::make_unique<api::Services>(api::Services{.clock = parts.clock,
                                                    .broker_id = parts.broker_id,
                                                    .cluster_id = parts.cluster_id,
                                                    .dynamic_config = parts.dynamic_config,
                                                    .broker_epoch = parts.broker_epoch,
                                                    .metadata = parts.metadata,
                                                    .logs = *parts.logs,
                                                    .replicas = *parts.replicas,
                                                    .appends = *parts.appends,
                                                    .reads = *parts.reads,
                                                    .record_deletions = *parts.record_deletions,
                                                    .leadership = *parts.leadership,
                                                    .fetchers = *parts.fetchers,
                                                    .log_dir_mover = *parts.log_dir_mover,
                                                    .fetch_sessions = *parts.fetch_sessions,
                                                    .groups = *parts.groups,
                                                    .group_loader = *parts.group_loader,
                                                    .group_table = parts.group_table,
                                                    .offsets = *parts.offsets,
                                                    .group_removal = *parts.group_removal,
                                                    .broker_loggers = *parts.broker_loggers,
                                                    .topics = *parts.topics,
                                                    .controller = *parts.controller,
                                                    .producer_ids = *parts.producer_ids,
                                                    .configs = *parts.zk_configs,
                                                    .zookeeper_lane = *parts.zookeeper_lane});
  parts.dispatcher = std::make_unique<api::Dispatcher>(*parts.services);
  parts.sockets =
      std::make_unique<network::SocketServer>(std::move(*options), *parts.dispatcher, parts.clock);
  base::Status bound = parts.sockets->bind();
  if (!bound) return bound;
  settle_ports(parts);
  parts.registration = std::make_unique<Registration>(
      *parts.session,
      registration_of(*parts.config(), parts.listeners, parts.broker_id, parts.clock.wall_ms()),
      registration_version(*parts.config()), parts.broker_epoch);
  base::Status free = parts.registration->check_endpoints_are_free();
  if (!free) return free;
  base::Status registered = parts.registration->register_now();
  if (!registered) return registered;
  parts.registration->follow_session(*parts.controller);
  parts.controller->start();
  return {};
}

// Steps 15 to 18.
base::Status serve(Parts& parts) {
  parts.waiting->timer.start();
  parts.offset_store->start();
  auto offsets_topic = parts.zk_topics->read({std::string(admin::kConsumerOffsetsTopic)});
  if (!offsets_topic) return offsets_topic.error();
  auto known = offsets_topic->find(std::string(admin::kConsumerOffsetsTopic));
  parts.group_table.set_partition_count(
      known == offsets_topic->end() ? parts.config()->offsets_topic_num_partitions
                                    : static_cast<std::int32_t>(known->second.partitions.size()));
  parts.logs->start_tasks(*parts.scheduler);
  parts.log_dir_mover->start();
  start_replication(parts);
  std::int64_t interval_ms = parts.config()->replica_high_watermark_checkpoint_interval_ms;
  if (parts.config()->unclean_restart_check_enable) {
    interval_ms = std::min(interval_ms, kMissedCommitsMs);
  }
  parts.scheduler->schedule(
      "high-watermark-checkpoint", [&parts] { parts.high_watermarks->checkpoint(*parts.replicas); },
      interval_ms, interval_ms);
  std::int64_t retention_check_ms = parts.config()->offsets_retention_check_interval_ms;
  parts.scheduler->schedule(
      "offset-expiry", [&parts] { parts.group_removal->remove_expired(); }, retention_check_ms,
      retention_check_ms);
  parts.stop_watch->start();
  parts.sockets->start_processing();
  follow_settings(parts);
  parts.started = true;
  return {};
}

void leave_controlled(Parts& parts) {
  if (!parts.started || !parts.config()->controlled_shutdown_enable) return;
  const ControllerCall controller{.broker_id = parts.broker_id,
                                  .listener = parts.listeners.inter_broker_name,
                                  .metadata = parts.metadata,
                                  .connections = *parts.connections};
  bool done = shut_down_controlled(
      controller, parts.broker_epoch.load(),
      config::controlled_shutdown_version(protocol_of(*parts.config())), *parts.config());
  if (!done) {
    LOG(WARNING) << "[broker " << parts.broker_id
                 << "] leaves without the controller's help; its partitions are led anew once "
                    "ZooKeeper misses it";
  }
}

// While ZooKeeper is away, whoever waits for it must be told that it is over: what stops would wait
// for them, and they for ever.
void close_session_once_lost(zk::Session& session, base::BackgroundScheduler& watch) {
  if (session.state() != zk::SessionState::kConnected) session.close();
  watch.schedule(
      "lost-session",
      [&session] {
        if (!session.wait_until_connected(kReconnectMs)) session.close();
      },
      kConnectionCheckMs, kConnectionCheckMs);
}

// No request may be parked when the network layer goes (zookeeper.md §3.5 for the order).
void stop_answering(Parts& parts) {
  if (parts.sockets) parts.sockets->stop_processing();
  if (parts.log_dir_mover) parts.log_dir_mover->stop();
  if (parts.fetchers) parts.fetchers->stop();
  if (parts.isr_updater) parts.isr_updater->stop();
  if (parts.stop_watch) parts.stop_watch->stop();
  if (parts.scheduler) parts.scheduler->shutdown();
  if (parts.groups) parts.groups->stop();
  if (parts.offset_store) parts.offset_store->stop();
  if (parts.mirror_scheduler) parts.mirror_scheduler->shutdown();
  if (parts.waiting) parts.waiting->timer.stop();
  if (parts.read_ahead) parts.read_ahead->stop();
  if (parts.started) parts.high_watermarks->checkpoint(*parts.replicas);
}

}  // namespace

Broker::Broker(config::BrokerConfig config) : parts_(std::make_unique<Parts>(std::move(config))) {}

Broker::~Broker() { shutdown(); }

protocol::BrokerId Broker::id() const { return parts_->broker_id; }

bool Broker::has_failed() const {
  return parts_->log_dir_failures != nullptr && parts_->log_dir_failures->all_failed();
}

base::Status Broker::start() {
  Parts& parts = *parts_;
  for (base::Status (*step)(Parts&) :
       {connect, identify, read_broker_settings, secure, load_logs}) {
    base::Status done = step(parts);
    if (!done) return done;
  }
  build_replicas(parts);
  build_coordinators(parts);
  base::Status joined = join_cluster(parts);
  if (!joined) return joined;
  return serve(parts);
}

void Broker::shutdown() {
  Parts& parts = *parts_;
  if (parts.stopped) return;
  parts.stopped = true;
  base::BackgroundScheduler session_watch(1, "session-watch");
  if (parts.session) close_session_once_lost(*parts.session, session_watch);
  // What leaves must not change any more.
  if (parts.config_follower) parts.config_follower->stop();
  if (parts.file_watch) parts.file_watch->shutdown();
  leave_controlled(parts);
  stop_answering(parts);
  if (parts.logs) parts.logs->shutdown(parts.broker_epoch.load());
  if (parts.registration) parts.registration->stop_following();
  if (parts.controller) parts.controller->stop();
  if (parts.session) parts.session->close();
  session_watch.shutdown();
  if (parts.zookeeper_lane) parts.zookeeper_lane->stop();
  parts.waiting.reset();  // with it whatever was still parked
  parts.sockets.reset();
}

}  // namespace odradek::broker
