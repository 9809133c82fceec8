#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>
#include <memory>
#include <string>

#include "server/security/key_derivation.h"
#include "server/security/store_formats.h"

namespace odradek::security {
namespace {

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using Bio = std::unique_ptr<BIO, FreeBio>;

Bio over(std::string_view text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// Gives OpenSSL the password; -1 (no password) rather than asking at the terminal.
int give_password(char* buffer, int size, int, void* password) {
  const auto& secret = static_cast<const config::Password*>(password)->reveal();
  if (secret.empty() || secret.size() > static_cast<std::size_t>(size)) return -1;
  std::copy(secret.begin(), secret.end(), buffer);
  return static_cast<int>(secret.size());
}

base::Result<std::vector<Certificate>> read_certificates(std::string_view text) {
  std::vector<Certificate> certificates;
  Bio bio = over(text);
  for (;;) {
    Certificate certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    if (!certificate) break;
    if (certificates.size() == kMaxStoreCertificates) {
      return base::Error("it has too many certificates");
    }
    certificates.push_back(std::move(certificate));
  }
  unsigned long code = ERR_peek_last_error();
  bool at_end = ERR_GET_LIB(code) == ERR_LIB_PEM && ERR_GET_REASON(code) == PEM_R_NO_START_LINE;
  std::string why = take_openssl_errors();
  if (!at_end) return base::Error("a certificate in it cannot be read: " + why);
  return certificates;
}

struct FreeSignature {
  void operator()(X509_SIG* sig) const { X509_SIG_free(sig); }
};

// Of every enciphered key in PKCS#8; those in older forms know one round only.
base::Status check_key_derivations(std::string_view text) {
  Bio bio = over(text);
  while (BIO_eof(bio.get()) == 0) {
    std::unique_ptr<X509_SIG, FreeSignature> key(
        PEM_read_bio_PKCS8(bio.get(), nullptr, nullptr, nullptr));
    ERR_clear_error();
    if (!key) continue;
    const X509_ALGOR* cipher = nullptr;
    X509_SIG_get0(key.get(), &cipher, nullptr);
    if (base::Status bounded = check_key_derivation(*cipher); !bounded) return bounded;
  }
  return {};
}

base::Result<PrivateKey> read_key(std::string_view text, const config::Password& password) {
  if (base::Status bounded = check_key_derivations(text); !bounded) return bounded.error();
  Bio bio = over(text);
  // OpenSSL's callback takes no const; the password is only read.
  auto* secret = const_cast<config::Password*>(&password);
  PrivateKey key(PEM_read_bio_PrivateKey(bio.get(), nullptr, give_password, secret));
  if (key) return key;
  std::string why = take_openssl_errors();
  bool enciphered = text.find("ENCRYPTED") != std::string_view::npos;
  if (enciphered && password.empty()) {
    return base::Error("its private key is enciphered and no ssl.key.password is given");
  }
  if (enciphered) {
    return base::Error("its private key cannot be deciphered, is ssl.key.password right? " + why);
  }
  return base::Error("its private key cannot be read: " + why);
}

}  // namespace

base::Result<StoreContent> read_pem(std::string_view text, const StorePasswords& passwords) {
  OpensslErrorScope errors;
  if (text.find("-----BEGIN ") == std::string_view::npos) return base::Error("it is no PEM text");
  auto certificates = read_certificates(text);
  if (!certificates) return certificates.error();
  StoreContent content;
  bool has_key = text.find("PRIVATE KEY-----") != std::string_view::npos;
  if (!has_key || !passwords.want_keys) {
    content.trusted = std::move(*certificates);
    return content;
  }
  auto key = read_key(text, passwords.key);
  if (!key) return key.error();
  auto entry = join_key_and_chain(std::move(*key), std::move(*certificates));
  if (!entry) return entry.error();
  content.keys.push_back(std::move(*entry));
  return content;
}

}  // namespace odradek::security
