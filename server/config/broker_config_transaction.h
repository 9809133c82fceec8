// Transactions and idempotent producers: a part of BrokerConfig, each member named as its key.
#pragma once

#include <cstdint>
#include <string>

namespace odradek::config {

// Defaults and meanings stand in broker_keys_transaction.cc.
struct TransactionConfig {
  std::int32_t producer_id_expiration_check_interval_ms = 0;
  std::int32_t producer_id_expiration_ms = 0;
  std::int32_t transaction_abort_timed_out_transaction_cleanup_interval_ms = 0;
  std::int32_t transaction_max_timeout_ms = 0;
  bool transaction_partition_verification_enable = false;
  std::int32_t transaction_remove_expired_transaction_cleanup_interval_ms = 0;
  std::int32_t transaction_state_log_load_buffer_size = 0;
  std::int32_t transaction_state_log_min_isr = 0;
  std::int32_t transaction_state_log_num_partitions = 0;
  std::int16_t transaction_state_log_replication_factor = 0;
  std::int32_t transaction_state_log_segment_bytes = 0;
  std::int32_t transactional_id_expiration_ms = 0;
};

}  // namespace odradek::config
