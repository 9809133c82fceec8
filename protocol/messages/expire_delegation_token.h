// ExpireDelegationToken (key 40): let a delegation token expire now or soon.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "protocol/errors.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct ExpireDelegationTokenResponse;

struct ExpireDelegationTokenRequest {
  using Response = ExpireDelegationTokenResponse;
  static constexpr Api kApi{.key = ApiKey::kExpireDelegationToken,
                            .name = "ExpireDelegationToken",
                            .min = 0,
                            .max = 2,
                            .flexible = 2};

  base::Bytes hmac;
  std::int64_t expiry_time_period_ms = 0;  // from now; negative: at once

  static void describe(auto& field, auto& m) {
    field("hmac", m.hmac);
    field("expiry_time_period_ms", m.expiry_time_period_ms);
  }
};
extern template struct Codec<ExpireDelegationTokenRequest>;

struct ExpireDelegationTokenResponse {
  static constexpr Api kApi = ExpireDelegationTokenRequest::kApi;

  ErrorCode error_code = ErrorCode::kNone;
  std::int64_t expiry_timestamp_ms = 0;
  std::int32_t throttle_time_ms = 0;

  static void describe(auto& field, auto& m) {
    field("error_code", m.error_code);
    field("expiry_timestamp_ms", m.expiry_timestamp_ms);
    field("throttle_time_ms", m.throttle_time_ms);
  }
};
extern template struct Codec<ExpireDelegationTokenResponse>;

}  // namespace odradek::protocol
