// InitProducerId (key 22): a producer gets its id and epoch, and fences its earlier self.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "protocol/errors.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct InitProducerIdResponse;

struct InitProducerIdRequest {
  using Response = InitProducerIdResponse;
  static constexpr Api kApi{
      .key = ApiKey::kInitProducerId, .name = "InitProducerId", .min = 0, .max = 5, .flexible = 2};

  std::optional<std::string> transactional_id{""};  // null: only idempotent
  std::int32_t transaction_timeout_ms = 0;
  std::int64_t producer_id = -1;  // -1: none yet
  std::int16_t producer_epoch = -1;

  static void describe(auto& field, auto& m) {
    field("transactional_id", m.transactional_id, {.nullable = 0});
    field("transaction_timeout_ms", m.transaction_timeout_ms);
    field("producer_id", m.producer_id, {.since = 3});
    field("producer_epoch", m.producer_epoch, {.since = 3});
  }
};
extern template struct Codec<InitProducerIdRequest>;

struct InitProducerIdResponse {
  static constexpr Api kApi = InitProducerIdRequest::kApi;

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::int64_t producer_id = -1;
  std::int16_t producer_epoch = 0;

  static void describe(auto& field, auto& m) {
    field("throttle_time_ms", m.throttle_time_ms);
    field("error_code", m.error_code);
    field("producer_id", m.producer_id);
    field("producer_epoch", m.producer_epoch);
  }
};
extern template struct Codec<InitProducerIdResponse>;

}  // namespace odradek::protocol
