#include "tools/scram_credential.h"

#include <glog/logging.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>

#include "base/base64.h"
#include "base/random.h"
#include "base/text.h"

namespace odradek::tools {
namespace {

constexpr std::int32_t kLeastIterations = 4096;
constexpr std::size_t kSaltBytes = 24;

const EVP_MD* digest_of(ScramMechanism mechanism) {
  return mechanism == ScramMechanism::kSha256 ? EVP_sha256() : EVP_sha512();
}

base::Bytes hash(ScramMechanism mechanism, base::ByteView bytes) {
  base::Bytes out(static_cast<std::size_t>(EVP_MD_get_size(digest_of(mechanism))));
  const int done =
      EVP_Digest(bytes.data(), bytes.size(), out.data(), nullptr, digest_of(mechanism), nullptr);
  CHECK_EQ(done, 1);
  return out;
}

base::Bytes hmac(ScramMechanism mechanism, base::ByteView key, std::string_view text) {
  base::Bytes out(static_cast<std::size_t>(EVP_MD_get_size(digest_of(mechanism))));
  const base::ByteView bytes = base::as_bytes(text);
  CHECK(HMAC(digest_of(mechanism), key.data(), static_cast<int>(key.size()), bytes.data(),
             bytes.size(), out.data(), nullptr) != nullptr);
  return out;
}

}  // namespace

std::optional<ScramMechanism> scram_mechanism(std::string_view name) {
  if (name == kScramMechanisms[0]) return ScramMechanism::kSha256;
  if (name == kScramMechanisms[1]) return ScramMechanism::kSha512;
  return std::nullopt;
}

std::string scram_mechanism_name(std::int8_t mechanism) {
  if (mechanism < 1 || mechanism > 2) return "UNKNOWN";
  return std::string(kScramMechanisms[mechanism - 1]);
}

base::Result<ScramPassword> parse_scram_password(ScramMechanism mechanism, std::string_view text) {
  const std::string name = scram_mechanism_name(static_cast<std::int8_t>(mechanism));
  std::string property = name;
  std::replace(property.begin(), property.end(), '-', '_');
  const base::Error invalid("Invalid credential property " + property + "=" + std::string(text));
  constexpr std::string_view kIterations = "iterations=";
  constexpr std::string_view kPassword = "password=";
  ScramPassword parsed;
  std::string_view rest = text;
  if (rest.starts_with(kIterations)) {
    rest.remove_prefix(kIterations.size());
    const std::size_t comma = rest.find(',');
    auto iterations = base::parse_int<std::int32_t>(rest.substr(0, comma));
    if (!iterations) return invalid;
    if (*iterations != -1) parsed.iterations = *iterations;
    rest = comma == std::string_view::npos ? "" : rest.substr(comma + 1);
  }
  if (!rest.starts_with(kPassword)) return invalid;
  parsed.password = rest.substr(kPassword.size());
  if (parsed.iterations >= kLeastIterations) return parsed;
  return base::Error("Iterations " + std::to_string(parsed.iterations) +
                     " is less than the minimum " + std::to_string(kLeastIterations) +
                     " required for " + name);
}

SaltedPassword salt_password(ScramMechanism mechanism, const ScramPassword& password) {
  SaltedPassword salted;
  salted.salt.resize(kSaltBytes);
  base::fill_with_secrets(salted.salt);
  const EVP_MD* digest = digest_of(mechanism);
  salted.salted_password.resize(static_cast<std::size_t>(EVP_MD_get_size(digest)));
  const int done = PKCS5_PBKDF2_HMAC(
      password.password.data(), static_cast<int>(password.password.size()), salted.salt.data(),
      static_cast<int>(salted.salt.size()), password.iterations, digest,
      static_cast<int>(salted.salted_password.size()), salted.salted_password.data());
  CHECK_EQ(done, 1);
  return salted;
}

std::string stored_credential(ScramMechanism mechanism, const ScramPassword& password) {
  const SaltedPassword salted = salt_password(mechanism, password);
  const base::Bytes client_key = hmac(mechanism, salted.salted_password, "Client Key");
  const base::Bytes server_key = hmac(mechanism, salted.salted_password, "Server Key");
  return "salt=" + base::base64_encode(salted.salt) +
         ",stored_key=" + base::base64_encode(hash(mechanism, client_key)) +
         ",server_key=" + base::base64_encode(server_key) +
         ",iterations=" + std::to_string(password.iterations);
}

}  // namespace odradek::tools
