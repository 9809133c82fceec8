// RemoveRaftVoter (key 81): one voter less for a KRaft quorum.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/uuid.h"
#include "protocol/errors.h"
#include "protocol/types.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct RemoveRaftVoterResponse;

struct RemoveRaftVoterRequest {
  using Response = RemoveRaftVoterResponse;
  static constexpr Api kApi{
      .key = ApiKey{81}, .name = "RemoveRaftVoter", .min = 0, .max = 0, .flexible = 0};

  std::optional<std::string> cluster_id{""};
  BrokerId voter_id = 0;
  base::Uuid voter_directory_id;

  static void describe(auto& field, auto& m) {
    field("cluster_id", m.cluster_id, {.nullable = 0});
    field("voter_id", m.voter_id);
    field("voter_directory_id", m.voter_directory_id);
  }
};
extern template struct Codec<RemoveRaftVoterRequest>;

struct RemoveRaftVoterResponse {
  static constexpr Api kApi = RemoveRaftVoterRequest::kApi;

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::optional<std::string> error_message{""};

  static void describe(auto& field, auto& m) {
    field("throttle_time_ms", m.throttle_time_ms);
    field("error_code", m.error_code);
    field("error_message", m.error_message, {.nullable = 0});
  }
};
extern template struct Codec<RemoveRaftVoterResponse>;

}  // namespace odradek::protocol
