// SaslAuthenticate (key 36): one step of the SASL exchange that the handshake chose.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "protocol/errors.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct SaslAuthenticateResponse;

struct SaslAuthenticateRequest {
  using Response = SaslAuthenticateResponse;
  static constexpr Api kApi{.key = ApiKey::kSaslAuthenticate,
                            .name = "SaslAuthenticate",
                            .min = 0,
                            .max = 2,
                            .flexible = 2};

  base::Bytes auth_bytes;

  static void describe(auto& field, auto& m) { field("auth_bytes", m.auth_bytes); }
};
extern template struct Codec<SaslAuthenticateRequest>;

struct SaslAuthenticateResponse {
  static constexpr Api kApi = SaslAuthenticateRequest::kApi;

  ErrorCode error_code = ErrorCode::kNone;
  std::optional<std::string> error_message;
  base::Bytes auth_bytes;
  std::int64_t session_lifetime_ms = 0;  // 0: no end

  static void describe(auto& field, auto& m) {
    field("error_code", m.error_code);
    field("error_message", m.error_message, {.nullable = 0});
    field("auth_bytes", m.auth_bytes);
    field("session_lifetime_ms", m.session_lifetime_ms, {.since = 1});
  }
};
extern template struct Codec<SaslAuthenticateResponse>;

}  // namespace odradek::protocol
