#include <openssl/err.h>
#include <openssl/pkcs12.h>
#include <openssl/provider.h>

#include <memory>
#include <string>

#include "server/security/key_derivation.h"
#include "server/security/store_formats.h"

namespace odradek::security {
namespace {

constexpr int kMaxNesting = 4;

struct FreePkcs12 {
  void operator()(PKCS12* store) const { PKCS12_free(store); }
};
struct FreeSafes {
  void operator()(STACK_OF(PKCS7) * safes) const { sk_PKCS7_pop_free(safes, PKCS7_free); }
};
struct FreeBags {
  void operator()(STACK_OF(PKCS12_SAFEBAG) * bags) const {
    sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
  }
};
struct FreeKeyInfo {
  void operator()(PKCS8_PRIV_KEY_INFO* info) const { PKCS8_PRIV_KEY_INFO_free(info); }
};
using KeyInfo = std::unique_ptr<PKCS8_PRIV_KEY_INFO, FreeKeyInfo>;
using Bags = std::unique_ptr<STACK_OF(PKCS12_SAFEBAG), FreeBags>;

struct UnloadProvider {
  void operator()(OSSL_PROVIDER* provider) const { OSSL_PROVIDER_unload(provider); }
};

// Stores of older tools are enciphered with RC2, which OpenSSL keeps in a module of its own.
void load_legacy_ciphers() {
  static const std::unique_ptr<OSSL_PROVIDER, UnloadProvider> legacy(
      OSSL_PROVIDER_try_load(nullptr, "legacy", 1));
}

// Walks the safes of one store and collects what their bags hold.
class BagCollector {
 public:
  explicit BagCollector(const StorePasswords& passwords) : passwords_(passwords) {}

  base::Status collect(const STACK_OF(PKCS12_SAFEBAG) * bags, int depth) {
    for (int i = 0; i < sk_PKCS12_SAFEBAG_num(bags); ++i) {
      if (auto taken = take(sk_PKCS12_SAFEBAG_value(bags, i), depth); !taken) return taken;
    }
    return {};
  }

  base::Result<StoreContent> finish() {
    StoreContent content;
    if (keys_.empty()) {
      content.trusted = std::move(certificates_);
      return content;
    }
    // Each key takes copies of what it needs; the rest would be ambiguous and a key store has none.
    for (PrivateKey& key : keys_) {
      std::vector<Certificate> all;
      for (const auto& certificate : certificates_) {
        X509_up_ref(certificate.get());
        all.emplace_back(certificate.get());
      }
      auto entry = join_key_and_chain(std::move(key), std::move(all));
      if (!entry) return entry.error();
      content.keys.push_back(std::move(*entry));
    }
    content.trusted = std::move(certificates_);
    return content;
  }

 private:
  base::Status take(const PKCS12_SAFEBAG* bag, int depth) {
    switch (PKCS12_SAFEBAG_get_nid(bag)) {
      case NID_keyBag:
        return passwords_.want_keys ? add_key(PKCS12_SAFEBAG_get0_p8inf(bag)) : base::Status();
      case NID_pkcs8ShroudedKeyBag:
        return passwords_.want_keys ? take_enciphered_key(bag) : base::Status();
      case NID_certBag:
        return take_certificate(bag);
      case NID_safeContentsBag:
        if (depth >= kMaxNesting) return base::Error("its bags are nested too deeply");
        return collect(PKCS12_SAFEBAG_get0_safes(bag), depth + 1);
      default:
        return {};
    }
  }

  base::Status take_enciphered_key(const PKCS12_SAFEBAG* bag) {
    const X509_ALGOR* cipher = nullptr;
    X509_SIG_get0(PKCS12_SAFEBAG_get0_pkcs8(bag), &cipher, nullptr);
    if (base::Status bounded = check_key_derivation(*cipher); !bounded) return bounded;
    const std::string& password = passwords_.for_key().reveal();
    KeyInfo info(PKCS12_decrypt_skey(bag, password.c_str(), static_cast<int>(password.size())));
    if (!info) {
      return base::Error("its key cannot be deciphered, is ssl.key.password right? " +
                         take_openssl_errors());
    }
    return add_key(info.get());
  }

  base::Status add_key(const PKCS8_PRIV_KEY_INFO* info) {
    PrivateKey key(EVP_PKCS82PKEY(info));
    if (!key) return base::Error("its key cannot be read: " + take_openssl_errors());
    keys_.push_back(std::move(key));
    return {};
  }

  base::Status take_certificate(const PKCS12_SAFEBAG* bag) {
    if (PKCS12_SAFEBAG_get_bag_nid(bag) != NID_x509Certificate) return {};
    Certificate certificate(PKCS12_SAFEBAG_get1_cert(bag));
    if (!certificate) return base::Error("a certificate in it cannot be read");
    if (certificates_.size() == kMaxStoreCertificates) {
      return base::Error("it has too many certificates");
    }
    certificates_.push_back(std::move(certificate));
    return {};
  }

  const StorePasswords& passwords_;
  std::vector<PrivateKey> keys_;
  std::vector<Certificate> certificates_;
};

base::Status check_mac(PKCS12* store, const std::string& password) {
  if (PKCS12_mac_present(store) == 0) return {};
  const ASN1_INTEGER* rounds = nullptr;
  PKCS12_get0_mac(nullptr, nullptr, nullptr, &rounds, store);
  if (base::Status bounded = check_rounds(rounds); !bounded) return bounded;
  if (PKCS12_verify_mac(store, password.c_str(), static_cast<int>(password.size())) == 1) return {};
  // Empty and absent passwords differ in this format.
  if (password.empty() && PKCS12_verify_mac(store, nullptr, 0) == 1) return {};
  take_openssl_errors();
  return base::Error(password.empty() ? "it needs a password" : "the store password is wrong");
}

base::Result<Bags> open_safe(PKCS7* safe, const std::string& password) {
  int kind = OBJ_obj2nid(safe->type);
  Bags bags;
  if (kind == NID_pkcs7_data) {
    bags.reset(PKCS12_unpack_p7data(safe));
  } else if (kind == NID_pkcs7_encrypted) {
    base::Status bounded = check_key_derivation(*safe->d.encrypted->enc_data->algorithm);
    if (!bounded) return bounded.error();
    bags.reset(PKCS12_unpack_p7encdata(safe, password.c_str(), static_cast<int>(password.size())));
  } else {
    return base::Error("a part of it is protected in an unknown way");
  }
  if (!bags) return base::Error("a part of it cannot be deciphered: " + take_openssl_errors());
  return bags;
}

}  // namespace

base::Result<StoreContent> read_pkcs12(std::string_view bytes, const StorePasswords& passwords) {
  OpensslErrorScope errors;
  load_legacy_ciphers();
  auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
  std::unique_ptr<PKCS12, FreePkcs12> store(
      d2i_PKCS12(nullptr, &at, static_cast<long>(bytes.size())));
  if (!store) {
    take_openssl_errors();
    return base::Error("it is no PKCS12 file");
  }
  const std::string& password = passwords.store.reveal();
  if (auto checked = check_mac(store.get(), password); !checked) return checked.error();
  std::unique_ptr<STACK_OF(PKCS7), FreeSafes> safes(PKCS12_unpack_authsafes(store.get()));
  if (!safes) return base::Error("it cannot be read: " + take_openssl_errors());
  BagCollector collector(passwords);
  for (int i = 0; i < sk_PKCS7_num(safes.get()); ++i) {
    auto bags = open_safe(sk_PKCS7_value(safes.get(), i), password);
    if (!bags) return bags.error();
    if (auto collected = collector.collect(bags->get(), 0); !collected) return collected.error();
  }
  return collector.finish();
}

}  // namespace odradek::security
