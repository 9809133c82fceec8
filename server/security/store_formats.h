// The bytes of the store formats: each reader takes a file's content and gives its keys and
// certificates.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/config/value_types.h"
#include "server/security/openssl_handles.h"
#include "server/security/stores.h"

namespace odradek::security {

// All that a store holds. Keys come with their chains.
struct StoreContent {
  std::vector<KeyEntry> keys;
  std::vector<Certificate> trusted;
};

// How to open a store. Without `want_keys` private keys are skipped, so their password is not
// needed.
struct StorePasswords {
  config::Password store;
  config::Password key;  // the store's when empty
  bool want_keys = true;

  const config::Password& for_key() const { return key.empty() ? store : key; }
};

// Java's own format: magic 0xFEEDFEED, entries, SHA-1 over password and content. Keys are
// enciphered with the JDK's KeyProtector. With an empty store password the integrity is not
// checked.
base::Result<StoreContent> read_jks(std::string_view bytes, const StorePasswords& passwords);

base::Result<StoreContent> read_pkcs12(std::string_view bytes, const StorePasswords& passwords);

// A key (PKCS#8, plain or enciphered, or a traditional one) and certificates in any order, the
// key's own first among these.
base::Result<StoreContent> read_pem(std::string_view text, const StorePasswords& passwords);

// Puts the certificate of the key first and its issuers after it; fails when none fits the key.
base::Result<KeyEntry> join_key_and_chain(PrivateKey key, std::vector<Certificate> certificates);

}  // namespace odradek::security
