// Owning handles for OpenSSL objects, without OpenSSL's headers.
#pragma once

#include <memory>
#include <string>

struct evp_pkey_st;
struct ssl_ctx_st;
struct ssl_st;
struct x509_st;

namespace odradek::security {

struct FreeKey {
  void operator()(evp_pkey_st* key) const;
};
struct FreeCertificate {
  void operator()(x509_st* certificate) const;
};

using PrivateKey = std::unique_ptr<evp_pkey_st, FreeKey>;
using Certificate = std::unique_ptr<x509_st, FreeCertificate>;

// Takes the errors OpenSSL has queued on this thread, as one line; "unknown cause" without any.
std::string take_openssl_errors();

// Drops what OpenSSL queued on this thread until the end of its scope, where errors that were
// expected would be taken for those of the next handshake.
class OpensslErrorScope {
 public:
  OpensslErrorScope() = default;
  ~OpensslErrorScope();
  OpensslErrorScope(const OpensslErrorScope&) = delete;
  OpensslErrorScope& operator=(const OpensslErrorScope&) = delete;
};

}  // namespace odradek::security
