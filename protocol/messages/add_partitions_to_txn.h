// AddPartitionsToTxn (key 24): add partitions to a transaction, or verify that they are in it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "protocol/errors.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct AddPartitionsToTxnResponse;

struct AddPartitionsToTxnRequest {
  using Response = AddPartitionsToTxnResponse;
  static constexpr Api kApi{.key = ApiKey::kAddPartitionsToTxn,
                            .name = "AddPartitionsToTxn",
                            .min = 0,
                            .max = 5,
                            .flexible = 3};

  struct Topic {
    std::string name;
    std::vector<std::int32_t> partitions;

    static void describe(auto& field, auto& m) {
      field("name", m.name);
      field("partitions", m.partitions);
    }
  };

  struct Transaction {
    std::string transactional_id;
    std::int64_t producer_id = 0;
    std::int16_t producer_epoch = 0;
    bool verify_only = false;  // asked by a leader before it appends
    std::vector<Topic> topics;

    static void describe(auto& field, auto& m) {
      field("transactional_id", m.transactional_id);
      field("producer_id", m.producer_id);
      field("producer_epoch", m.producer_epoch);
      field("verify_only", m.verify_only);
      field("topics", m.topics);
    }
  };

  std::vector<Transaction> transactions;
  std::string v3_and_below_transactional_id;
  std::int64_t v3_and_below_producer_id = 0;
  std::int16_t v3_and_below_producer_epoch = 0;
  std::vector<Topic> v3_and_below_topics;

  static void describe(auto& field, auto& m) {
    field("transactions", m.transactions, {.since = 4});
    field("v3_and_below_transactional_id", m.v3_and_below_transactional_id, {.until = 3});
    field("v3_and_below_producer_id", m.v3_and_below_producer_id, {.until = 3});
    field("v3_and_below_producer_epoch", m.v3_and_below_producer_epoch, {.until = 3});
    field("v3_and_below_topics", m.v3_and_below_topics, {.until = 3});
  }
};
extern template struct Codec<AddPartitionsToTxnRequest>;

struct AddPartitionsToTxnResponse {
  static constexpr Api kApi = AddPartitionsToTxnRequest::kApi;

  struct Partition {
    std::int32_t partition_index = 0;
    ErrorCode partition_error_code = ErrorCode::kNone;

    static void describe(auto& field, auto& m) {
      field("partition_index", m.partition_index);
      field("partition_error_code", m.partition_error_code);
    }
  };

  struct Topic {
    std::string name;
    std::vector<Partition> results_by_partition;

    static void describe(auto& field, auto& m) {
      field("name", m.name);
      field("results_by_partition", m.results_by_partition);
    }
  };

  struct TransactionResult {
    std::string transactional_id;
    std::vector<Topic> topic_results;

    static void describe(auto& field, auto& m) {
      field("transactional_id", m.transactional_id);
      field("topic_results", m.topic_results);
    }
  };

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::vector<TransactionResult> results_by_transaction;
  std::vector<Topic> results_by_topic_v3_and_below;

  static void describe(auto& field, auto& m) {
    field("throttle_time_ms", m.throttle_time_ms);
    field("error_code", m.error_code, {.since = 4});
    field("results_by_transaction", m.results_by_transaction, {.since = 4});
    field("results_by_topic_v3_and_below", m.results_by_topic_v3_and_below, {.until = 3});
  }
};
extern template struct Codec<AddPartitionsToTxnResponse>;

}  // namespace odradek::protocol
