#include "server/config/password_encoder.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include <array>
#include <map>
#include <memory>
#include <utility>

#include "base/base64.h"
#include "base/bytes.h"
#include "base/random.h"
#include "base/text.h"
#include "protocol/errors.h"
#include "protocol/wire/utf8.h"
#include "server/config/broker_config.h"

namespace odradek::config {
namespace {

constexpr std::size_t kSaltBytes = 256;
constexpr std::size_t kCbcVectorBytes = 16;
constexpr std::size_t kGcmVectorBytes = 12;
constexpr std::size_t kGcmTagBytes = 16;
constexpr std::size_t kMaxKeyBytes = 32;
constexpr const char* kDefaultKeyFactory = "PBKDF2WithHmacSHA512";

base::Error encoder_error(std::string why) {
  return base::Error(protocol::ErrorCode::kInvalidConfig, std::move(why));
}

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

// CipherKey material is wiped when it goes.
struct CipherKey {
  std::array<std::uint8_t, kMaxKeyBytes> bytes{};
  std::size_t size = 0;

  CipherKey() = default;
  CipherKey(const CipherKey&) = default;
  CipherKey& operator=(const CipherKey&) = default;
  ~CipherKey() { OPENSSL_cleanse(bytes.data(), bytes.size()); }
};

const EVP_MD* digest_of(std::string_view key_factory) {
  constexpr std::string_view kPrefix = "pbkdf2withhmac";
  std::string name = base::to_lower(key_factory);
  if (!name.starts_with(kPrefix)) return nullptr;
  name.erase(0, kPrefix.size());
  if (name == "sha1") return EVP_sha1();
  if (name == "sha224") return EVP_sha224();
  if (name == "sha256") return EVP_sha256();
  if (name == "sha384") return EVP_sha384();
  return name == "sha512" ? EVP_sha512() : nullptr;
}

// What a stored value says besides the password, or is to say.
struct Parameters {
  std::string key_factory;
  std::string cipher;
  std::int32_t key_length_bits = 0;
  std::int32_t iterations = 0;
  base::Bytes salt;
  base::Bytes vector;
  std::size_t tag_bytes = kGcmTagBytes;

  bool is_gcm() const { return base::equals_ignoring_case(cipher, "AES/GCM/NoPadding"); }
  bool is_cbc() const { return base::equals_ignoring_case(cipher, "AES/CBC/PKCS5Padding"); }
};

const EVP_CIPHER* cipher_of(const Parameters& parameters) {
  bool gcm = parameters.is_gcm();
  switch (parameters.key_length_bits) {
    case 128:
      return gcm ? EVP_aes_128_gcm() : EVP_aes_128_cbc();
    case 192:
      return gcm ? EVP_aes_192_gcm() : EVP_aes_192_cbc();
    case 256:
      return gcm ? EVP_aes_256_gcm() : EVP_aes_256_cbc();
    default:
      return nullptr;
  }
}

base::Status check_parameters(const Parameters& parameters) {
  if (!parameters.is_gcm() && !parameters.is_cbc()) {
    return encoder_error("password encoder cipher '" + parameters.cipher +
                         "' is not known here; AES/CBC/PKCS5Padding and AES/GCM/NoPadding are");
  }
  if (digest_of(parameters.key_factory) == nullptr) {
    return encoder_error(
        "password encoder key factory '" + parameters.key_factory +
        "' is not known here; PBKDF2WithHmacSHA1, SHA224, SHA256, SHA384 and SHA512 are");
  }
  if (cipher_of(parameters) == nullptr) {
    return encoder_error("password encoder key length " +
                         std::to_string(parameters.key_length_bits) +
                         " does not fit AES: 128, 192 and 256 do");
  }
  if (parameters.iterations < 1 || parameters.iterations > PasswordEncoder::kMaxIterations) {
    return encoder_error("password encoder iterations " + std::to_string(parameters.iterations) +
                         " are not between 1 and " +
                         std::to_string(PasswordEncoder::kMaxIterations));
  }
  return {};
}

base::Result<CipherKey> derive_key(const Password& secret, const Parameters& parameters) {
  CipherKey key;
  key.size = static_cast<std::size_t>(parameters.key_length_bits) / 8;
  const std::string& text = secret.reveal();
  int done = PKCS5_PBKDF2_HMAC(text.data(), static_cast<int>(text.size()), parameters.salt.data(),
                               static_cast<int>(parameters.salt.size()), parameters.iterations,
                               digest_of(parameters.key_factory), static_cast<int>(key.size),
                               key.bytes.data());
  if (done != 1) return encoder_error("the key of a password encoder cannot be derived");
  return key;
}

// One pass of the cipher. For GCM `tag` is written when enciphering and must match otherwise.
std::optional<base::Bytes> run_cipher(const Parameters& parameters, const CipherKey& key,
                                      bool encipher, base::ByteView in, base::MutableBytes tag) {
  CipherContext context(EVP_CIPHER_CTX_new());
  const bool gcm = parameters.is_gcm();
  const int direction = encipher ? 1 : 0;
  if (!context || EVP_CipherInit_ex(context.get(), cipher_of(parameters), nullptr, nullptr, nullptr,
                                    direction) != 1) {
    return std::nullopt;
  }
  const int vector_bytes = static_cast<int>(parameters.vector.size());
  const int tag_bytes = static_cast<int>(tag.size());
  if (gcm) {
    if (EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_IVLEN, vector_bytes, nullptr) != 1) {
      return std::nullopt;
    }
  } else if (parameters.vector.size() != kCbcVectorBytes) {
    return std::nullopt;
  }
  if (EVP_CipherInit_ex(context.get(), nullptr, nullptr, key.bytes.data(), parameters.vector.data(),
                        direction) != 1) {
    return std::nullopt;
  }
  if (gcm && !encipher &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, tag_bytes, tag.data()) != 1) {
    return std::nullopt;
  }
  base::Bytes out(in.size() + EVP_MAX_BLOCK_LENGTH);
  int written = 0;
  int last = 0;
  if (EVP_CipherUpdate(context.get(), out.data(), &written, in.data(),
                       static_cast<int>(in.size())) != 1 ||
      EVP_CipherFinal_ex(context.get(), out.data() + written, &last) != 1) {
    return std::nullopt;
  }
  if (gcm && encipher &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, tag_bytes, tag.data()) != 1) {
    return std::nullopt;
  }
  out.resize(static_cast<std::size_t>(written + last));
  return out;
}

// Java counts characters beyond the first 65536 as two.
std::size_t java_length(std::string_view utf8) {
  std::size_t units = 0;
  for (char c : utf8) {
    auto byte = static_cast<std::uint8_t>(c);
    if ((byte & 0xc0) == 0x80) continue;  // goes on with a character
    units += byte >= 0xf0 ? 2 : 1;
  }
  return units;
}

using Fields = std::map<std::string, std::string, std::less<>>;

// "key:value,key:value": blanks around do not count, and the last colon of a pair divides it.
base::Result<Fields> parse_fields(std::string_view encoded) {
  Fields fields;
  for (std::string_view pair : base::split(encoded, ',')) {
    std::size_t colon = pair.rfind(':');
    if (colon == std::string_view::npos) return encoder_error("it is no list of key:value");
    fields[std::string(base::trim(pair.substr(0, colon)))] = base::trim(pair.substr(colon + 1));
  }
  return fields;
}

// Reads fields one after another; `missing` names the first that is absent or wrong.
class FieldReader {
 public:
  explicit FieldReader(const Fields& fields) : fields_(fields) {}

  std::string text(std::string_view name) {
    auto found = fields_.find(name);
    if (found != fields_.end()) return found->second;
    note(name);
    return {};
  }
  std::int32_t number(std::string_view name) {
    auto value = base::parse_int<std::int32_t>(text(name), 0);
    if (!value) note(name);
    return value.value_or(0);
  }
  base::Bytes bytes(std::string_view name) {
    auto value = base::base64_decode(text(name));
    if (!value || value->empty()) note(name);
    return value.value_or(base::Bytes());
  }
  base::Status status() const {
    if (missing_.empty()) return {};
    return encoder_error(missing_ + " is missing or wrong");
  }

 private:
  void note(std::string_view name) {
    if (missing_.empty()) missing_ = name;
  }

  const Fields& fields_;
  std::string missing_;
};

base::Error undecodable(const std::string& why) {
  return encoder_error("Password could not be decoded: " + why);
}

std::optional<PasswordEncoder> encoder_with(const Password& secret, const BrokerConfig& config) {
  if (secret.empty()) return std::nullopt;
  return PasswordEncoder(secret,
                         {.key_factory_algorithm = config.password_encoder_keyfactory_algorithm,
                          .cipher_algorithm = config.password_encoder_cipher_algorithm,
                          .key_length_bits = config.password_encoder_key_length,
                          .iterations = config.password_encoder_iterations});
}

}  // namespace

std::optional<PasswordEncoder> PasswordEncoder::with_secret(const BrokerConfig& config) {
  return encoder_with(config.password_encoder_secret, config);
}

std::optional<PasswordEncoder> PasswordEncoder::with_old_secret(const BrokerConfig& config) {
  return encoder_with(config.password_encoder_old_secret, config);
}

base::Result<std::string> PasswordEncoder::encode(const Password& password) const {
  Parameters parameters{.key_factory = options_.key_factory_algorithm.empty()
                                           ? kDefaultKeyFactory
                                           : options_.key_factory_algorithm,
                        .cipher = options_.cipher_algorithm,
                        .key_length_bits = options_.key_length_bits,
                        .iterations = options_.iterations};
  if (base::Status fine = check_parameters(parameters); !fine) return fine.error();
  parameters.salt.resize(kSaltBytes);
  parameters.vector.resize(parameters.is_gcm() ? kGcmVectorBytes : kCbcVectorBytes);
  base::fill_with_secrets(parameters.salt);
  base::fill_with_secrets(parameters.vector);
  auto key = derive_key(secret_, parameters);
  if (!key) return key.error();
  std::array<std::uint8_t, kGcmTagBytes> tag{};
  const std::string& text = password.reveal();
  auto enciphered = run_cipher(parameters, *key, true, base::as_bytes(text), tag);
  ERR_clear_error();
  if (!enciphered) return encoder_error("a password could not be encoded");
  if (parameters.is_gcm()) enciphered->insert(enciphered->end(), tag.begin(), tag.end());
  std::string encoded = "keyFactoryAlgorithm:" + parameters.key_factory +
                        ",cipherAlgorithm:" + parameters.cipher +
                        ",keyLength:" + std::to_string(parameters.key_length_bits) +
                        ",salt:" + base::base64_encode(parameters.salt) +
                        ",iterations:" + std::to_string(parameters.iterations) +
                        ",encryptedPassword:" + base::base64_encode(*enciphered) +
                        ",passwordLength:" + std::to_string(java_length(text)) +
                        ",initializationVector:" + base::base64_encode(parameters.vector);
  if (parameters.is_gcm()) {
    encoded += ",authenticationTagLength:" + std::to_string(kGcmTagBytes * 8);
  }
  return encoded;
}

base::Result<Password> PasswordEncoder::decode(std::string_view encoded) const {
  auto fields = parse_fields(encoded);
  if (!fields) return undecodable(fields.error().message);
  FieldReader reader(*fields);
  Parameters parameters{.key_factory = reader.text("keyFactoryAlgorithm"),
                        .cipher = reader.text("cipherAlgorithm"),
                        .key_length_bits = reader.number("keyLength"),
                        .iterations = reader.number("iterations"),
                        .salt = reader.bytes("salt"),
                        .vector = reader.bytes("initializationVector")};
  base::Bytes enciphered = reader.bytes("encryptedPassword");
  auto length = static_cast<std::size_t>(reader.number("passwordLength"));
  base::Bytes tag;
  if (parameters.is_gcm()) {
    auto tag_bytes = static_cast<std::size_t>(reader.number("authenticationTagLength") / 8);
    // Java's bounds: a shorter tag would be guessed too easily.
    if (tag_bytes < 12 || tag_bytes > kGcmTagBytes || enciphered.size() < tag_bytes) {
      return undecodable("its authentication tag is not of 96 to 128 bits");
    }
    tag.assign(enciphered.end() - static_cast<std::ptrdiff_t>(tag_bytes), enciphered.end());
    enciphered.resize(enciphered.size() - tag_bytes);
  }
  if (base::Status complete = reader.status(); !complete) {
    return undecodable(complete.error().message);
  }
  if (base::Status fine = check_parameters(parameters); !fine)
    return undecodable(fine.error().message);
  auto key = derive_key(secret_, parameters);
  if (!key) return undecodable(key.error().message);
  auto text = run_cipher(parameters, *key, false, enciphered, tag);
  ERR_clear_error();
  // A wrong key shows in the padding, in the tag, or only in what comes out.
  if (!text || !protocol::is_utf8(*text) || java_length(base::as_text(*text)) != length) {
    return undecodable("it was made with another secret, or is damaged");
  }
  return Password(std::string(base::as_text(*text)));
}

bool is_stored_enciphered(std::string_view name) {
  for (std::string_view ending :
       {"ssl.keystore.password", "ssl.key.password", "ssl.truststore.password", "ssl.keystore.key",
        "ssl.keystore.certificate.chain", "ssl.truststore.certificates", "sasl.jaas.config"}) {
    if (name.ends_with(ending)) return true;
  }
  return false;
}

base::Result<std::optional<Properties>> reencode_passwords(const BrokerConfig& config,
                                                           const Properties& stored) {
  auto old_encoder = PasswordEncoder::with_old_secret(config);
  if (!old_encoder) return std::optional<Properties>();
  std::optional<Properties> reencoded;
  for (const auto& [name, value] : stored) {
    if (!is_stored_enciphered(name)) continue;
    auto password = old_encoder->decode(value);
    if (!password) continue;  // made with the present secret already
    auto encoder = PasswordEncoder::with_secret(config);
    if (!encoder) return encoder_error("Password encoder secret not configured");
    auto encoded = encoder->encode(*password);
    if (!encoded) return encoded.error();
    if (!reencoded) reencoded = stored;
    (*reencoded)[name] = std::move(*encoded);
  }
  return reencoded;
}

}  // namespace odradek::config
