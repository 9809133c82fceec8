// GetTelemetrySubscriptions (key 71): a client asks which of its metrics the cluster wants.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/uuid.h"
#include "protocol/errors.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct GetTelemetrySubscriptionsResponse;

struct GetTelemetrySubscriptionsRequest {
  using Response = GetTelemetrySubscriptionsResponse;
  static constexpr Api kApi{
      .key = ApiKey{71}, .name = "GetTelemetrySubscriptions", .min = 0, .max = 0, .flexible = 0};

  base::Uuid client_instance_id;

  static void describe(auto& field, auto& m) { field("client_instance_id", m.client_instance_id); }
};
extern template struct Codec<GetTelemetrySubscriptionsRequest>;

struct GetTelemetrySubscriptionsResponse {
  static constexpr Api kApi = GetTelemetrySubscriptionsRequest::kApi;

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  base::Uuid client_instance_id;
  std::int32_t subscription_id = 0;
  std::vector<std::int8_t> accepted_compression_types;
  std::int32_t push_interval_ms = 0;
  std::int32_t telemetry_max_bytes = 0;
  bool delta_temporality = false;
  std::vector<std::string> requested_metrics;

  static void describe(auto& field, auto& m) {
    field("throttle_time_ms", m.throttle_time_ms);
    field("error_code", m.error_code);
    field("client_instance_id", m.client_instance_id);
    field("subscription_id", m.subscription_id);
    field("accepted_compression_types", m.accepted_compression_types);
    field("push_interval_ms", m.push_interval_ms);
    field("telemetry_max_bytes", m.telemetry_max_bytes);
    field("delta_temporality", m.delta_temporality);
    field("requested_metrics", m.requested_metrics);
  }
};
extern template struct Codec<GetTelemetrySubscriptionsResponse>;

}  // namespace odradek::protocol
