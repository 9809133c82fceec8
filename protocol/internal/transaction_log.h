// TransactionLogKey and TransactionLogValue: one transactional id in __transaction_state.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct TransactionLogKey {
  static constexpr Api kApi{.name = "TransactionLogKey", .min = 0, .max = 0};

  std::string transactional_id;

  static void describe(auto& field, auto& m) { field("transactional_id", m.transactional_id); }
};
extern template struct Codec<TransactionLogKey>;

// Version 0 is what 3.9 writes while the transaction version feature is not raised.
struct TransactionLogValue {
  static constexpr Api kApi{.name = "TransactionLogValue", .min = 0, .max = 1, .flexible = 1};

  struct Topic {
    std::string topic;
    std::vector<std::int32_t> partition_ids;

    static void describe(auto& field, auto& m) {
      field("topic", m.topic);
      field("partition_ids", m.partition_ids);
    }
  };

  std::int64_t producer_id = 0;
  std::int16_t producer_epoch = 0;
  std::int32_t transaction_timeout_ms = 0;
  std::int8_t transaction_status = 0;  // 0 empty … 7 prepare epoch fence (wire-api.md §8)
  std::optional<std::vector<Topic>> transaction_partitions{std::in_place};  // null: none
  std::int64_t transaction_last_update_timestamp_ms = 0;
  std::int64_t transaction_start_timestamp_ms = 0;  // -1: none open

  static void describe(auto& field, auto& m) {
    field("producer_id", m.producer_id);
    field("producer_epoch", m.producer_epoch);
    field("transaction_timeout_ms", m.transaction_timeout_ms);
    field("transaction_status", m.transaction_status);
    field("transaction_partitions", m.transaction_partitions, {.nullable = 0});
    field("transaction_last_update_timestamp_ms", m.transaction_last_update_timestamp_ms);
    field("transaction_start_timestamp_ms", m.transaction_start_timestamp_ms);
  }
};
extern template struct Codec<TransactionLogValue>;

}  // namespace odradek::protocol
