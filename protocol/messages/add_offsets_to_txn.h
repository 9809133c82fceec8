// AddOffsetsToTxn (key 25): add a group's offsets to a transaction.
#pragma once

#include <cstdint>
#include <string>

#include "protocol/errors.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct AddOffsetsToTxnResponse;

struct AddOffsetsToTxnRequest {
  using Response = AddOffsetsToTxnResponse;
  static constexpr Api kApi{.key = ApiKey::kAddOffsetsToTxn,
                            .name = "AddOffsetsToTxn",
                            .min = 0,
                            .max = 4,
                            .flexible = 3};

  std::string transactional_id;
  std::int64_t producer_id = 0;
  std::int16_t producer_epoch = 0;
  std::string group_id;

  static void describe(auto& field, auto& m) {
    field("transactional_id", m.transactional_id);
    field("producer_id", m.producer_id);
    field("producer_epoch", m.producer_epoch);
    field("group_id", m.group_id);
  }
};
extern template struct Codec<AddOffsetsToTxnRequest>;

struct AddOffsetsToTxnResponse {
  static constexpr Api kApi = AddOffsetsToTxnRequest::kApi;

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;

  static void describe(auto& field, auto& m) {
    field("throttle_time_ms", m.throttle_time_ms);
    field("error_code", m.error_code);
  }
};
extern template struct Codec<AddOffsetsToTxnResponse>;

}  // namespace odradek::protocol
