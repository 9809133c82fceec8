// encode_password: a password as brokers keep it in ZooKeeper, encrypted under
// password.encoder.secret.
#pragma once

#include <string>

#include "base/result.h"
#include "server/config/properties.h"

namespace odradek::tools {

// The keys of `settings` are password.encoder.secret (required), .cipher.algorithm
// (AES/CBC/PKCS5Padding or AES/GCM/NoPadding), .key.length and .iterations.
base::Result<std::string> encode_password(const std::string& password,
                                          const config::Properties& settings);

}  // namespace odradek::tools
