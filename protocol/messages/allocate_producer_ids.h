// AllocateProducerIds (key 67): a broker gets a block of producer ids from the controller.
#pragma once

#include <cstdint>

#include "protocol/errors.h"
#include "protocol/types.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct AllocateProducerIdsResponse;

struct AllocateProducerIdsRequest {
  using Response = AllocateProducerIdsResponse;
  static constexpr Api kApi{.key = ApiKey::kAllocateProducerIds,
                            .name = "AllocateProducerIds",
                            .min = 0,
                            .max = 0,
                            .flexible = 0};

  BrokerId broker_id = 0;
  std::int64_t broker_epoch = -1;  // czxid of the broker znode; -1: unknown

  static void describe(auto& field, auto& m) {
    field("broker_id", m.broker_id);
    field("broker_epoch", m.broker_epoch);
  }
};
extern template struct Codec<AllocateProducerIdsRequest>;

struct AllocateProducerIdsResponse {
  static constexpr Api kApi = AllocateProducerIdsRequest::kApi;

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::int64_t producer_id_start = 0;
  std::int32_t producer_id_len = 0;  // how many ids, from producer_id_start

  static void describe(auto& field, auto& m) {
    field("throttle_time_ms", m.throttle_time_ms);
    field("error_code", m.error_code);
    field("producer_id_start", m.producer_id_start);
    field("producer_id_len", m.producer_id_len);
  }
};
extern template struct Codec<AllocateProducerIdsResponse>;

}  // namespace odradek::protocol
