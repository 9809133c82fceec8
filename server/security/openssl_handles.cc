#include "server/security/openssl_handles.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

namespace odradek::security {

void FreeKey::operator()(evp_pkey_st* key) const { EVP_PKEY_free(key); }
void FreeCertificate::operator()(x509_st* certificate) const { X509_free(certificate); }

OpensslErrorScope::~OpensslErrorScope() { ERR_clear_error(); }

std::string take_openssl_errors() {
  std::string all;
  const char* data = nullptr;
  int flags = 0;
  while (unsigned long code = ERR_get_error_all(nullptr, nullptr, nullptr, &data, &flags)) {
    const char* reason = ERR_reason_error_string(code);
    if (!all.empty()) all += "; ";
    all += reason != nullptr ? reason : "error " + std::to_string(code);
    if (data != nullptr && (flags & ERR_TXT_STRING) != 0 && *data != '\0') {
      all += std::string(" (") + data + ")";
    }
  }
  return all.empty() ? "unknown cause" : all;
}

}  // namespace odradek::security
