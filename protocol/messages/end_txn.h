// EndTxn (key 26): commit or abort a transaction.
#pragma once

#include <cstdint>
#include <string>

#include "protocol/errors.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct EndTxnResponse;

struct EndTxnRequest {
  using Response = EndTxnResponse;
  static constexpr Api kApi{
      .key = ApiKey::kEndTxn, .name = "EndTxn", .min = 0, .max = 4, .flexible = 3};

  std::string transactional_id;
  std::int64_t producer_id = 0;
  std::int16_t producer_epoch = 0;
  bool committed = false;  // false: abort

  static void describe(auto& field, auto& m) {
    field("transactional_id", m.transactional_id);
    field("producer_id", m.producer_id);
    field("producer_epoch", m.producer_epoch);
    field("committed", m.committed);
  }
};
extern template struct Codec<EndTxnRequest>;

struct EndTxnResponse {
  static constexpr Api kApi = EndTxnRequest::kApi;

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;

  static void describe(auto& field, auto& m) {
    field("throttle_time_ms", m.throttle_time_ms);
    field("error_code", m.error_code);
  }
};
extern template struct Codec<EndTxnResponse>;

}  // namespace odradek::protocol
