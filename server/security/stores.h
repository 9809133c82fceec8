// Key stores and trust stores: private keys and certificates from PEM, PKCS12 and JKS files.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/config/value_types.h"
#include "server/security/openssl_handles.h"

namespace odradek::security {

// A private key and the certificates that go with it, the key's own first.
struct KeyEntry {
  PrivateKey key;
  std::vector<Certificate> chain;
};

// Where a key is: a file of some type, or PEM text given as settings.
struct KeyStoreSource {
  std::string type = "JKS";       // JKS, PKCS12 or PEM, in any letter case
  std::string location;           // file; empty when the texts below are given
  config::Password password;      // of the file; PEM files have none
  config::Password key_password;  // of the key; the file's password when empty
  config::Password key_text;      // ssl.keystore.key
  config::Password chain_text;    // ssl.keystore.certificate.chain

  bool given() const { return !location.empty() || !key_text.empty() || !chain_text.empty(); }
};

struct TrustStoreSource {
  std::string type = "JKS";
  std::string location;
  config::Password password;           // empty: the file's integrity is not checked (JKS)
  config::Password certificates_text;  // ssl.truststore.certificates

  bool given() const { return !location.empty() || !certificates_text.empty(); }
};

// A store larger than this is refused, so is one with more certificates.
constexpr std::size_t kMaxStoreBytes = 16 * 1024 * 1024;
constexpr std::size_t kMaxStoreCertificates = 16384;

// Errors name the file and the cause: not there, wrong password, wrong type, no key in it, a key
// that does not fit its certificate.
base::Result<KeyEntry> load_key_store(const KeyStoreSource& source);

base::Result<std::vector<Certificate>> load_trust_store(const TrustStoreSource& source);

}  // namespace odradek::security
