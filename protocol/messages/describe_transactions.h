// DescribeTransactions (key 65): the state of transactions by transactional id.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "protocol/errors.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct DescribeTransactionsResponse;

struct DescribeTransactionsRequest {
  using Response = DescribeTransactionsResponse;
  static constexpr Api kApi{.key = ApiKey::kDescribeTransactions,
                            .name = "DescribeTransactions",
                            .min = 0,
                            .max = 0,
                            .flexible = 0};

  std::vector<std::string> transactional_ids;

  static void describe(auto& field, auto& m) { field("transactional_ids", m.transactional_ids); }
};
extern template struct Codec<DescribeTransactionsRequest>;

struct DescribeTransactionsResponse {
  static constexpr Api kApi = DescribeTransactionsRequest::kApi;

  struct Topic {
    std::string topic;
    std::vector<std::int32_t> partitions;

    static void describe(auto& field, auto& m) {
      field("topic", m.topic);
      field("partitions", m.partitions);
    }
  };

  struct Transaction {
    ErrorCode error_code = ErrorCode::kNone;
    std::string transactional_id;
    std::string transaction_state;
    std::int32_t transaction_timeout_ms = 0;
    std::int64_t transaction_start_time_ms = 0;  // -1: none open
    std::int64_t producer_id = 0;
    std::int16_t producer_epoch = 0;
    std::vector<Topic> topics;

    static void describe(auto& field, auto& m) {
      field("error_code", m.error_code);
      field("transactional_id", m.transactional_id);
      field("transaction_state", m.transaction_state);
      field("transaction_timeout_ms", m.transaction_timeout_ms);
      field("transaction_start_time_ms", m.transaction_start_time_ms);
      field("producer_id", m.producer_id);
      field("producer_epoch", m.producer_epoch);
      field("topics", m.topics);
    }
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<Transaction> transaction_states;

  static void describe(auto& field, auto& m) {
    field("throttle_time_ms", m.throttle_time_ms);
    field("transaction_states", m.transaction_states);
  }
};
extern template struct Codec<DescribeTransactionsResponse>;

}  // namespace odradek::protocol
