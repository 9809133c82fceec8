// ScramCredentials: what users prove their passwords with, as ZooKeeper holds it beside their
// quotas (zookeeper.md §6.1).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "protocol/errors.h"
#include "zk/store/configs.h"

namespace odradek::admin {

// Numbered as on the wire.
enum class ScramMechanism : std::int8_t { kUnknown = 0, kSha256 = 1, kSha512 = 2 };

ScramMechanism scram_mechanism(std::int8_t number);
const char* scram_mechanism_name(ScramMechanism mechanism);  // "SCRAM-SHA-256"

struct ScramDeletion {
  std::string user;
  ScramMechanism mechanism = ScramMechanism::kUnknown;
};

struct ScramUpsertion {
  std::string user;
  ScramMechanism mechanism = ScramMechanism::kUnknown;
  std::int32_t iterations = 0;
  base::Bytes salt;
  base::Bytes salted_password;
};

// "salt=…,stored_key=…,server_key=…,iterations=4096". Fails for an empty salted password.
base::Result<std::string> scram_credential_text(const ScramUpsertion& upsertion);

// What of a stored credential may be told.
base::Result<std::int32_t> scram_iterations(std::string_view credential);

// Safe from any thread; waits for ZooKeeper.
class ScramCredentials {
 public:
  struct Credential {
    ScramMechanism mechanism = ScramMechanism::kUnknown;
    std::int32_t iterations = 0;
  };
  struct Described {
    std::string user;
    base::Status status;
    std::vector<Credential> credentials;
  };
  struct Altered {
    std::string user;
    base::Status status;
  };

  explicit ScramCredentials(zk::Configs& configs) : configs_(configs) {}

  // All users that have credentials where none are named.
  base::Result<std::vector<Described>> describe(const std::vector<std::string>& users);

  // One answer a user: a user all of whose changes are in order gets all of them, else none.
  std::vector<Altered> alter(const std::vector<ScramDeletion>& deletions,
                             const std::vector<ScramUpsertion>& upsertions);

 private:
  zk::Configs& configs_;
};

}  // namespace odradek::admin
