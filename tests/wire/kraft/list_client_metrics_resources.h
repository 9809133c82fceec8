// ListClientMetricsResources (key 74): the names of the client metrics subscriptions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "protocol/errors.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct ListClientMetricsResourcesResponse;

struct ListClientMetricsResourcesRequest {
  using Response = ListClientMetricsResourcesResponse;
  static constexpr Api kApi{
      .key = ApiKey{74}, .name = "ListClientMetricsResources", .min = 0, .max = 0, .flexible = 0};

  static void describe(auto&, auto&) {}
};
extern template struct Codec<ListClientMetricsResourcesRequest>;

struct ListClientMetricsResourcesResponse {
  static constexpr Api kApi = ListClientMetricsResourcesRequest::kApi;

  struct Resource {
    std::string name;

    static void describe(auto& field, auto& m) { field("name", m.name); }
  };

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::vector<Resource> client_metrics_resources;

  static void describe(auto& field, auto& m) {
    field("throttle_time_ms", m.throttle_time_ms);
    field("error_code", m.error_code);
    field("client_metrics_resources", m.client_metrics_resources);
  }
};
extern template struct Codec<ListClientMetricsResourcesResponse>;

}  // namespace odradek::protocol
