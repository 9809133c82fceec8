#include "server/security/stores.h"

#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>

#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "server/security/store_formats.h"

namespace odradek::security {
namespace {

enum class Format : std::uint8_t { kPem, kPkcs12, kJks };

bool starts_like_jks(std::string_view bytes) { return bytes.starts_with("\xfe\xed\xfe\xed"); }

// Java opens PKCS12 files under the type JKS and the other way round, so the content decides
// between these two.
base::Result<Format> format_of(std::string_view type, std::string_view bytes) {
  if (base::equals_ignoring_case(type, "PEM")) return Format::kPem;
  if (base::equals_ignoring_case(type, "JKS") || base::equals_ignoring_case(type, "PKCS12")) {
    return starts_like_jks(bytes) ? Format::kJks : Format::kPkcs12;
  }
  return base::Error("type " + std::string(type) + " is not known; there are JKS, PKCS12 and PEM");
}

base::Result<StoreContent> read_content(std::string_view type, std::string_view bytes,
                                        const StorePasswords& passwords) {
  auto format = format_of(type, bytes);
  if (!format) return format.error();
  switch (*format) {
    case Format::kPem:
      return read_pem(bytes, passwords);
    case Format::kPkcs12:
      return read_pkcs12(bytes, passwords);
    case Format::kJks:
      return read_jks(bytes, passwords);
  }
  return base::Error("it cannot be read");
}

base::Result<StoreContent> read_file(const char* what, const std::string& location,
                                     std::string_view type, const StorePasswords& passwords) {
  std::string prefix = std::string(what) + " " + location + " cannot be opened: ";
  auto bytes = base::read_whole_file(location, kMaxStoreBytes);
  if (!bytes) return base::Error(prefix + bytes.error().message);
  auto content = read_content(type, *bytes, passwords);
  if (!content) return base::Error(prefix + content.error().message);
  return content;
}

base::Status check_texts(std::string_view type, const char* what) {
  if (base::equals_ignoring_case(type, "PEM")) return {};
  return base::Error(std::string(what) + " can be given as text only with type PEM, the type is " +
                     std::string(type));
}

base::Result<StoreContent> read_key_source(const KeyStoreSource& source) {
  bool pem = base::equals_ignoring_case(source.type, "PEM");
  StorePasswords passwords{.store = source.password, .key = source.key_password};
  if (source.key_text.empty() && source.chain_text.empty()) {
    if (pem && !source.password.empty()) {
      return base::Error(
          "A key store of type PEM has no ssl.keystore.password, only an ssl.key.password");
    }
    return read_file("Key store", source.location, source.type, passwords);
  }
  if (auto fine = check_texts(source.type, "A key and its certificates"); !fine) {
    return fine.error();
  }
  if (!source.location.empty()) {
    return base::Error("Both ssl.keystore.location and ssl.keystore.key are given, one is enough");
  }
  if (source.key_text.empty() || source.chain_text.empty()) {
    return base::Error("ssl.keystore.key and ssl.keystore.certificate.chain need each other");
  }
  auto content = read_pem(source.key_text.reveal() + "\n" + source.chain_text.reveal(), passwords);
  if (!content) {
    return base::Error("ssl.keystore.key and ssl.keystore.certificate.chain: " +
                       content.error().message);
  }
  return content;
}

bool fits(const x509_st* certificate, const evp_pkey_st* key) {
  return X509_check_private_key(certificate, key) == 1;
}

bool issued(x509_st* issuer, x509_st* subject) {
  return X509_check_issued(issuer, subject) == X509_V_OK;
}

}  // namespace

base::Result<KeyEntry> join_key_and_chain(PrivateKey key, std::vector<Certificate> certificates) {
  KeyEntry entry;
  auto own = std::ranges::find_if(
      certificates, [&](const Certificate& each) { return fits(each.get(), key.get()); });
  if (own == certificates.end()) {
    take_openssl_errors();
    return base::Error("no certificate in it belongs to its private key");
  }
  entry.key = std::move(key);
  entry.chain.push_back(std::move(*own));
  certificates.erase(own);
  for (;;) {
    x509_st* last = entry.chain.back().get();
    auto issuer = std::ranges::find_if(certificates, [&](const Certificate& each) {
      return !issued(last, last) && issued(each.get(), last);
    });
    if (issuer == certificates.end()) break;
    entry.chain.push_back(std::move(*issuer));
    certificates.erase(issuer);
  }
  take_openssl_errors();  // what did not match along the way
  return entry;
}

base::Result<KeyEntry> load_key_store(const KeyStoreSource& source) {
  auto content = read_key_source(source);
  if (!content) return content.error();
  std::string name = source.location.empty() ? "ssl.keystore.key" : source.location;
  if (content->keys.empty()) return base::Error("Key store " + name + " has no private key in it");
  KeyEntry& entry = content->keys.front();
  if (content->keys.size() > 1) {
    LOG(WARNING) << "Key store " << name << " has " << content->keys.size()
                 << " private keys, the first is used";
  }
  if (entry.chain.empty() || !fits(entry.chain.front().get(), entry.key.get())) {
    take_openssl_errors();
    return base::Error("Key store " + name + ": its certificate does not belong to its key");
  }
  return std::move(entry);
}

base::Result<std::vector<Certificate>> load_trust_store(const TrustStoreSource& source) {
  StorePasswords passwords{.store = source.password, .key = {}, .want_keys = false};
  bool pem = base::equals_ignoring_case(source.type, "PEM");
  if (!source.certificates_text.empty()) {
    if (auto fine = check_texts(source.type, "Trusted certificates"); !fine) return fine.error();
    if (!source.location.empty()) {
      return base::Error(
          "Both ssl.truststore.location and ssl.truststore.certificates are given, one is enough");
    }
    auto content = read_pem(source.certificates_text.reveal(), passwords);
    if (!content) return base::Error("ssl.truststore.certificates: " + content.error().message);
    return std::move(content->trusted);
  }
  if (pem && !source.password.empty()) {
    return base::Error("A trust store of type PEM has no ssl.truststore.password");
  }
  auto content = read_file("Trust store", source.location, source.type, passwords);
  if (!content) return content.error();
  if (content->trusted.empty()) {
    return base::Error("Trust store " + source.location + " has no certificate in it");
  }
  return std::move(content->trusted);
}

}  // namespace odradek::security
