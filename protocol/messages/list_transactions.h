// ListTransactions (key 66): every transaction that this broker coordinates.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "protocol/errors.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct ListTransactionsResponse;

struct ListTransactionsRequest {
  using Response = ListTransactionsResponse;
  static constexpr Api kApi{.key = ApiKey::kListTransactions,
                            .name = "ListTransactions",
                            .min = 0,
                            .max = 1,
                            .flexible = 0};

  std::vector<std::string> state_filters;         // empty: all
  std::vector<std::int64_t> producer_id_filters;  // empty: all
  std::int64_t duration_filter = -1;              // ms a transaction runs at least; negative: any

  static void describe(auto& field, auto& m) {
    field("state_filters", m.state_filters);
    field("producer_id_filters", m.producer_id_filters);
    field("duration_filter", m.duration_filter, {.since = 1});
  }
};
extern template struct Codec<ListTransactionsRequest>;

struct ListTransactionsResponse {
  static constexpr Api kApi = ListTransactionsRequest::kApi;

  struct Transaction {
    std::string transactional_id;
    std::int64_t producer_id = 0;
    std::string transaction_state;

    static void describe(auto& field, auto& m) {
      field("transactional_id", m.transactional_id);
      field("producer_id", m.producer_id);
      field("transaction_state", m.transaction_state);
    }
  };

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::vector<std::string> unknown_state_filters;
  std::vector<Transaction> transaction_states;

  static void describe(auto& field, auto& m) {
    field("throttle_time_ms", m.throttle_time_ms);
    field("error_code", m.error_code);
    field("unknown_state_filters", m.unknown_state_filters);
    field("transaction_states", m.transaction_states);
  }
};
extern template struct Codec<ListTransactionsResponse>;

}  // namespace odradek::protocol
