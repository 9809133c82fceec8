#include "server/security/tls_protocols.h"

#include <openssl/ssl.h>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string_view>

#include "base/log.h"
#include "base/text.h"
#include "server/security/openssl_handles.h"

namespace odradek::security {
namespace {

struct FreeContext {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
struct FreeSession {
  void operator()(SSL* session) const { SSL_free(session); }
};

std::optional<int> version_of(std::string_view name) {
  if (name == "TLSv1") return TLS1_VERSION;
  if (name == "TLSv1.1") return TLS1_1_VERSION;
  if (name == "TLSv1.2") return TLS1_2_VERSION;
  if (name == "TLSv1.3") return TLS1_3_VERSION;
  return std::nullopt;
}

struct Suite {
  std::string openssl_name;
  bool is_tls13 = false;
};

// Every suite this OpenSSL can do, by its IANA name.
std::map<std::string, Suite, std::less<>> known_suites() {
  std::map<std::string, Suite, std::less<>> suites;
  std::unique_ptr<SSL_CTX, FreeContext> context(SSL_CTX_new(TLS_method()));
  if (!context || SSL_CTX_set_cipher_list(context.get(), "ALL:COMPLEMENTOFALL:@SECLEVEL=0") != 1) {
    return suites;
  }
  SSL_CTX_set_ciphersuites(context.get(),
                           "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:"
                           "TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_CCM_SHA256:"
                           "TLS_AES_128_CCM_8_SHA256");
  std::unique_ptr<SSL, FreeSession> session(SSL_new(context.get()));
  const STACK_OF(SSL_CIPHER)* ciphers = SSL_get_ciphers(session.get());
  for (int i = 0; i < sk_SSL_CIPHER_num(ciphers); ++i) {
    const SSL_CIPHER* cipher = sk_SSL_CIPHER_value(ciphers, i);
    const char* name = SSL_CIPHER_standard_name(cipher);
    if (name == nullptr) continue;
    bool is_tls13 = std::string_view(SSL_CIPHER_get_version(cipher)) == "TLSv1.3";
    suites[name] = {SSL_CIPHER_get_name(cipher), is_tls13};
  }
  return suites;
}

// The lists OpenSSL keeps apart, with colons between the names.
struct SuiteLists {
  std::string up_to_tls12;
  std::string tls13;
};

base::Result<SuiteLists> sort_suites(const std::vector<std::string>& names) {
  auto known = known_suites();
  SuiteLists lists;
  for (std::string name : names) {
    if (name.starts_with("SSL_")) name.replace(0, 4, "TLS_");  // Java's names for old ones
    auto found = known.find(name);
    if (found == known.end()) {
      LOG(WARNING) << "Cipher suite " << name << " is not known to this TLS library and left out";
      continue;
    }
    std::string& list = found->second.is_tls13 ? lists.tls13 : lists.up_to_tls12;
    if (!list.empty()) list += ":";
    list += found->second.openssl_name;
  }
  if (lists.up_to_tls12.empty() && lists.tls13.empty()) {
    return base::Error("ssl.cipher.suites has no suite this TLS library knows: " +
                       base::join(names, ","));
  }
  return lists;
}

base::Result<std::set<int>> versions_of(const std::vector<std::string>& protocols) {
  std::set<int> versions;
  for (const auto& name : protocols) {
    if (auto version = version_of(name)) {
      versions.insert(*version);
    } else {
      LOG(WARNING) << "TLS version " << name << " is not known to this TLS library and left out";
    }
  }
  if (versions.empty()) {
    return base::Error("ssl.enabled.protocols has no version this TLS library knows: " +
                       base::join(protocols, ","));
  }
  return versions;
}

}  // namespace

base::Status limit_protocols(ssl_ctx_st* context, const std::vector<std::string>& protocols,
                             const std::vector<std::string>& cipher_suites) {
  auto versions = versions_of(protocols);
  if (!versions) return versions.error();
  // Level 1 takes the keys that a JVM takes (RSA of 1024 bits on); versions before 1.2 need 0.
  SSL_CTX_set_security_level(context, *versions->begin() < TLS1_2_VERSION ? 0 : 1);
  if (!cipher_suites.empty()) {
    auto lists = sort_suites(cipher_suites);
    if (!lists) return lists.error();
    if (lists->tls13.empty()) versions->erase(TLS1_3_VERSION);
    if (lists->up_to_tls12.empty())
      std::erase_if(*versions, [](int v) { return v != TLS1_3_VERSION; });
    if (versions->empty()) {
      return base::Error(
          "No suite of ssl.cipher.suites belongs to a version of ssl.enabled.protocols");
    }
    bool set = lists->up_to_tls12.empty() ||
               SSL_CTX_set_cipher_list(context, lists->up_to_tls12.c_str()) == 1;
    set = set && SSL_CTX_set_ciphersuites(context, lists->tls13.c_str()) == 1;
    if (!set) return base::Error("ssl.cipher.suites is refused: " + take_openssl_errors());
  }
  SSL_CTX_set_min_proto_version(context, *versions->begin());
  SSL_CTX_set_max_proto_version(context, *versions->rbegin());
  // Holes between the first and the last.
  if (!versions->contains(TLS1_2_VERSION)) SSL_CTX_set_options(context, SSL_OP_NO_TLSv1_2);
  if (!versions->contains(TLS1_1_VERSION)) SSL_CTX_set_options(context, SSL_OP_NO_TLSv1_1);
  return {};
}

}  // namespace odradek::security
