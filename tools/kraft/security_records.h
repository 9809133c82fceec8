// Records of __cluster_metadata about ACLs, delegation tokens and SCRAM credentials.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/uuid.h"
#include "protocol/wire/api.h"

namespace odradek::tools {

struct DelegationTokenRecord {
  static constexpr std::int16_t kType = 10;
  static constexpr protocol::Api kApi{.name = "DelegationTokenRecord", .max = 0, .flexible = 0};

  std::string owner;
  std::string requester;
  std::vector<std::string> renewers;
  std::int64_t issue_timestamp = 0;
  std::int64_t max_timestamp = 0;
  std::int64_t expiration_timestamp = 0;
  std::string token_id;

  static void describe(auto& field, auto& m) {
    field("owner", m.owner);
    field("requester", m.requester);
    field("renewers", m.renewers);
    field("issue_timestamp", m.issue_timestamp);
    field("max_timestamp", m.max_timestamp);
    field("expiration_timestamp", m.expiration_timestamp);
    field("token_id", m.token_id);
  }
};

struct UserScramCredentialRecord {
  static constexpr std::int16_t kType = 11;
  static constexpr protocol::Api kApi{.name = "UserScramCredentialRecord", .max = 0, .flexible = 0};

  std::string name;
  std::int8_t mechanism = 0;
  base::Bytes salt;
  base::Bytes stored_key;
  base::Bytes server_key;
  std::int32_t iterations = 0;

  static void describe(auto& field, auto& m) {
    field("name", m.name);
    field("mechanism", m.mechanism);
    field("salt", m.salt);
    field("stored_key", m.stored_key);
    field("server_key", m.server_key);
    field("iterations", m.iterations);
  }
};

struct AccessControlEntryRecord {
  static constexpr std::int16_t kType = 18;
  static constexpr protocol::Api kApi{.name = "AccessControlEntryRecord", .max = 0, .flexible = 0};

  base::Uuid id;
  std::int8_t resource_type = 0;
  std::string resource_name;
  std::int8_t pattern_type = 0;
  std::string principal;
  std::string host;
  std::int8_t operation = 0;
  std::int8_t permission_type = 0;

  static void describe(auto& field, auto& m) {
    field("id", m.id);
    field("resource_type", m.resource_type);
    field("resource_name", m.resource_name);
    field("pattern_type", m.pattern_type);
    field("principal", m.principal);
    field("host", m.host);
    field("operation", m.operation);
    field("permission_type", m.permission_type);
  }
};

struct RemoveAccessControlEntryRecord {
  static constexpr std::int16_t kType = 19;
  static constexpr protocol::Api kApi{
      .name = "RemoveAccessControlEntryRecord", .max = 0, .flexible = 0};

  base::Uuid id;

  static void describe(auto& field, auto& m) { field("id", m.id); }
};

struct RemoveUserScramCredentialRecord {
  static constexpr std::int16_t kType = 22;
  static constexpr protocol::Api kApi{
      .name = "RemoveUserScramCredentialRecord", .max = 0, .flexible = 0};

  std::string name;
  std::int8_t mechanism = 0;

  static void describe(auto& field, auto& m) {
    field("name", m.name);
    field("mechanism", m.mechanism);
  }
};

struct RemoveDelegationTokenRecord {
  static constexpr std::int16_t kType = 26;
  static constexpr protocol::Api kApi{
      .name = "RemoveDelegationTokenRecord", .max = 0, .flexible = 0};

  std::string token_id;

  static void describe(auto& field, auto& m) { field("token_id", m.token_id); }
};

}  // namespace odradek::tools
