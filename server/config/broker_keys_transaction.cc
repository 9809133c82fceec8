#include "server/config/broker_keys.h"

namespace odradek::config {
namespace {

constexpr ConfigKey<BrokerConfig> kKeys[] = {
    {"producer.id.expiration.check.interval.ms",
     &TransactionConfig::producer_id_expiration_check_interval_ms, "600000", at_least(1),
     Scope::kReadOnly, Importance::kLow,
     "How often forgotten producers are looked for, in milliseconds.", Standing::kInternal},
    {"producer.id.expiration.ms", &TransactionConfig::producer_id_expiration_ms, "86400000",
     at_least(1), Scope::kClusterWide, Importance::kLow,
     "How long the state of an idle producer is kept, in milliseconds; at least the delivery "
     "timeout of clients."},
    {"transaction.abort.timed.out.transaction.cleanup.interval.ms",
     &TransactionConfig::transaction_abort_timed_out_transaction_cleanup_interval_ms, "10000",
     at_least(1), Scope::kReadOnly, Importance::kLow,
     "How often transactions that timed out are looked for and aborted, in milliseconds."},
    {"transaction.max.timeout.ms", &TransactionConfig::transaction_max_timeout_ms, "900000",
     at_least(1), Scope::kReadOnly, Importance::kHigh,
     "The longest transaction timeout a producer may ask for, in milliseconds."},
    {"transaction.partition.verification.enable",
     &TransactionConfig::transaction_partition_verification_enable, "true", kAnyValue,
     Scope::kClusterWide, Importance::kLow,
     "Whether a partition asks the coordinator if a transaction is really open before it takes its "
     "records.",
     Standing::kNotBuilt},
    {"transaction.remove.expired.transaction.cleanup.interval.ms",
     &TransactionConfig::transaction_remove_expired_transaction_cleanup_interval_ms, "3600000",
     at_least(1), Scope::kReadOnly, Importance::kLow,
     "How often expired transactional ids are looked for, in milliseconds."},
    {"transaction.state.log.load.buffer.size",
     &TransactionConfig::transaction_state_log_load_buffer_size, "5242880", at_least(1),
     Scope::kReadOnly, Importance::kHigh, "Bytes read at a time when transactions are loaded."},
    {"transaction.state.log.min.isr", &TransactionConfig::transaction_state_log_min_isr, "2",
     at_least(1), Scope::kReadOnly, Importance::kHigh,
     "min.insync.replicas of __transaction_state."},
    {"transaction.state.log.num.partitions",
     &TransactionConfig::transaction_state_log_num_partitions, "50", at_least(1), Scope::kReadOnly,
     Importance::kHigh,
     "Partitions of __transaction_state. Must never change once the topic exists."},
    {"transaction.state.log.replication.factor",
     &TransactionConfig::transaction_state_log_replication_factor, "3", at_least(1),
     Scope::kReadOnly, Importance::kHigh,
     "Replicas of __transaction_state. It is not created before that many brokers are there."},
    {"transaction.state.log.segment.bytes", &TransactionConfig::transaction_state_log_segment_bytes,
     "104857600", at_least(1), Scope::kReadOnly, Importance::kHigh,
     "Segment size of __transaction_state; small ones load faster."},
    {"transactional.id.expiration.ms", &TransactionConfig::transactional_id_expiration_ms,
     "604800000", at_least(1), Scope::kReadOnly, Importance::kHigh,
     "How long an idle transactional id is remembered, in milliseconds."},
};

}  // namespace

std::span<const ConfigKey<BrokerConfig>> transaction_keys() { return kKeys; }

}  // namespace odradek::config
