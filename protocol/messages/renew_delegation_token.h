// RenewDelegationToken (key 39): move the expiry of a delegation token.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "protocol/errors.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct RenewDelegationTokenResponse;

struct RenewDelegationTokenRequest {
  using Response = RenewDelegationTokenResponse;
  static constexpr Api kApi{.key = ApiKey::kRenewDelegationToken,
                            .name = "RenewDelegationToken",
                            .min = 0,
                            .max = 2,
                            .flexible = 2};

  base::Bytes hmac;
  std::int64_t renew_period_ms = 0;

  static void describe(auto& field, auto& m) {
    field("hmac", m.hmac);
    field("renew_period_ms", m.renew_period_ms);
  }
};
extern template struct Codec<RenewDelegationTokenRequest>;

struct RenewDelegationTokenResponse {
  static constexpr Api kApi = RenewDelegationTokenRequest::kApi;

  ErrorCode error_code = ErrorCode::kNone;
  std::int64_t expiry_timestamp_ms = 0;
  std::int32_t throttle_time_ms = 0;

  static void describe(auto& field, auto& m) {
    field("error_code", m.error_code);
    field("expiry_timestamp_ms", m.expiry_timestamp_ms);
    field("throttle_time_ms", m.throttle_time_ms);
  }
};
extern template struct Codec<RenewDelegationTokenResponse>;

}  // namespace odradek::protocol
