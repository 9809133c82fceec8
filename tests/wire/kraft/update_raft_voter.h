// UpdateRaftVoter (key 82): a voter of a KRaft quorum has moved or changed.
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

struct UpdateRaftVoterResponse;

struct UpdateRaftVoterRequest {
  using Response = UpdateRaftVoterResponse;
  static constexpr Api kApi{
      .key = ApiKey{82}, .name = "UpdateRaftVoter", .min = 0, .max = 0, .flexible = 0};

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

  struct KRaftVersionFeature {
    std::int16_t min_supported_version = 0;
    std::int16_t max_supported_version = 0;

    static void describe(auto& field, auto& m) {
      field("min_supported_version", m.min_supported_version);
      field("max_supported_version", m.max_supported_version);
    }
  };

  std::optional<std::string> cluster_id{""};
  std::int32_t current_leader_epoch = 0;
  BrokerId voter_id = 0;
  base::Uuid voter_directory_id;
  std::vector<Listener> listeners;
  KRaftVersionFeature k_raft_version_feature;

  static void describe(auto& field, auto& m) {
    field("cluster_id", m.cluster_id, {.nullable = 0});
    field("current_leader_epoch", m.current_leader_epoch);
    field("voter_id", m.voter_id);
    field("voter_directory_id", m.voter_directory_id);
    field("listeners", m.listeners);
    field("k_raft_version_feature", m.k_raft_version_feature);
  }
};
extern template struct Codec<UpdateRaftVoterRequest>;

struct UpdateRaftVoterResponse {
  static constexpr Api kApi = UpdateRaftVoterRequest::kApi;

  struct Leader {
    BrokerId leader_id = kNoBroker;
    std::int32_t leader_epoch = -1;
    std::string host;
    std::int32_t port = 0;

    static void describe(auto& field, auto& m) {
      field("leader_id", m.leader_id);
      field("leader_epoch", m.leader_epoch);
      field("host", m.host);
      field("port", m.port);
    }
    bool operator==(const Leader&) const = default;
  };

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  Leader current_leader;

  static void describe(auto& field, auto& m) {
    field("throttle_time_ms", m.throttle_time_ms);
    field("error_code", m.error_code);
    field("current_leader", m.current_leader, {.tag = 0});
  }
};
extern template struct Codec<UpdateRaftVoterResponse>;

}  // namespace odradek::protocol
