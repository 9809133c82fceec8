// CreateDelegationToken (key 38): create a token that lets its holder act as its owner.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "protocol/errors.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct CreateDelegationTokenResponse;

struct CreateDelegationTokenRequest {
  using Response = CreateDelegationTokenResponse;
  static constexpr Api kApi{.key = ApiKey::kCreateDelegationToken,
                            .name = "CreateDelegationToken",
                            .min = 0,
                            .max = 3,
                            .flexible = 2};

  struct Renewer {
    std::string principal_type;
    std::string principal_name;

    static void describe(auto& field, auto& m) {
      field("principal_type", m.principal_type);
      field("principal_name", m.principal_name);
    }
  };

  std::optional<std::string> owner_principal_type{""};
  std::optional<std::string> owner_principal_name{""};
  std::vector<Renewer> renewers;
  std::int64_t max_lifetime_ms = 0;  // -1: the broker's own

  static void describe(auto& field, auto& m) {
    field("owner_principal_type", m.owner_principal_type, {.since = 3, .nullable = 3});
    field("owner_principal_name", m.owner_principal_name, {.since = 3, .nullable = 3});
    field("renewers", m.renewers);
    field("max_lifetime_ms", m.max_lifetime_ms);
  }
};
extern template struct Codec<CreateDelegationTokenRequest>;

struct CreateDelegationTokenResponse {
  static constexpr Api kApi = CreateDelegationTokenRequest::kApi;

  ErrorCode error_code = ErrorCode::kNone;
  std::string principal_type;
  std::string principal_name;
  std::string token_requester_principal_type;
  std::string token_requester_principal_name;
  std::int64_t issue_timestamp_ms = 0;
  std::int64_t expiry_timestamp_ms = 0;
  std::int64_t max_timestamp_ms = 0;
  std::string token_id;
  base::Bytes hmac;
  std::int32_t throttle_time_ms = 0;

  static void describe(auto& field, auto& m) {
    field("error_code", m.error_code);
    field("principal_type", m.principal_type);
    field("principal_name", m.principal_name);
    field("token_requester_principal_type", m.token_requester_principal_type, {.since = 3});
    field("token_requester_principal_name", m.token_requester_principal_name, {.since = 3});
    field("issue_timestamp_ms", m.issue_timestamp_ms);
    field("expiry_timestamp_ms", m.expiry_timestamp_ms);
    field("max_timestamp_ms", m.max_timestamp_ms);
    field("token_id", m.token_id);
    field("hmac", m.hmac);
    field("throttle_time_ms", m.throttle_time_ms);
  }
};
extern template struct Codec<CreateDelegationTokenResponse>;

}  // namespace odradek::protocol
