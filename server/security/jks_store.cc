// The format that Java calls JKS. All numbers are big-endian:
//   u4 magic 0xFEEDFEED, u4 version (1 or 2), u4 number of entries, then per entry
//     u4 tag (1 key, 2 certificate), text alias, u8 date,
//     key: u4 length and EncryptedPrivateKeyInfo, u4 number of certificates, then these
//     certificate: text type (version 2 only), u4 length and DER
//   20 bytes SHA-1 over the password in UTF-16, "Mighty Aphrodite", and all bytes before.
// A text is u2 length and bytes. A key is enciphered by XOR with a stream of SHA-1 sums, each of
// the password and the sum before, the first of the password and a salt of 20 bytes:
//   salt, enciphered PKCS#8, SHA-1 of password and plain PKCS#8.
#include <openssl/asn1.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/pkcs12.h>
#include <openssl/sha.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "server/security/store_formats.h"

namespace odradek::security {
namespace {

constexpr std::uint32_t kMagic = 0xfeedfeed;
constexpr std::uint32_t kKeyTag = 1;
constexpr std::uint32_t kCertificateTag = 2;
constexpr const char* kKeyProtector = "1.3.6.1.4.1.42.2.17.1.1";

using Digest = std::array<unsigned char, SHA_DIGEST_LENGTH>;

// Zeros after the end; the caller asks failed() once.
class JksReader {
 public:
  explicit JksReader(std::string_view bytes) : bytes_(bytes) {}

  std::uint64_t number(std::size_t size) {
    std::uint64_t value = 0;
    for (char c : take(size)) value = value << 8 | static_cast<unsigned char>(c);
    return value;
  }
  std::uint32_t u4() { return static_cast<std::uint32_t>(number(4)); }
  std::string_view text() { return take(number(2)); }
  std::string_view block() { return take(u4()); }
  bool failed() const { return failed_; }
  std::size_t left() const { return bytes_.size(); }

 private:
  std::string_view take(std::size_t size) {
    if (size > bytes_.size()) {
      failed_ = true;
      bytes_ = {};
      return {};
    }
    std::string_view taken = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return taken;
  }

  std::string_view bytes_;
  bool failed_ = false;
};

// Java hashes passwords as UTF-16, big-endian. The setting is UTF-8.
std::string to_utf16(std::string_view utf8) {
  std::string out;
  auto unit = [&](std::uint32_t value) {
    out.push_back(static_cast<char>(value >> 8 & 0xff));
    out.push_back(static_cast<char>(value & 0xff));
  };
  for (std::size_t at = 0; at < utf8.size();) {
    auto lead = static_cast<unsigned char>(utf8[at]);
    std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    length = std::min(length, utf8.size() - at);
    std::uint32_t point = length == 1 ? lead : lead & (0xffu >> (length + 1));
    for (char c : utf8.substr(at + 1, length - 1)) {
      point = point << 6 | (static_cast<unsigned char>(c) & 0x3f);
    }
    at += length;
    if (point >= 0x10000) {
      unit(0xd800 + ((point - 0x10000) >> 10));
      unit(0xdc00 + ((point - 0x10000) & 0x3ff));
    } else {
      unit(point);
    }
  }
  return out;
}

Digest sha1(std::initializer_list<std::string_view> parts) {
  std::string joined;
  for (std::string_view part : parts) joined += part;
  Digest digest;
  SHA1(reinterpret_cast<const unsigned char*>(joined.data()), joined.size(), digest.data());
  OPENSSL_cleanse(joined.data(), joined.size());
  return digest;
}

std::string_view view_of(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

bool same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

// The plain PKCS#8 of salt, cipher text and check sum.
base::Result<std::string> decipher(std::string_view protected_key, const std::string& password) {
  constexpr std::size_t kSum = SHA_DIGEST_LENGTH;
  if (protected_key.size() < 2 * kSum) return base::Error("a key in it is too short");
  std::string_view check = protected_key.substr(protected_key.size() - kSum);
  std::string plain(protected_key.substr(kSum, protected_key.size() - 2 * kSum));
  Digest stream = sha1({password, protected_key.substr(0, kSum)});
  for (std::size_t at = 0; at < plain.size(); ++at) {
    if (at > 0 && at % kSum == 0) stream = sha1({password, view_of(stream)});
    plain[at] = static_cast<char>(plain[at] ^ stream[at % kSum]);
  }
  if (!same(view_of(sha1({password, plain})), check)) {
    return base::Error("the key password is wrong");
  }
  return plain;
}

struct FreeSignature {
  void operator()(X509_SIG* sig) const { X509_SIG_free(sig); }
};

base::Result<PrivateKey> read_key(std::string_view der, const config::Password& password) {
  auto* at = reinterpret_cast<const unsigned char*>(der.data());
  std::unique_ptr<X509_SIG, FreeSignature> info(
      d2i_X509_SIG(nullptr, &at, static_cast<long>(der.size())));
  if (!info) {
    take_openssl_errors();
    return base::Error("a key in it cannot be read");
  }
  const X509_ALGOR* algorithm = nullptr;
  const ASN1_OCTET_STRING* octets = nullptr;
  X509_SIG_get0(info.get(), &algorithm, &octets);
  const ASN1_OBJECT* object = nullptr;
  X509_ALGOR_get0(&object, nullptr, nullptr, algorithm);
  char name[64] = {};
  OBJ_obj2txt(name, sizeof(name), object, 1);
  if (std::string_view(name) != kKeyProtector) {
    return base::Error(std::string("a key in it is enciphered with ") + name +
                       ", which is not the JDK's own");
  }
  std::string_view cipher(reinterpret_cast<const char*>(ASN1_STRING_get0_data(octets)),
                          static_cast<std::size_t>(ASN1_STRING_length(octets)));
  auto plain = decipher(cipher, to_utf16(password.reveal()));
  if (!plain) return plain.error();
  auto* from = reinterpret_cast<const unsigned char*>(plain->data());
  PrivateKey key(d2i_AutoPrivateKey(nullptr, &from, static_cast<long>(plain->size())));
  OPENSSL_cleanse(plain->data(), plain->size());
  if (!key) return base::Error("a key in it cannot be read: " + take_openssl_errors());
  return key;
}

base::Result<Certificate> read_certificate(JksReader& reader, std::uint32_t version) {
  std::string_view type = version == 2 ? reader.text() : "X.509";
  std::string_view der = reader.block();
  if (reader.failed()) return base::Error("the file ends too early");
  if (type != "X.509") {
    return base::Error("it holds a certificate of type " + std::string(type.substr(0, 32)));
  }
  auto* at = reinterpret_cast<const unsigned char*>(der.data());
  Certificate certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  if (!certificate) {
    return base::Error("a certificate in it cannot be read: " + take_openssl_errors());
  }
  return certificate;
}

base::Status read_key_entry(JksReader& reader, std::uint32_t version,
                            const StorePasswords& passwords, StoreContent& content) {
  std::string_view enciphered = reader.block();
  std::uint32_t count = reader.u4();
  // The smallest certificate block has its length alone.
  if (reader.failed() || count > kMaxStoreCertificates || count > reader.left() / 4) {
    return base::Error("the file ends too early");
  }
  KeyEntry entry;
  for (std::uint32_t i = 0; i < count; ++i) {
    auto certificate = read_certificate(reader, version);
    if (!certificate) return certificate.error();
    entry.chain.push_back(std::move(*certificate));
  }
  if (!passwords.want_keys) return {};
  auto key = read_key(enciphered, passwords.for_key());
  if (!key) return key.error();
  entry.key = std::move(*key);
  content.keys.push_back(std::move(entry));
  return {};
}

}  // namespace

base::Result<StoreContent> read_jks(std::string_view bytes, const StorePasswords& passwords) {
  OpensslErrorScope errors;
  constexpr std::size_t kSum = SHA_DIGEST_LENGTH;
  if (bytes.size() < 12 + kSum) return base::Error("the file ends too early");
  std::string_view body = bytes.substr(0, bytes.size() - kSum);
  if (!passwords.store.empty()) {
    Digest sum = sha1({to_utf16(passwords.store.reveal()), "Mighty Aphrodite", body});
    if (!same(view_of(sum), bytes.substr(body.size()))) {
      return base::Error("the store was tampered with, or its password is wrong");
    }
  }
  JksReader reader(body);
  std::uint32_t magic = reader.u4();
  std::uint32_t version = reader.u4();
  std::uint32_t count = reader.u4();
  if (magic != kMagic || version < 1 || version > 2) return base::Error("it is no JKS file");
  if (count > kMaxStoreCertificates) return base::Error("it says it has too many entries");
  StoreContent content;
  for (std::uint32_t i = 0; i < count; ++i) {
    std::uint32_t tag = reader.u4();
    (void)reader.text();     // alias
    (void)reader.number(8);  // date
    if (reader.failed()) return base::Error("the file ends too early");
    if (tag == kKeyTag) {
      if (auto read = read_key_entry(reader, version, passwords, content); !read) {
        return read.error();
      }
    } else if (tag == kCertificateTag) {
      auto certificate = read_certificate(reader, version);
      if (!certificate) return certificate.error();
      content.trusted.push_back(std::move(*certificate));
    } else {
      return base::Error("it holds an entry of unknown kind " + std::to_string(tag));
    }
  }
  return content;
}

}  // namespace odradek::security
