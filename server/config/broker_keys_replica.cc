#include "server/config/broker_keys.h"

namespace odradek::config {
namespace {

constexpr ConfigKey<BrokerConfig> kKeys[] = {
    {"auto.leader.rebalance.enable", &ReplicaConfig::auto_leader_rebalance_enable, "true",
     kAnyValue, Scope::kReadOnly, Importance::kHigh,
     "Whether the controller gives leadership back to preferred replicas by itself."},
    {"controller.socket.timeout.ms", &ReplicaConfig::controller_socket_timeout_ms, "30000",
     kAnyValue, Scope::kReadOnly, Importance::kMedium,
     "How long the controller waits for a broker's answer, in milliseconds."},
    {"default.replication.factor", &ReplicaConfig::default_replication_factor, "1", kAnyValue,
     Scope::kReadOnly, Importance::kMedium,
     "Replicas of a topic whose creator does not say, automatic creation included."},
    {"delete.records.purgatory.purge.interval.requests",
     &ReplicaConfig::delete_records_purgatory_purge_interval_requests, "1", kAnyValue,
     Scope::kReadOnly, Importance::kMedium,
     "How many finished DeleteRecords requests may wait to be swept out."},
    {"fetch.purgatory.purge.interval.requests",
     &ReplicaConfig::fetch_purgatory_purge_interval_requests, "1000", kAnyValue, Scope::kReadOnly,
     Importance::kMedium, "How many finished fetch requests may wait to be swept out."},
    {"inter.broker.listener.name", &ReplicaConfig::inter_broker_listener_name, nullptr, kAnyValue,
     Scope::kReadOnly, Importance::kMedium,
     "The listener that brokers use between themselves. Instead of security.inter.broker.protocol, "
     "never with it."},
    {"inter.broker.protocol.version", &ReplicaConfig::inter_broker_protocol_version, "3.9-IV0",
     kBrokerVersionText, Scope::kReadOnly, Importance::kMedium,
     "The release whose protocol brokers speak to each other. Raise it once every broker of the "
     "cluster runs the new release."},
    {"leader.imbalance.check.interval.seconds",
     &ReplicaConfig::leader_imbalance_check_interval_seconds, "300", at_least(1), Scope::kReadOnly,
     Importance::kHigh,
     "How often the controller looks for leaders that are not preferred, in seconds."},
    {"leader.imbalance.per.broker.percentage",
     &ReplicaConfig::leader_imbalance_per_broker_percentage, "10", kAnyValue, Scope::kReadOnly,
     Importance::kHigh,
     "How many percent of a broker's leaderships may be elsewhere before the controller moves them "
     "back."},
    {"lone.leader.flush.enable", &ReplicaConfig::lone_leader_flush_enable, "true", kAnyValue,
     Scope::kReadOnly, Importance::kMedium,
     "Whether a leader that is the only replica in sync of several has records on its disk before "
     "consumers see them and before acks=all is answered. Only this broker knows the key."},
    {"num.replica.fetchers", &ReplicaConfig::num_replica_fetchers, "1", kAnyValue,
     Scope::kClusterWide, Importance::kHigh, "Threads that copy from each source broker."},
    {"producer.purgatory.purge.interval.requests",
     &ReplicaConfig::producer_purgatory_purge_interval_requests, "1000", kAnyValue,
     Scope::kReadOnly, Importance::kMedium,
     "How many finished produce requests may wait to be swept out."},
    {"replica.fetch.backoff.ms", &ReplicaConfig::replica_fetch_backoff_ms, "1000", at_least(0),
     Scope::kReadOnly, Importance::kMedium,
     "Pause of a partition after a failed fetch, in milliseconds."},
    {"replica.fetch.max.bytes", &ReplicaConfig::replica_fetch_max_bytes, "1048576", at_least(0),
     Scope::kReadOnly, Importance::kMedium,
     "Bytes a follower asks for per partition; the first batch comes whole even when larger."},
    {"replica.fetch.min.bytes", &ReplicaConfig::replica_fetch_min_bytes, "1", kAnyValue,
     Scope::kReadOnly, Importance::kHigh,
     "Bytes a leader collects before it answers a follower, at most for "
     "replica.fetch.wait.max.ms."},
    {"replica.fetch.response.max.bytes", &ReplicaConfig::replica_fetch_response_max_bytes,
     "10485760", at_least(0), Scope::kReadOnly, Importance::kMedium,
     "Bytes a follower asks for in all."},
    {"replica.fetch.wait.max.ms", &ReplicaConfig::replica_fetch_wait_max_ms, "500", kAnyValue,
     Scope::kReadOnly, Importance::kHigh,
     "How long a leader may wait for replica.fetch.min.bytes. Must not exceed "
     "replica.lag.time.max.ms, or replicas of quiet topics fall out of sync."},
    {"replica.high.watermark.checkpoint.interval.ms",
     &ReplicaConfig::replica_high_watermark_checkpoint_interval_ms, "5000", kAnyValue,
     Scope::kReadOnly, Importance::kHigh,
     "How often high watermarks are written to disk, in milliseconds."},
    {"replica.lag.time.max.ms", &ReplicaConfig::replica_lag_time_max_ms, "30000", kAnyValue,
     Scope::kReadOnly, Importance::kHigh,
     "A follower that has not caught up for this many milliseconds leaves the in-sync replicas."},
    {"replica.selector.class", &ReplicaConfig::replica_selector_class, nullptr, kAnyValue,
     Scope::kReadOnly, Importance::kMedium,
     "Who picks the replica a consumer reads from: "
     "org.apache.kafka.common.replica.RackAwareReplicaSelector prefers the consumer's rack; the "
     "leader when not given."},
    {"replica.socket.receive.buffer.bytes", &ReplicaConfig::replica_socket_receive_buffer_bytes,
     "65536", kAnyValue, Scope::kReadOnly, Importance::kHigh,
     "Receive buffer of a follower's socket to its leader."},
    {"replica.socket.timeout.ms", &ReplicaConfig::replica_socket_timeout_ms, "30000", kAnyValue,
     Scope::kReadOnly, Importance::kHigh,
     "How long a follower waits for its leader's answer; at least replica.fetch.wait.max.ms."},
    {"security.inter.broker.protocol", &ReplicaConfig::security_inter_broker_protocol, "PLAINTEXT",
     one_of("PLAINTEXT SSL SASL_PLAINTEXT SASL_SSL"), Scope::kReadOnly, Importance::kMedium,
     "What brokers speak between themselves. Instead of inter.broker.listener.name, never with "
     "it."},
    {"unclean.leader.election.enable", &ReplicaConfig::unclean_leader_election_enable, "false",
     kAnyValue, Scope::kClusterWide, Importance::kHigh,
     "Whether a replica that is not in sync may lead when no other is left, losing records."},
    {"unclean.restart.check.enable", &ReplicaConfig::unclean_restart_check_enable, "true",
     kAnyValue, Scope::kReadOnly, Importance::kMedium,
     "Whether this broker refuses to lead a partition whose log ends before what it had recorded "
     "as committed, as after a crash of the machine, unless unclean.leader.election.enable allows "
     "the loss. Only this broker knows the key."},
};

}  // namespace

std::span<const ConfigKey<BrokerConfig>> replica_keys() { return kKeys; }

}  // namespace odradek::config
