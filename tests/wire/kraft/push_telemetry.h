// PushTelemetry (key 72): a client hands its metrics in.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/uuid.h"
#include "protocol/errors.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct PushTelemetryResponse;

struct PushTelemetryRequest {
  using Response = PushTelemetryResponse;
  static constexpr Api kApi{
      .key = ApiKey{72}, .name = "PushTelemetry", .min = 0, .max = 0, .flexible = 0};

  base::Uuid client_instance_id;
  std::int32_t subscription_id = 0;
  bool terminating = false;
  std::int8_t compression_type = 0;
  base::Bytes metrics;

  static void describe(auto& field, auto& m) {
    field("client_instance_id", m.client_instance_id);
    field("subscription_id", m.subscription_id);
    field("terminating", m.terminating);
    field("compression_type", m.compression_type);
    field("metrics", m.metrics);
  }
};
extern template struct Codec<PushTelemetryRequest>;

struct PushTelemetryResponse {
  static constexpr Api kApi = PushTelemetryRequest::kApi;

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;

  static void describe(auto& field, auto& m) {
    field("throttle_time_ms", m.throttle_time_ms);
    field("error_code", m.error_code);
  }
};
extern template struct Codec<PushTelemetryResponse>;

}  // namespace odradek::protocol
