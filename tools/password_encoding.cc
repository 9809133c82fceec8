#include "tools/password_encoding.h"

#include <openssl/evp.h>

#include <memory>
#include <optional>

#include "base/base64.h"
#include "base/bytes.h"
#include "base/random.h"
#include "base/text.h"

namespace odradek::tools {
namespace {

constexpr std::size_t kSaltBytes = 256;
constexpr std::size_t kCbcVectorBytes = 16;
constexpr std::size_t kGcmVectorBytes = 12;
constexpr int kTagBytes = 16;
constexpr std::int32_t kLeastIterations = 1024;
constexpr std::size_t kBlockBytes = 16;

struct CipherSettings {
  std::string secret;
  std::string algorithm;
  std::int32_t key_bits = 128;
  std::int32_t iterations = 4096;

  bool gcm() const { return algorithm.starts_with("AES/GCM/"); }
};

struct FreeCipher {
  void operator()(EVP_CIPHER_CTX* cipher) const { EVP_CIPHER_CTX_free(cipher); }
};

std::string setting(const config::Properties& settings, std::string_view name,
                    std::string_view otherwise) {
  auto found = settings.find("password.encoder." + std::string(name));
  return std::string(found == settings.end() ? otherwise : std::string_view(found->second));
}

base::Result<CipherSettings> cipher_settings(const config::Properties& settings) {
  CipherSettings read{.secret = setting(settings, "secret", ""),
                      .algorithm = setting(settings, "cipher.algorithm", "AES/CBC/PKCS5Padding")};
  if (read.secret.empty()) return base::Error("Password encoder secret not specified");
  if (read.algorithm != "AES/CBC/PKCS5Padding" && read.algorithm != "AES/GCM/NoPadding") {
    return base::Error("password.encoder.cipher.algorithm " + read.algorithm +
                       " is not spoken here: AES/CBC/PKCS5Padding or AES/GCM/NoPadding");
  }
  auto bits = base::parse_int<std::int32_t>(setting(settings, "key.length", "128"));
  if (!bits || (*bits != 128 && *bits != 192 && *bits != 256)) {
    return base::Error("password.encoder.key.length must be 128, 192 or 256 for AES");
  }
  auto iterations =
      base::parse_int<std::int32_t>(setting(settings, "iterations", "4096"), kLeastIterations);
  if (!iterations) {
    return base::Error("password.encoder.iterations must be a number of at least " +
                       std::to_string(kLeastIterations));
  }
  read.key_bits = *bits;
  read.iterations = *iterations;
  return read;
}

const EVP_CIPHER* native_cipher(const CipherSettings& settings) {
  const bool gcm = settings.gcm();
  if (settings.key_bits == 128) return gcm ? EVP_aes_128_gcm() : EVP_aes_128_cbc();
  if (settings.key_bits == 192) return gcm ? EVP_aes_192_gcm() : EVP_aes_192_cbc();
  return gcm ? EVP_aes_256_gcm() : EVP_aes_256_cbc();
}

// With the tag of GCM behind, as Java puts it.
std::optional<base::Bytes> encrypt(const CipherSettings& settings, const base::Bytes& key,
                                   const base::Bytes& vector, base::ByteView text) {
  std::unique_ptr<EVP_CIPHER_CTX, FreeCipher> cipher(EVP_CIPHER_CTX_new());
  base::Bytes out(text.size() + kBlockBytes + kTagBytes);
  int size = 0;
  int rest = 0;
  const bool done = cipher != nullptr &&
                    EVP_EncryptInit_ex(cipher.get(), native_cipher(settings), nullptr, key.data(),
                                       vector.data()) == 1 &&
                    EVP_EncryptUpdate(cipher.get(), out.data(), &size, text.data(),
                                      static_cast<int>(text.size())) == 1 &&
                    EVP_EncryptFinal_ex(cipher.get(), out.data() + size, &rest) == 1;
  if (!done) return std::nullopt;
  size += rest;
  if (settings.gcm()) {
    if (EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, out.data() + size) !=
        1) {
      return std::nullopt;
    }
    size += kTagBytes;
  }
  out.resize(static_cast<std::size_t>(size));
  return out;
}

// Java counts in units of UTF-16.
std::size_t java_length(std::string_view text) {
  std::size_t length = 0;
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0) == 0x80) continue;
    length += byte >= 0xF0 ? 2 : 1;
  }
  return length;
}

}  // namespace

base::Result<std::string> encode_password(const std::string& password,
                                          const config::Properties& settings) {
  auto cipher = cipher_settings(settings);
  if (!cipher) return cipher.error();
  base::Bytes salt(kSaltBytes);
  base::fill_with_secrets(salt);
  base::Bytes vector(cipher->gcm() ? kGcmVectorBytes : kCbcVectorBytes);
  base::fill_with_secrets(vector);
  base::Bytes key(static_cast<std::size_t>(cipher->key_bits / 8));
  const int derived =
      PKCS5_PBKDF2_HMAC(cipher->secret.data(), static_cast<int>(cipher->secret.size()), salt.data(),
                        static_cast<int>(salt.size()), cipher->iterations, EVP_sha512(),
                        static_cast<int>(key.size()), key.data());
  std::optional<base::Bytes> encrypted;
  if (derived == 1) encrypted = encrypt(*cipher, key, vector, base::as_bytes(password));
  if (!encrypted) return base::Error("OpenSSL does not encrypt with " + cipher->algorithm);
  std::string text =
      "keyFactoryAlgorithm:PBKDF2WithHmacSHA512,cipherAlgorithm:" + cipher->algorithm +
      ",keyLength:" + std::to_string(cipher->key_bits) + ",salt:" + base::base64_encode(salt) +
      ",iterations:" + std::to_string(cipher->iterations) +
      ",encryptedPassword:" + base::base64_encode(*encrypted) +
      ",passwordLength:" + std::to_string(java_length(password)) +
      ",initializationVector:" + base::base64_encode(vector);
  if (cipher->gcm()) text += ",authenticationTagLength:" + std::to_string(kTagBytes * 8);
  return text;
}

}  // namespace odradek::tools
