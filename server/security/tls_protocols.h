// TLS versions and cipher suites: what settings name, as OpenSSL wants it.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

struct ssl_ctx_st;

namespace odradek::security {

// Limits the context to the versions ("TLSv1.2") and suites (IANA names, "TLS_AES_128_GCM_SHA256").
// Unknown names are left out with a warning as long as one is known.
base::Status limit_protocols(ssl_ctx_st* context, const std::vector<std::string>& protocols,
                             const std::vector<std::string>& cipher_suites);

}  // namespace odradek::security
