#include "server/security/stores.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>

#include <utility>

#include "base/file.h"
#include "server/security/distinguished_name.h"
#include "server/security/store_formats.h"
#include "tests/server/security/support.h"

namespace odradek::security {
namespace {

using config::Password;
using ::testing::HasSubstr;

constexpr const char* kBroker = "CN=broker,OU=Tests,O=Odradek,L=Prag,ST=Bohemia,C=CZ";

struct KeyStoreCase {
  const char* type;
  const char* file;
  const char* password;
  const char* key_password;
  std::size_t chain;
};

TEST(KeyStore, OpensEveryFormat) {
  const KeyStoreCase cases[] = {
      {"JKS", "broker.jks", "storepass", "keypass", 2},
      {"jks", "broker.jks", "", "keypass", 2},
      {"PKCS12", "broker.jks", "storepass", "keypass", 2},  // as Java: the content decides
      {"PKCS12", "keytool.p12", "storepass", "", 2},
      {"JKS", "keytool.p12", "storepass", "storepass", 2},
      {"PKCS12", "keytool-legacy.p12", "storepass", "", 2},
      {"PKCS12", "openssl.p12", "storepass", "", 2},
      {"PKCS12", "no-password.p12", "", "", 1},
      {"PEM", "broker.pem", "", "", 2},
      {"pem", "broker-enciphered.pem", "", "keypass", 2},
      {"PEM", "traditional.pem", "", "", 1},
  };
  for (const auto& each : cases) {
    SCOPED_TRACE(std::string(each.type) + " " + each.file);
    auto entry = load_key_store({.type = each.type,
                                 .location = data_file(each.file),
                                 .password = Password(each.password),
                                 .key_password = Password(each.key_password)});
    ASSERT_TRUE(entry.ok()) << entry.error().message;
    ASSERT_EQ(entry->chain.size(), each.chain);
    EXPECT_EQ(subject_of(*entry->chain[0]), kBroker);
    EXPECT_EQ(subject_of(*entry->chain.back()), each.chain == 2 ? "CN=Test CA,O=Odradek" : kBroker);
  }
}

struct Refused {
  KeyStoreSource source;
  const char* says;
};

TEST(KeyStore, SaysWhatIsWrong) {
  auto file = [](const char* type, const char* name, const char* password, const char* key) {
    return KeyStoreSource{.type = type,
                          .location = data_file(name),
                          .password = Password(password),
                          .key_password = Password(key)};
  };
  const Refused cases[] = {
      {file("JKS", "broker.jks", "wrong", "keypass"), "its password is wrong"},
      {file("JKS", "broker.jks", "storepass", "wrong"), "the key password is wrong"},
      {file("JKS", "broker.jks", "storepass", ""), "the key password is wrong"},
      {file("JKS", "truststore.jks", "storepass", ""), "has no private key"},
      {file("PKCS12", "keytool.p12", "wrong", ""), "the store password is wrong"},
      {file("PKCS12", "keytool.p12", "", ""), "it needs a password"},
      {file("PKCS12", "keytool.p12", "storepass", "wrong"), "ssl.key.password"},
      {file("PKCS12", "truststore.p12", "storepass", ""), "has no private key"},
      {file("PKCS12", "broker.pem", "storepass", ""), "no PKCS12 file"},
      {file("PEM", "keytool.p12", "", ""), "no PEM text"},
      {file("PEM", "broker.pem", "storepass", ""), "only an ssl.key.password"},
      {file("PEM", "broker-enciphered.pem", "", ""), "no ssl.key.password is given"},
      {file("PEM", "broker-enciphered.pem", "", "wrong"), "cannot be deciphered"},
      {file("PEM", "mismatched.pem", "", ""), "no certificate in it belongs to its private key"},
      {file("PEM", "ca.pem", "", ""), "has no private key"},
      {file("BKS", "broker.jks", "storepass", ""), "type BKS is not known"},
      {{.type = "JKS", .location = "/no/such/store"}, "/no/such/store"},
  };
  for (const auto& each : cases) {
    auto entry = load_key_store(each.source);
    ASSERT_FALSE(entry.ok()) << each.says;
    EXPECT_THAT(entry.error().message, HasSubstr(each.says));
    EXPECT_EQ(entry.error().message.find("storepass"), std::string::npos);
  }
}

TEST(KeyStore, TakesPemFromSettings) {
  Password all(data_text("broker-enciphered.pem"));
  KeyStoreSource source{
      .type = "PEM", .key_password = Password("keypass"), .key_text = all, .chain_text = all};
  auto entry = load_key_store(source);
  ASSERT_FALSE(entry.ok() && entry->chain.empty());
  ASSERT_TRUE(entry.ok()) << entry.error().message;

  source.chain_text = Password();
  EXPECT_THAT(load_key_store(source).error().message, HasSubstr("need each other"));
  source.chain_text = all;
  source.location = data_file("broker.pem");
  EXPECT_THAT(load_key_store(source).error().message, HasSubstr("one is enough"));
  source.location.clear();
  source.type = "JKS";
  EXPECT_THAT(load_key_store(source).error().message, HasSubstr("only with type PEM"));
}

TEST(TrustStore, OpensEveryFormat) {
  struct Case {
    const char* type;
    const char* file;
    const char* password;
  };
  for (const Case& each :
       {Case{"JKS", "truststore.jks", "storepass"}, Case{"JKS", "truststore.jks", ""},
        Case{"PKCS12", "truststore.p12", "storepass"}, Case{"PEM", "ca.pem", ""}}) {
    SCOPED_TRACE(std::string(each.file) + " " + each.password);
    auto trusted = load_trust_store(
        {.type = each.type, .location = data_file(each.file), .password = Password(each.password)});
    ASSERT_TRUE(trusted.ok()) << trusted.error().message;
    ASSERT_EQ(trusted->size(), 1u);
    EXPECT_EQ(subject_of(*trusted->front()), "CN=Test CA,O=Odradek");
  }
  auto text = load_trust_store({.type = "PEM", .certificates_text = Password(data_text("ca.pem"))});
  ASSERT_TRUE(text.ok()) << text.error().message;
  EXPECT_EQ(text->size(), 1u);
}

TEST(TrustStore, SaysWhatIsWrong) {
  auto refusal = [](TrustStoreSource source) {
    auto trusted = load_trust_store(source);
    return trusted ? std::string() : trusted.error().message;
  };
  EXPECT_THAT(refusal({.location = data_file("truststore.jks"), .password = Password("wrong")}),
              HasSubstr("its password is wrong"));
  EXPECT_THAT(refusal({.type = "PKCS12",
                       .location = data_file("truststore.p12"),
                       .password = Password("wrong")}),
              HasSubstr("the store password is wrong"));
  EXPECT_THAT(refusal({.type = "PKCS12", .location = data_file("truststore.p12")}),
              HasSubstr("needs a password"));
  EXPECT_THAT(refusal({.location = data_file("broker.jks")}), HasSubstr("no certificate in it"));
  EXPECT_THAT(
      refusal({.type = "PEM", .location = data_file("ca.pem"), .password = Password("storepass")}),
      HasSubstr("no ssl.truststore.password"));
}

// Every prefix of a store, and every store with one byte changed, must be answered, never crash.
TEST(StoreFormats, SurviveDamagedFiles) {
  StorePasswords passwords{.store = Password(), .key = Password("keypass")};
  StorePasswords store_password{.store = Password("storepass"), .key = Password("keypass")};
  std::string jks = data_text("broker.jks");
  std::string p12 = data_text("openssl.p12");
  std::string pem = data_text("broker.pem");
  for (std::size_t size = 0; size < jks.size(); ++size) {
    EXPECT_FALSE(read_jks(std::string_view(jks).substr(0, size), passwords).ok()) << size;
  }
  for (std::size_t at = 0; at < jks.size(); ++at) {
    std::string damaged = jks;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x81);
    EXPECT_FALSE(read_jks(damaged, store_password).ok()) << at;
    (void)read_jks(damaged, passwords).ok();  // without the check sum some changes go unseen
  }
  for (std::size_t at = 0; at < p12.size(); at += 23) {
    (void)read_pkcs12(std::string_view(p12).substr(0, at), store_password).ok();
    std::string damaged = p12;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x81);
    EXPECT_FALSE(read_pkcs12(damaged, {.store = Password("other")}).ok()) << at;
  }
  for (std::size_t at = 0; at < pem.size(); at += 3) {
    (void)read_pem(std::string_view(pem).substr(0, at), passwords).ok();
  }
}

constexpr int kRounds = 65537;

// DER with the rounds of key derivation, as often as they stand there, made too many.
std::string with_many_rounds(std::string der) {
  const std::string few("\x02\x03\x01\x00\x01", 5);
  const std::string many("\x02\x03\x7f\xff\xff", 5);
  std::size_t found = der.find(few);
  EXPECT_NE(found, std::string::npos);
  for (; found != std::string::npos; found = der.find(few, found)) der.replace(found, 5, many);
  return der;
}

std::string pkcs12_of(const KeyEntry& entry, int key_cipher, int certificate_cipher) {
  PKCS12* store = PKCS12_create("storepass", "broker", entry.key.get(), entry.chain.front().get(),
                                nullptr, key_cipher, certificate_cipher, kRounds, -1, 0);
  unsigned char* der = nullptr;
  int size = i2d_PKCS12(store, &der);
  std::string bytes(reinterpret_cast<char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  PKCS12_free(store);
  return bytes;
}

std::string enciphered_pem(const KeyEntry& entry, bool many_rounds) {
  PKCS8_PRIV_KEY_INFO* info = EVP_PKEY2PKCS8(entry.key.get());
  X509_SIG* key = PKCS8_encrypt(-1, EVP_aes_256_cbc(), "keypass", 7, nullptr, 0, kRounds, info);
  unsigned char* der = nullptr;
  int size = i2d_X509_SIG(key, &der);
  std::string bytes(reinterpret_cast<char*>(der), static_cast<std::size_t>(size));
  if (many_rounds) bytes = with_many_rounds(bytes);
  OPENSSL_free(der);
  X509_SIG_free(key);
  PKCS8_PRIV_KEY_INFO_free(info);
  const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
  key = d2i_X509_SIG(nullptr, &at, static_cast<long>(bytes.size()));
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PKCS8(bio, key);
  char* text = nullptr;
  long length = BIO_get_mem_data(bio, &text);
  std::string pem(text, static_cast<std::size_t>(length));
  BIO_free(bio);
  X509_SIG_free(key);
  return pem;
}

TEST(StoreFormats, LeaveNoErrorsForTheNextHandshake) {
  StorePasswords passwords{.store = Password("storepass"), .key = Password()};
  std::string p12 = data_text("truststore.p12");
  std::string pem = data_text("broker.pem");
  ERR_clear_error();
  for (std::size_t at = 0; at < p12.size(); at += 7) {
    p12[at] = static_cast<char>(p12[at] ^ 0x81);
    (void)read_pkcs12(p12, passwords).ok();
    p12[at] = static_cast<char>(p12[at] ^ 0x81);
    ASSERT_EQ(ERR_peek_error(), 0U) << "PKCS12 damaged at " << at;
  }
  // Deeper than a checksum lets damage reach: nothing here is enciphered.
  auto broker = read_pem(pem, {});
  ASSERT_TRUE(broker.ok());
  std::string open = pkcs12_of(broker->keys.front(), -1, -1);
  for (std::size_t at = 0; at < open.size(); ++at) {
    std::string damaged = open;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x04);
    (void)read_pkcs12(damaged, passwords).ok();
    ASSERT_EQ(ERR_peek_error(), 0U) << "open PKCS12 damaged at " << at;
  }
  for (std::size_t at = 0; at < pem.size(); at += 5) {
    (void)read_pem(std::string_view(pem).substr(0, at), passwords).ok();
    ASSERT_EQ(ERR_peek_error(), 0U) << "PEM cut at " << at;
  }
}

TEST(StoreFormats, BoundCountsBeforeTheyAllocate) {
  std::string header("\xfe\xed\xfe\xed\0\0\0\2\xff\xff\xff\xff", 12);
  EXPECT_FALSE(read_jks(header + std::string(20, '\0'), {}).ok());
  std::string entry("\xfe\xed\xfe\xed\0\0\0\2\0\0\0\1\0\0\0\1\0\0", 18);
  entry += std::string(8, '\0') + std::string("\0\0\0\0\x7f\xff\xff\xff", 8);
  EXPECT_FALSE(read_jks(entry + std::string(20, '\0'), {}).ok());
}

TEST(StoreFormats, BoundTheRoundsOfKeyDerivation) {
  auto broker = read_pem(data_text("broker.pem"), {});
  ASSERT_TRUE(broker.ok());
  const KeyEntry& entry = broker->keys.front();
  StorePasswords passwords{.store = Password("storepass"), .key = Password()};
  constexpr int kOld = NID_pbe_WithSHA1And3_Key_TripleDES_CBC;
  for (auto [key_cipher, certificate_cipher] :
       {std::pair(NID_aes_256_cbc, -1), std::pair(-1, NID_aes_256_cbc), std::pair(kOld, -1),
        std::pair(-1, kOld)}) {
    std::string store = pkcs12_of(entry, key_cipher, certificate_cipher);
    ASSERT_TRUE(read_pkcs12(store, passwords).ok()) << key_cipher << " " << certificate_cipher;
    auto refused = read_pkcs12(with_many_rounds(store), passwords);
    ASSERT_FALSE(refused.ok()) << key_cipher << " " << certificate_cipher;
    EXPECT_THAT(refused.error().message, HasSubstr("rounds of key derivation"));
  }
  StorePasswords key_password{.store = Password(), .key = Password("keypass")};
  std::string chain =
      data_text("broker.pem").substr(data_text("broker.pem").find("-----BEGIN CERT"));
  ASSERT_TRUE(read_pem(enciphered_pem(entry, false) + chain, key_password).ok());
  auto refused = read_pem(enciphered_pem(entry, true) + chain, key_password);
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message, HasSubstr("rounds of key derivation"));
}

}  // namespace
}  // namespace odradek::security
