// DescribeDelegationToken (key 41): list delegation tokens by owner.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "protocol/errors.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct DescribeDelegationTokenResponse;

struct DescribeDelegationTokenRequest {
  using Response = DescribeDelegationTokenResponse;
  static constexpr Api kApi{.key = ApiKey::kDescribeDelegationToken,
                            .name = "DescribeDelegationToken",
                            .min = 0,
                            .max = 3,
                            .flexible = 2};

  struct Owner {
    std::string principal_type;
    std::string principal_name;

    static void describe(auto& field, auto& m) {
      field("principal_type", m.principal_type);
      field("principal_name", m.principal_name);
    }
  };

  std::optional<std::vector<Owner>> owners{std::in_place};  // null: all

  static void describe(auto& field, auto& m) { field("owners", m.owners, {.nullable = 0}); }
};
extern template struct Codec<DescribeDelegationTokenRequest>;

struct DescribeDelegationTokenResponse {
  static constexpr Api kApi = DescribeDelegationTokenRequest::kApi;

  struct Renewer {
    std::string principal_type;
    std::string principal_name;

    static void describe(auto& field, auto& m) {
      field("principal_type", m.principal_type);
      field("principal_name", m.principal_name);
    }
  };

  struct Token {
    std::string principal_type;
    std::string principal_name;
    std::string token_requester_principal_type;
    std::string token_requester_principal_name;
    std::int64_t issue_timestamp = 0;
    std::int64_t expiry_timestamp = 0;
    std::int64_t max_timestamp = 0;
    std::string token_id;
    base::Bytes hmac;
    std::vector<Renewer> renewers;

    static void describe(auto& field, auto& m) {
      field("principal_type", m.principal_type);
      field("principal_name", m.principal_name);
      field("token_requester_principal_type", m.token_requester_principal_type, {.since = 3});
      field("token_requester_principal_name", m.token_requester_principal_name, {.since = 3});
      field("issue_timestamp", m.issue_timestamp);
      field("expiry_timestamp", m.expiry_timestamp);
      field("max_timestamp", m.max_timestamp);
      field("token_id", m.token_id);
      field("hmac", m.hmac);
      field("renewers", m.renewers);
    }
  };

  ErrorCode error_code = ErrorCode::kNone;
  std::vector<Token> tokens;
  std::int32_t throttle_time_ms = 0;

  static void describe(auto& field, auto& m) {
    field("error_code", m.error_code);
    field("tokens", m.tokens);
    field("throttle_time_ms", m.throttle_time_ms);
  }
};
extern template struct Codec<DescribeDelegationTokenResponse>;

}  // namespace odradek::protocol
