// UnregisterBroker (key 64): takes a broker out of a KRaft cluster for good.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "protocol/errors.h"
#include "protocol/types.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct UnregisterBrokerResponse;

struct UnregisterBrokerRequest {
  using Response = UnregisterBrokerResponse;
  static constexpr Api kApi{
      .key = ApiKey{64}, .name = "UnregisterBroker", .min = 0, .max = 0, .flexible = 0};

  BrokerId broker_id = 0;

  static void describe(auto& field, auto& m) { field("broker_id", m.broker_id); }
};
extern template struct Codec<UnregisterBrokerRequest>;

struct UnregisterBrokerResponse {
  static constexpr Api kApi = UnregisterBrokerRequest::kApi;

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::optional<std::string> error_message{""};

  static void describe(auto& field, auto& m) {
    field("throttle_time_ms", m.throttle_time_ms);
    field("error_code", m.error_code);
    field("error_message", m.error_message, {.nullable = 0});
  }
};
extern template struct Codec<UnregisterBrokerResponse>;

}  // namespace odradek::protocol
