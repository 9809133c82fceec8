// Envelope (key 58): a request that a broker forwards in its client's name.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "base/bytes.h"
#include "protocol/errors.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

// The principal of the first client, in the envelope's request_principal.
struct DefaultPrincipalData {
  static constexpr Api kApi{.name = "DefaultPrincipalData", .min = 0, .max = 0, .flexible = 0};

  std::string type;
  std::string name;
  bool token_authenticated = false;

  static void describe(auto& field, auto& m) {
    field("type", m.type);
    field("name", m.name);
    field("token_authenticated", m.token_authenticated);
  }
};
extern template struct Codec<DefaultPrincipalData>;

struct EnvelopeResponse;

struct EnvelopeRequest {
  using Response = EnvelopeResponse;
  static constexpr Api kApi{
      .key = ApiKey::kEnvelope, .name = "Envelope", .min = 0, .max = 0, .flexible = 0};

  base::Bytes request_data;
  std::optional<base::Bytes> request_principal{std::in_place};
  base::Bytes client_host_address;

  static void describe(auto& field, auto& m) {
    field("request_data", m.request_data);
    field("request_principal", m.request_principal, {.nullable = 0});
    field("client_host_address", m.client_host_address);
  }
};
extern template struct Codec<EnvelopeRequest>;

struct EnvelopeResponse {
  static constexpr Api kApi = EnvelopeRequest::kApi;

  std::optional<base::Bytes> response_data;
  ErrorCode error_code = ErrorCode::kNone;

  static void describe(auto& field, auto& m) {
    field("response_data", m.response_data, {.nullable = 0});
    field("error_code", m.error_code);
  }
};
extern template struct Codec<EnvelopeResponse>;

}  // namespace odradek::protocol
