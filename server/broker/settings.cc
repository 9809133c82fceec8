#include "server/broker/settings.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/log.h"
#include "base/text.h"
#include "server/config/inter_broker_protocol.h"
#include "server/network/socket.h"
#include "zk/store/node_acl.h"

namespace odradek::broker {
namespace {

// The format that a topic's records are stored in.
std::int8_t record_magic(const config::TopicConfig& topic, const config::BrokerConfig& broker) {
  config::InterBrokerProtocol between = protocol_of(broker);
  if (config::fixes_message_format(between)) return 2;
  auto wanted = config::parse_inter_broker_protocol(topic.message_format_version);
  // A topic's own version may not be newer than what the brokers speak; then the broker's counts.
  if (!wanted || *wanted > between) {
    wanted = config::parse_inter_broker_protocol(broker.log_message_format_version);
  }
  return static_cast<std::int8_t>(
      config::message_magic(std::min(wanted.value_or(between), between)));
}

// "partition:broker" items, or *; others were refused when the configuration was read.
replica::ThrottledReplicas throttled_replicas(const std::vector<std::string>& items) {
  replica::ThrottledReplicas throttled;
  for (std::string_view item : items) {
    if (item == "*") throttled.all = true;
    auto parts = base::split(item, ':');
    if (parts.size() != 2) continue;
    auto partition = base::parse_int<std::int32_t>(parts[0], 0);
    auto broker = base::parse_int<std::int32_t>(parts[1], 0);
    if (partition && broker) throttled.some.emplace_back(*partition, *broker);
  }
  return throttled;
}

std::map<std::string, std::int32_t> per_ip_overrides(const config::BrokerConfig& config) {
  std::map<std::string, std::int32_t> overrides;
  auto limits = config::connections_per_host(config);
  if (!limits) return overrides;  // refused when the configuration was checked
  for (const auto& [host, limit] : *limits) {
    auto addresses = network::addresses_of(host);
    if (!addresses) {
      LOG(ERROR) << "max.connections.per.ip.overrides is without effect for "
                 << addresses.error().message;
      continue;
    }
    for (const std::string& address : *addresses) overrides[address] = limit;
  }
  return overrides;
}

}  // namespace

config::InterBrokerProtocol protocol_of(const config::BrokerConfig& config) {
  return config::parse_inter_broker_protocol(config.inter_broker_protocol_version)
      .value_or(config::kLatestInterBrokerProtocol);
}

zk::SessionOptions session_options(const config::BrokerConfig& config) {
  zk::SessionOptions options;
  options.connect = config.zookeeper_connect;
  options.session_timeout_ms = config.zookeeper_session_timeout_ms;
  options.connection_timeout_ms = config.zookeeper_connect_timeout_ms();
  if (config.zookeeper_set_acl) options.acl_of = zk::secure_acl;
  return options;
}

log::LogManagerOptions log_manager_options(const config::BrokerConfig& config) {
  log::LogManagerOptions options;
  options.retention_check_interval_ms = config.log_retention_check_interval_ms;
  options.flush_scheduler_interval_ms = config.log_flush_scheduler_interval_ms;
  options.recovery_checkpoint_interval_ms = config.log_flush_offset_checkpoint_interval_ms;
  options.start_checkpoint_interval_ms = config.log_flush_start_offset_checkpoint_interval_ms;
  options.initial_task_delay_ms = config.log_initial_task_delay_ms;
  options.producer_id_expiration_ms = config.producer_id_expiration_ms;
  options.producer_id_check_interval_ms = config.producer_id_expiration_check_interval_ms;
  options.file_delete_delay_ms = config.log_segment_delete_delay_ms;
  options.recovery_threads_per_dir = config.num_recovery_threads_per_data_dir;
  options.cleaner = {.enable = config.log_cleaner_enable,
                     .threads = config.log_cleaner_threads,
                     .backoff_ms = config.log_cleaner_backoff_ms,
                     .dedupe_buffer_size = config.log_cleaner_dedupe_buffer_size,
                     .io_buffer_load_factor = config.log_cleaner_io_buffer_load_factor,
                     .io_buffer_size = config.log_cleaner_io_buffer_size,
                     .io_max_bytes_per_second = config.log_cleaner_io_max_bytes_per_second};
  return options;
}

replica::LogDirMoverOptions log_dir_mover_options(const config::BrokerConfig& config) {
  return {.threads = config.replica_alter_log_dirs_threads(),
          .max_bytes_per_second = config.replica_alter_log_dirs_io_max_bytes_per_second,
          .chunk_bytes = config.replica_fetch_max_bytes,
          .retry_ms = config.replica_fetch_backoff_ms};
}

std::unique_ptr<replica::ReplicationThrottles> replication_throttles(
    const config::BrokerConfig& config, const base::Clock& clock) {
  constexpr std::int64_t kMillisecondsPerSecond = 1000;
  std::int32_t windows = config.replication_quota_window_num;
  std::int64_t window_ms = config.replication_quota_window_size_seconds * kMillisecondsPerSecond;
  auto throttles = std::make_unique<replica::ReplicationThrottles>(clock, windows, window_ms);
  throttles->leader.set_rate(config.leader_replication_throttled_rate);
  throttles->follower.set_rate(config.follower_replication_throttled_rate);
  return throttles;
}

replica::FetcherOptions fetcher_options(const config::BrokerConfig& config,
                                        const config::Listeners& listeners) {
  config::InterBrokerProtocol between = protocol_of(config);
  return {.threads_per_leader = config.num_replica_fetchers,
          .backoff_ms = config.replica_fetch_backoff_ms,
          .max_bytes = config.replica_fetch_response_max_bytes,
          .partition_max_bytes = config.replica_fetch_max_bytes,
          .min_bytes = config.replica_fetch_min_bytes,
          .max_wait_ms = config.replica_fetch_wait_max_ms,
          .socket_timeout_ms = config.replica_socket_timeout_ms,
          .listener = listeners.inter_broker_name,
          .versions = {.fetch = config::fetch_version(between),
                       .list_offsets = config::list_offsets_version(between),
                       .offset_for_leader_epoch = config::offset_for_leader_epoch_version(between),
                       .truncates_on_fetch = config::has_truncation_on_fetch(between)}};
}

std::optional<replica::AlterPartitionOptions> alter_partition_options(
    const config::BrokerConfig& config, const config::Listeners& listeners) {
  config::InterBrokerProtocol between = protocol_of(config);
  if (!config::has_alter_partition(between)) return std::nullopt;
  bool has_control_plane = !listeners.control_plane_name.empty();
  return replica::AlterPartitionOptions{
      .listener = has_control_plane ? listeners.control_plane_name : listeners.inter_broker_name,
      .max_version = config::alter_partition_version(between),
      .may_use_topic_ids = config::has_topic_ids(between),
      .timeout_ms = config.controller_socket_timeout_ms};
}

replica::TopicSettings topic_settings(const config::TopicConfig& topic,
                                      const config::BrokerConfig& broker) {
  replica::TopicSettings settings;
  log::LogOptions& log = settings.log;
  log.segment_bytes = topic.segment_bytes;
  log.segment_ms = topic.segment_ms;
  log.segment_jitter_ms = topic.segment_jitter_ms;
  log.segment_index_bytes = topic.segment_index_bytes;
  log.index_interval_bytes = topic.index_interval_bytes;
  log.retention_ms = topic.retention_ms;
  log.retention_bytes = topic.retention_bytes;
  log.flush_messages = topic.flush_messages;
  log.flush_ms = topic.flush_ms;
  log.file_delete_delay_ms = topic.file_delete_delay_ms;
  log.max_message_bytes = topic.max_message_bytes;
  log.cleanup_delete = topic.delete_old();
  log.cleanup_compact = topic.compact();
  log.min_cleanable_dirty_ratio = topic.min_cleanable_dirty_ratio;
  log.min_compaction_lag_ms = topic.min_compaction_lag_ms;
  log.max_compaction_lag_ms = topic.max_compaction_lag_ms;
  log.delete_retention_ms = topic.delete_retention_ms;
  // The active segment is never compacted, so that it may not stay active for longer.
  if (topic.compact()) log.segment_ms = std::min(log.segment_ms, topic.max_compaction_lag_ms);
  log.log_append_time = topic.log_append_time();
  log.timestamp_before_max_ms = topic.timestamp_before_max_ms();
  log.timestamp_after_max_ms = topic.timestamp_after_max_ms();
  log.preallocate = topic.preallocate;
  log.record_magic = record_magic(topic, broker);
  log.zstd_allowed = config::has_zstd(protocol_of(broker));
  log.down_conversion = topic.message_downconversion_enable;
  if (topic.compression_type != "producer") {
    log.compression = protocol::codec_from_name(topic.compression_type);
    switch (log.compression.value_or(protocol::CompressionType::kNone)) {
      case protocol::CompressionType::kGzip:
        log.compression_level = topic.compression_gzip_level;
        break;
      case protocol::CompressionType::kLz4:
        log.compression_level = topic.compression_lz4_level;
        break;
      case protocol::CompressionType::kZstd:
        log.compression_level = topic.compression_zstd_level;
        break;
      case protocol::CompressionType::kNone:
      case protocol::CompressionType::kSnappy:
        break;
    }
  }
  settings.min_insync_replicas = topic.min_insync_replicas;
  settings.allows_unclean_election = topic.unclean_leader_election_enable;
  settings.throttled_leaders = throttled_replicas(topic.leader_replication_throttled_replicas);
  settings.throttled_followers = throttled_replicas(topic.follower_replication_throttled_replicas);
  return settings;
}

group::CoordinatorOptions coordinator_options(const config::BrokerConfig& config) {
  return {.min_session_timeout_ms = config.group_min_session_timeout_ms,
          .max_session_timeout_ms = config.group_max_session_timeout_ms,
          .initial_rebalance_delay_ms = config.group_initial_rebalance_delay_ms,
          .max_size = config.group_max_size};
}

group::OffsetStorage offset_storage(const config::BrokerConfig& config) {
  if (config.offsets_storage == "zookeeper") return group::OffsetStorage::kZooKeeper;
  return config.offsets_storage == "kafka" ? group::OffsetStorage::kKafka
                                           : group::OffsetStorage::kBoth;
}

group::GroupLogOptions group_log_options(const config::BrokerConfig& config) {
  return {.codec = protocol::codec_from_id(config.offsets_topic_compression_codec)
                       .value_or(protocol::CompressionType::kNone),
          .required_acks = config.offsets_commit_required_acks,
          .between_brokers = protocol_of(config)};
}

group::CommittedOffsetsOptions committed_offsets_options(const config::BrokerConfig& config) {
  return {.storage = offset_storage(config),
          .metadata_max_length = config.offset_metadata_max_bytes};
}

group::GroupRemovalOptions group_removal_options(const config::BrokerConfig& config) {
  return {.storage = offset_storage(config),
          .retention_ms = std::int64_t{config.offsets_retention_minutes} * 60 * 1000};
}

controller::ControllerOptions controller_options(const config::BrokerConfig& config,
                                                 const config::Listeners& listeners,
                                                 protocol::BrokerId broker_id) {
  controller::ControllerOptions options;
  options.broker_id = broker_id;
  options.inter_broker_listener = listeners.inter_broker_name;
  options.control_plane_listener = listeners.control_plane_name;
  options.protocol_version = protocol_of(config);
  options.delete_topic_enable = config.delete_topic_enable;
  options.unclean_leader_election_enable = config.unclean_leader_election_enable;
  options.auto_leader_rebalance_enable = config.auto_leader_rebalance_enable;
  options.leader_imbalance_check_interval_ms =
      config.leader_imbalance_check_interval_seconds * 1000;
  options.leader_imbalance_per_broker_percentage = config.leader_imbalance_per_broker_percentage;
  options.socket_timeout_ms = config.controller_socket_timeout_ms;
  return options;
}

base::Result<std::unique_ptr<security::ListenerTls>> tls_of(const config::BrokerConfig& config,
                                                            const config::Listeners& listeners,
                                                            const config::Listener& listener) {
  if (config::uses_sasl(listener.protocol)) {
    return base::Error("listener " + listener.name + " asks for " +
                       std::string(config::security_protocol_name(listener.protocol)) +
                       ", but SASL is not served yet; use PLAINTEXT or SSL");
  }
  if (!config::uses_tls(listener.protocol)) return std::unique_ptr<security::ListenerTls>();
  return security::ListenerTls::create(config, listener.name,
                                       listener.name == listeners.inter_broker_name);
}

base::Result<TlsByListener> tls_of(const config::BrokerConfig& config,
                                   const config::Listeners& listeners) {
  TlsByListener all;
  for (const config::Listener& listener : listeners.bound) {
    auto tls = tls_of(config, listeners, listener);
    if (!tls) return base::Error("listener " + listener.name + ": " + tls.error().message);
    if (*tls != nullptr) all[listener.name] = std::move(*tls);
  }
  return all;
}

network::ConnectionLimitOptions connection_limits(const config::BrokerConfig& config) {
  return {.max_connections = config.max_connections,
          .max_connection_creation_rate = config.max_connection_creation_rate,
          .max_connections_per_ip = config.max_connections_per_ip,
          .max_connections_per_ip_overrides = per_ip_overrides(config)};
}

ListenerLimits listener_limits(const config::BrokerConfig& own, std::string_view listener) {
  const std::string prefix = "listener.name." + base::to_lower(listener) + ".";
  ListenerLimits limits;
  if (own.raw(prefix + "max.connections")) limits.max_connections = own.max_connections;
  if (own.raw(prefix + "max.connection.creation.rate")) {
    limits.max_connection_creation_rate = own.max_connection_creation_rate;
  }
  return limits;
}

base::Result<network::ListenerOptions> listener_options(const config::BrokerConfig& config,
                                                        const config::Listeners& listeners,
                                                        const config::Listener& listener,
                                                        const security::ListenerTls* tls) {
  auto own = config.for_listener(listener.name);
  if (!own) return own.error();
  network::ListenerOptions listening;
  listening.name = listener.name;
  listening.protocol = listener.protocol;
  listening.host = listener.host;
  listening.port = listener.port;
  listening.is_inter_broker = listener.name == listeners.inter_broker_name;
  listening.is_control_plane = listener.name == listeners.control_plane_name;
  listening.network_threads = own->num_network_threads;
  listening.backlog = own->socket_listen_backlog_size;
  ListenerLimits limits = listener_limits(*own, listener.name);
  listening.max_connections = limits.max_connections;
  listening.max_connection_creation_rate = limits.max_connection_creation_rate;
  listening.send_buffer_bytes = own->socket_send_buffer_bytes;
  listening.receive_buffer_bytes = own->socket_receive_buffer_bytes;
  if (tls == nullptr) return listening;
  auto mapper = security::PrincipalMapper::parse(own->ssl_principal_mapping_rules);
  if (!mapper) return mapper.error();
  auto shared = std::make_shared<security::PrincipalMapper>(std::move(*mapper));
  listening.tls.context = [tls] { return tls->server()->shared(); };
  listening.tls.principal = [shared](ssl_st* session) {
    return security::peer_principal(session, *shared);
  };
  return listening;
}

base::Result<network::SocketServerOptions> socket_options(const config::BrokerConfig& config,
                                                          const config::Listeners& listeners,
                                                          const TlsByListener& tls,
                                                          protocol::BrokerId broker_id) {
  network::SocketServerOptions options;
  options.broker_id = broker_id;
  options.io_threads = config.num_io_threads;
  options.queued_max_requests = config.queued_max_requests;
  options.queued_max_request_bytes = config.queued_max_request_bytes;
  options.request_max_bytes = config.socket_request_max_bytes;
  options.connections_max_idle_ms = config.connections_max_idle_ms;
  options.limits = connection_limits(config);
  for (const config::Listener& listener : listeners.bound) {
    auto own_tls = tls.find(listener.name);
    auto listening = listener_options(config, listeners, listener,
                                      own_tls == tls.end() ? nullptr : own_tls->second.get());
    if (!listening) return listening.error();
    options.listeners.push_back(std::move(*listening));
  }
  return options;
}

std::vector<zk::BrokerEndpoint> endpoints_of(const config::Listeners& listeners) {
  std::vector<zk::BrokerEndpoint> endpoints;
  for (const config::Listener& listener : listeners.advertised) {
    endpoints.push_back(
        {.listener = listener.name,
         .security_protocol = std::string(config::security_protocol_name(listener.protocol)),
         .host = listener.host,
         .port = listener.port});
  }
  return endpoints;
}

zk::BrokerRegistration registration_of(const config::BrokerConfig& config,
                                       const config::Listeners& listeners,
                                       protocol::BrokerId broker_id, std::int64_t now_ms) {
  zk::BrokerRegistration registration;
  registration.broker_id = broker_id;
  registration.endpoints = endpoints_of(listeners);
  if (!config.broker_rack.empty()) registration.rack = config.broker_rack;
  registration.timestamp_ms = now_ms;
  return registration;
}

std::int32_t registration_version(const config::BrokerConfig& config) {
  return config::broker_znode_version(protocol_of(config));
}

}  // namespace odradek::broker
