// BrokerHeartbeat (key 63): a broker of a KRaft cluster says that it lives.
#pragma once

#include <cstdint>
#include <vector>

#include "base/uuid.h"
#include "protocol/errors.h"
#include "protocol/types.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct BrokerHeartbeatResponse;

struct BrokerHeartbeatRequest {
  using Response = BrokerHeartbeatResponse;
  static constexpr Api kApi{
      .key = ApiKey{63}, .name = "BrokerHeartbeat", .min = 0, .max = 1, .flexible = 0};

  BrokerId broker_id = 0;
  std::int64_t broker_epoch = -1;
  std::int64_t current_metadata_offset = 0;
  bool want_fence = false;
  bool want_shut_down = false;
  std::vector<base::Uuid> offline_log_dirs;

  static void describe(auto& field, auto& m) {
    field("broker_id", m.broker_id);
    field("broker_epoch", m.broker_epoch);
    field("current_metadata_offset", m.current_metadata_offset);
    field("want_fence", m.want_fence);
    field("want_shut_down", m.want_shut_down);
    field("offline_log_dirs", m.offline_log_dirs, {.since = 1, .tag = 0});
  }
};
extern template struct Codec<BrokerHeartbeatRequest>;

struct BrokerHeartbeatResponse {
  static constexpr Api kApi = BrokerHeartbeatRequest::kApi;

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  bool is_caught_up = false;
  bool is_fenced = true;
  bool should_shut_down = false;

  static void describe(auto& field, auto& m) {
    field("throttle_time_ms", m.throttle_time_ms);
    field("error_code", m.error_code);
    field("is_caught_up", m.is_caught_up);
    field("is_fenced", m.is_fenced);
    field("should_shut_down", m.should_shut_down);
  }
};
extern template struct Codec<BrokerHeartbeatResponse>;

}  // namespace odradek::protocol
