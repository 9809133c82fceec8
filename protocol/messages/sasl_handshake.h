// SaslHandshake (key 17): a client chooses the SASL mechanism that it will authenticate with.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "protocol/errors.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct SaslHandshakeResponse;

struct SaslHandshakeRequest {
  using Response = SaslHandshakeResponse;
  static constexpr Api kApi{
      .key = ApiKey::kSaslHandshake, .name = "SaslHandshake", .min = 0, .max = 1};

  std::string mechanism;

  static void describe(auto& field, auto& m) { field("mechanism", m.mechanism); }
};
extern template struct Codec<SaslHandshakeRequest>;

struct SaslHandshakeResponse {
  static constexpr Api kApi = SaslHandshakeRequest::kApi;

  ErrorCode error_code = ErrorCode::kNone;
  std::vector<std::string> mechanisms;

  static void describe(auto& field, auto& m) {
    field("error_code", m.error_code);
    field("mechanisms", m.mechanisms);
  }
};
extern template struct Codec<SaslHandshakeResponse>;

}  // namespace odradek::protocol
