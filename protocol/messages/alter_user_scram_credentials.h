// AlterUserScramCredentials (key 51): set or remove SCRAM credentials of users.
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

struct AlterUserScramCredentialsResponse;

struct AlterUserScramCredentialsRequest {
  using Response = AlterUserScramCredentialsResponse;
  static constexpr Api kApi{.key = ApiKey::kAlterUserScramCredentials,
                            .name = "AlterUserScramCredentials",
                            .min = 0,
                            .max = 0,
                            .flexible = 0};

  struct Deletion {
    std::string name;
    std::int8_t mechanism = 0;  // 1: SCRAM-SHA-256; 2: SCRAM-SHA-512

    static void describe(auto& field, auto& m) {
      field("name", m.name);
      field("mechanism", m.mechanism);
    }
  };

  struct Upsertion {
    std::string name;
    std::int8_t mechanism = 0;  // 1: SCRAM-SHA-256; 2: SCRAM-SHA-512
    std::int32_t iterations = 0;
    base::Bytes salt;
    base::Bytes salted_password;

    static void describe(auto& field, auto& m) {
      field("name", m.name);
      field("mechanism", m.mechanism);
      field("iterations", m.iterations);
      field("salt", m.salt);
      field("salted_password", m.salted_password);
    }
  };

  std::vector<Deletion> deletions;
  std::vector<Upsertion> upsertions;

  static void describe(auto& field, auto& m) {
    field("deletions", m.deletions);
    field("upsertions", m.upsertions);
  }
};
extern template struct Codec<AlterUserScramCredentialsRequest>;

struct AlterUserScramCredentialsResponse {
  static constexpr Api kApi = AlterUserScramCredentialsRequest::kApi;

  struct User {
    std::string user;
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string> error_message;

    static void describe(auto& field, auto& m) {
      field("user", m.user);
      field("error_code", m.error_code);
      field("error_message", m.error_message, {.nullable = 0});
    }
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<User> results;

  static void describe(auto& field, auto& m) {
    field("throttle_time_ms", m.throttle_time_ms);
    field("results", m.results);
  }
};
extern template struct Codec<AlterUserScramCredentialsResponse>;

}  // namespace odradek::protocol
