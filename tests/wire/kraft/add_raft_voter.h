// AddRaftVoter (key 80): one more voter for a KRaft quorum.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/uuid.h"
#include "protocol/errors.h"
#include "protocol/types.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct AddRaftVoterResponse;

struct AddRaftVoterRequest {
  using Response = AddRaftVoterResponse;
  static constexpr Api kApi{
      .key = ApiKey{80}, .name = "AddRaftVoter", .min = 0, .max = 0, .flexible = 0};

  struct Listener {
    std::string name;
    std::string host;
    std::uint16_t port = 0;

    static void describe(auto& field, auto& m) {
      field("name", m.name);
      field("host", m.host);
      field("port", m.port);
    }
  };

  std::optional<std::string> cluster_id{""};
  std::int32_t timeout_ms = 0;
  BrokerId voter_id = 0;
  base::Uuid voter_directory_id;
  std::vector<Listener> listeners;

  static void describe(auto& field, auto& m) {
    field("cluster_id", m.cluster_id, {.nullable = 0});
    field("timeout_ms", m.timeout_ms);
    field("voter_id", m.voter_id);
    field("voter_directory_id", m.voter_directory_id);
    field("listeners", m.listeners);
  }
};
extern template struct Codec<AddRaftVoterRequest>;

struct AddRaftVoterResponse {
  static constexpr Api kApi = AddRaftVoterRequest::kApi;

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::optional<std::string> error_message{""};

  static void describe(auto& field, auto& m) {
    field("throttle_time_ms", m.throttle_time_ms);
    field("error_code", m.error_code);
    field("error_message", m.error_message, {.nullable = 0});
  }
};
extern template struct Codec<AddRaftVoterResponse>;

}  // namespace odradek::protocol
