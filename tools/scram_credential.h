// SCRAM credentials from passwords: as a request carries them to a broker and as ZooKeeper stores
// them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace odradek::tools {

inline constexpr std::string_view kScramMechanisms[] = {"SCRAM-SHA-256", "SCRAM-SHA-512"};

// The numbers are those of the protocol.
enum class ScramMechanism : std::int8_t { kSha256 = 1, kSha512 = 2 };

std::optional<ScramMechanism> scram_mechanism(std::string_view name);
// "SCRAM-SHA-256"; "UNKNOWN" for a number that stands for none.
std::string scram_mechanism_name(std::int8_t mechanism);

struct ScramPassword {
  std::int32_t iterations = 4096;
  std::string password;
};

// "iterations=8192,password=secret", "password=secret"; -1 iterations are the default. Fails below
// 4096.
base::Result<ScramPassword> parse_scram_password(ScramMechanism mechanism, std::string_view text);

// Under a salt of its own.
struct SaltedPassword {
  base::Bytes salt;
  base::Bytes salted_password;
};
SaltedPassword salt_password(ScramMechanism mechanism, const ScramPassword& password);

// "salt=…,stored_key=…,server_key=…,iterations=…", as brokers read it in /config/users.
std::string stored_credential(ScramMechanism mechanism, const ScramPassword& password);

}  // namespace odradek::tools
