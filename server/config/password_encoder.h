// PasswordEncoder: passwords as they stand in /config/brokers/<id>, enciphered with the broker's
// password.encoder.secret (zookeeper.md §4.5).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "server/config/broker_config.h"
#include "server/config/properties.h"
#include "server/config/value_types.h"

namespace odradek::config {

// Immutable; safe from any thread. Deriving a key takes milliseconds. Neither the secret nor a
// password ever appears in an error.
class PasswordEncoder {
 public:
  // Beyond it a stored value is taken for hostile: its key would take seconds of a thread.
  static constexpr std::int32_t kMaxIterations = 5'000'000;

  struct Options {
    std::string key_factory_algorithm;  // "PBKDF2WithHmacSHA512"; empty for that one
    std::string cipher_algorithm = "AES/CBC/PKCS5Padding";  // or "AES/GCM/NoPadding"
    std::int32_t key_length_bits = 128;
    std::int32_t iterations = 4096;
  };

  PasswordEncoder(Password secret, Options options)
      : secret_(std::move(secret)), options_(std::move(options)) {}

  // Nothing when password.encoder.secret (password.encoder.old.secret) is not given.
  static std::optional<PasswordEncoder> with_secret(const BrokerConfig& config);
  static std::optional<PasswordEncoder> with_old_secret(const BrokerConfig& config);

  // With the algorithms of the options and fresh random numbers. Fails for algorithms that are not
  // known here.
  base::Result<std::string> encode(const Password& password) const;
  // With the algorithms that `encoded` names. Fails for a value made with another secret.
  base::Result<Password> decode(std::string_view encoded) const;

 private:
  Password secret_;
  Options options_;
};

// Whether the values of a dynamic key are enciphered: it ends in the name of a password, whatever
// the prefix for listener and mechanism.
bool is_stored_enciphered(std::string_view name);

// For a start with password.encoder.old.secret: the values that the old secret opens, enciphered
// with the present one; what it does not open stays as it is. Nothing when there is nothing to do.
base::Result<std::optional<Properties>> reencode_passwords(const BrokerConfig& config,
                                                           const Properties& stored);

}  // namespace odradek::config
