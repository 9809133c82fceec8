// DescribeUserScramCredentials (key 50): which SCRAM credentials users have, without the secrets.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocol/errors.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct DescribeUserScramCredentialsResponse;

struct DescribeUserScramCredentialsRequest {
  using Response = DescribeUserScramCredentialsResponse;
  static constexpr Api kApi{.key = ApiKey::kDescribeUserScramCredentials,
                            .name = "DescribeUserScramCredentials",
                            .min = 0,
                            .max = 0,
                            .flexible = 0};

  struct User {
    std::string name;

    static void describe(auto& field, auto& m) { field("name", m.name); }
  };

  std::optional<std::vector<User>> users{std::in_place};  // null or empty: all

  static void describe(auto& field, auto& m) { field("users", m.users, {.nullable = 0}); }
};
extern template struct Codec<DescribeUserScramCredentialsRequest>;

struct DescribeUserScramCredentialsResponse {
  static constexpr Api kApi = DescribeUserScramCredentialsRequest::kApi;

  struct Credential {
    std::int8_t mechanism = 0;  // 1: SCRAM-SHA-256; 2: SCRAM-SHA-512
    std::int32_t iterations = 0;

    static void describe(auto& field, auto& m) {
      field("mechanism", m.mechanism);
      field("iterations", m.iterations);
    }
  };

  struct User {
    std::string user;
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string> error_message;
    std::vector<Credential> credential_infos;

    static void describe(auto& field, auto& m) {
      field("user", m.user);
      field("error_code", m.error_code);
      field("error_message", m.error_message, {.nullable = 0});
      field("credential_infos", m.credential_infos);
    }
  };

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::optional<std::string> error_message;
  std::vector<User> results;

  static void describe(auto& field, auto& m) {
    field("throttle_time_ms", m.throttle_time_ms);
    field("error_code", m.error_code);
    field("error_message", m.error_message, {.nullable = 0});
    field("results", m.results);
  }
};
extern template struct Codec<DescribeUserScramCredentialsResponse>;

}  // namespace odradek::protocol
