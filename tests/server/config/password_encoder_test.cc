#include "server/config/password_encoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "base/base64.h"
#include "server/config/broker_config.h"

namespace odradek::config {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// With the salt 00..ff, as 3.9 and OpenSSL agree on it.
std::string encoded_test_password(const std::string& enciphered) {
  base::Bytes salt(256);
  std::iota(salt.begin(), salt.end(), std::uint8_t{0});
  return "keyFactoryAlgorithm:PBKDF2WithHmacSHA512,cipherAlgorithm:AES/CBC/PKCS5Padding,"
         "keyLength:128,salt:" +
         base::base64_encode(salt) + ",iterations:4096,encryptedPassword:" + enciphered +
         ",passwordLength:13,initializationVector:EBESExQVFhcYGRobHB0eHw==";
}

PasswordEncoder encoder_of(const std::string& secret, PasswordEncoder::Options options = {}) {
  return PasswordEncoder(Password(secret), std::move(options));
}

std::string decoded(const PasswordEncoder& encoder, std::string_view encoded) {
  auto password = encoder.decode(encoded);
  return password ? password->reveal() : "error: " + password.error().message;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  return text.replace(text.find(from), from.size(), to);
}

// Written by 3.9 with the secret "sécret-é" for the password "päss 🔑 w,o:rd".
constexpr const char* kWrittenByKafka[] = {
    "initializationVector:co6OBd4bCvNwl+RT,keyLength:128,salt:c3V2Q48U8JVUhH5ES8XNRVytNpG"
    "RiOLFWilbi2UF5cJqcFBnocUF0SJ6AwPAq5FH5B2++q1F1hr1KYNojeJYDnzQOyM3QMsM2E2Oh/kU3g7Akkz"
    "4xwyU1iyJAF6XekkdBTlST38YFdIL/fx4lWnoOMRBd888Up2yS8h43/SMvdmQHJSQFmpsBvJs6bV1F7q1csL"
    "0MtItktAewj8xX4hkTeTw6/63Xj3RcWadv7LPnH+92n3i9vWIl1QCd8fMSdM2Z1wwQkQh3jJ7XmHU8ihwZm6"
    "zExLVoCkxYLOf7c/GgtHdSp962hlO9LMvGtv7Q66fyk8c2moJcwT8MSwCZWc8+w==,keyFactoryAlgorith"
    "m:PBKDF2WithHmacSHA512,cipherAlgorithm:AES/GCM/NoPadding,authenticationTagLength:128"
    ",iterations:1024,passwordLength:14,encryptedPassword:K13b9jlikiGpp6/Bk92N3kJ19pR1AMH"
    "p+aZpOL96M0/k",
    "initializationVector:UkHcx4K0qSfv0GXv3Bz/pQ==,keyLength:256,salt:HBmyp5RT9F4I/JFn9XZ"
    "O1dyigGfHF7CcQH/bGD0Tz6gNGi9FEtJtZrJPYYF9Q0CQjxZMv2VjyYa8eR9J80O6qp7pqBOhQS7rGI7Evck"
    "InRnhHjee8INneXn2twOQyEAoE8XCUjRe7dOATCmyQyKSH98XPHMY/dP/fi3Jb3h44YwlLjUGF8SNFGmM8hb"
    "fmH3P1SNyHvu1LrenIQE++sO3bxLDq+fkjBrLOngdIQoTEtn0PM4/fpmb87tAte/gWkmsVKJ8a1kMfk4VRHg"
    "zkfO5J2cNRnTBg551ZFuazSljf78uEiBE1Jd8J2pdWu56axV/gzRf4lu706Do9bfmwKQo4w==,keyFactory"
    "Algorithm:PBKDF2WithHmacSHA1,cipherAlgorithm:AES/CBC/PKCS5Padding,iterations:1024,pa"
    "sswordLength:14,encryptedPassword:HieJKN2rWkKP1P/J6tOI4CfpouVYBhMS11wN2jDtREs=",
    "initializationVector:IpKsSZsJRZeUOhst,keyLength:256,salt:TF/B55+jSB/rPY9x1d0lZdLwC73"
    "DfX52bc2wIQ0z3UdWz45h0bmZxjshDbAqkvdxdixahLUME4OWf7AQbkTWvxsUx/5KDt32rtIogUKG3G2wqOX"
    "/4x2OEYvdzyH6GSesGeE8mvW0BbXcL3FRWmdCJN8ZiZiHp+s1QfRMY2kTuF1SIKjM9AmaIHXIgy/6z+u4dfT"
    "o/ctXrxhKAHkJV8YXripuLxgKTsaassARYqk+6asjIaglFUNv/VzKj923HCp9w1HWQLEjVmMUYuOAApJTTyQ"
    "6a6uIR4RKLHMuszwioJWm1Aq6Zsth5HrcXFMd13j7CpkubaaOyUw4A4XUfi50Pg==,keyFactoryAlgorith"
    "m:PBKDF2WithHmacSHA256,cipherAlgorithm:AES/GCM/NoPadding,authenticationTagLength:128"
    ",iterations:1024,passwordLength:14,encryptedPassword:3KcHUAKLDAEno6H8ztLOdqiDcCurMD0"
    "X9kWWogZE5j4v",
    "initializationVector:3Sh988ye3sriw7dRIMxs4w==,keyLength:192,salt:rKhRx3htouB6VmmLUle"
    "7FCDFGHuKh/Sh9WHaZYAmOlGiBLhLTUsmcZWYFYNLrJX1PW8WDL8MPC+JDdCVA4QCbM7sNCceuttlWxGQxEv"
    "MQpzb8uwvKBEiIKd8M5PZ+oFdhxIF3hzVDWzIOyVhupgNaWbVyCYuMCiRKoGyCKmRx7MQPYicMEktUX76xj5"
    "i8Zhpzy4KyoU689UEt34YmvBqDTKCSH40Yk7KbVKZStcqOkiErLZuJlbqj2KQvyJB/0zZDsvzmhvORxn5BOa"
    "oSShE+0uAKyTJwjgjczkodFV1vdWERZB+x0+GmLu4h067AxteznFE/7Os7NNfVzkdS4gx4Q==,keyFactory"
    "Algorithm:PBKDF2WithHmacSHA384,cipherAlgorithm:AES/CBC/PKCS5Padding,iterations:1024,"
    "passwordLength:14,encryptedPassword:DDqVzqgS3MfbR9jeVv7R3Qj2Aepzij7jevgwyyqCJsc="};

TEST(PasswordEncoder, DecodesKnownVectors) {
  EXPECT_EQ(
      decoded(encoder_of("encoder-secret"), encoded_test_password("dNUsLJjdXF+MvPIVSxy4Fg==")),
      "test-password");
  EXPECT_EQ(
      decoded(encoder_of("s\u00e9cret-\u00e9"), encoded_test_password("qppsAPV0BKdloDvIcE1S4A==")),
      "test-password");
}

TEST(PasswordEncoder, DecodesWhatTheJvmBrokerWroteWhateverItsOwnCipherIs) {
  for (const char* cipher : {"AES/CBC/PKCS5Padding", "AES/GCM/NoPadding"}) {
    auto encoder = encoder_of("s\u00e9cret-\u00e9", {.cipher_algorithm = cipher});
    for (const char* encoded : kWrittenByKafka) {
      EXPECT_EQ(decoded(encoder, encoded), "p\u00e4ss \U0001f511 w,o:rd");
    }
  }
}

TEST(PasswordEncoder, ReadsBackWhatItWrites) {
  for (const char* cipher : {"AES/CBC/PKCS5Padding", "AES/GCM/NoPadding"}) {
    for (const char* factory : {"", "PBKDF2WithHmacSHA1", "PBKDF2WithHmacSHA256"}) {
      for (std::int32_t key_length_bits : {128, 192, 256}) {
        auto encoder = encoder_of("secret", {factory, cipher, key_length_bits, 1024});
        auto encoded = encoder.encode(Password("p\u00e4ss,w:ord"));
        ASSERT_TRUE(encoded.ok()) << encoded.error().message;
        EXPECT_THAT(*encoded, HasSubstr("passwordLength:10"));
        EXPECT_EQ(decoded(encoder_of("secret"), *encoded), "p\u00e4ss,w:ord");
        auto again = encoder.encode(Password("p\u00e4ss,w:ord"));
        ASSERT_TRUE(again.ok());
        EXPECT_NE(*again, *encoded);  // a salt of its own
      }
    }
  }
}

TEST(PasswordEncoder, RefusesAnotherSecretWithoutSayingAnySecret) {
  for (const char* encoded : kWrittenByKafka) {
    std::string refusal = decoded(encoder_of("hunter2"), encoded);
    EXPECT_THAT(refusal, HasSubstr("Password could not be decoded: it was made with another"));
    EXPECT_THAT(refusal, Not(HasSubstr("hunter2")));
  }
}

TEST(PasswordEncoder, RefusesHostileAndDamagedValues) {
  const std::string good = encoded_test_password("dNUsLJjdXF+MvPIVSxy4Fg==");
  auto encoder = encoder_of("encoder-secret");
  auto refusal = [&](const std::string& from, const std::string& to) {
    return decoded(encoder, replaced(good, from, to));
  };
  EXPECT_THAT(refusal("iterations:4096", "iterations:2000000000"), HasSubstr("iterations"));
  EXPECT_THAT(refusal("iterations:4096", "iterations:0"), HasSubstr("iterations"));
  EXPECT_THAT(refusal("iterations:4096", "iterations:x"), HasSubstr("iterations is missing"));
  EXPECT_THAT(refusal("keyLength:128", "keyLength:2147483647"), HasSubstr("key length"));
  EXPECT_THAT(refusal("SHA512", "MD5"), HasSubstr("key factory"));
  EXPECT_THAT(refusal("AES/CBC/PKCS5Padding", "AES/ECB/PKCS5Padding"), HasSubstr("cipher"));
  EXPECT_THAT(refusal("AES/CBC/PKCS5Padding", "AES/GCM/NoPadding"),
              HasSubstr("authentication tag"));
  EXPECT_THAT(refusal("EBESExQVFhcYGRobHB0eHw==", "EBES"), HasSubstr("damaged"));
  EXPECT_THAT(refusal("passwordLength:13", "passwordLength:12"), HasSubstr("damaged"));
  EXPECT_THAT(refusal("dNUs", "eNUs"), HasSubstr("damaged"));
  EXPECT_THAT(refusal(",encryptedPassword:", ",other:"), HasSubstr("encryptedPassword is missing"));
  EXPECT_THAT(decoded(encoder, ""), HasSubstr("no list of key:value"));
  EXPECT_THAT(decoded(encoder, "plain"), HasSubstr("no list of key:value"));
}

TEST(PasswordEncoder, RefusesToEncodeWithWhatItDoesNotKnow) {
  auto encoded = encoder_of("secret", {.cipher_algorithm = "DES/CBC/PKCS5Padding"})
                     .encode(Password("password"));
  ASSERT_FALSE(encoded.ok());
  EXPECT_THAT(encoded.error().message, HasSubstr("AES/CBC/PKCS5Padding and AES/GCM/NoPadding are"));
}

TEST(PasswordEncoder, ReencodesWhatTheOldSecretOpens) {
  auto config = BrokerConfig::build(
      {.file = {{"password.encoder.secret", "new"}, {"password.encoder.old.secret", "old"}}});
  ASSERT_TRUE(config.ok());
  auto by_old = encoder_of("old").encode(Password("one"));
  auto by_new = encoder_of("new").encode(Password("two"));
  ASSERT_TRUE(by_old.ok() && by_new.ok());
  const std::string key = "listener.name.x.ssl.key.password";
  const std::string other = "listener.name.y.ssl.key.password";
  const Properties stored = {{key, *by_old}, {other, *by_new}, {"log.retention.ms", "1"}};
  auto reencoded = reencode_passwords(*config, stored);
  ASSERT_TRUE(reencoded.ok() && reencoded->has_value());
  EXPECT_EQ(decoded(encoder_of("new"), (*reencoded)->at(key)), "one");
  EXPECT_EQ((*reencoded)->at(other), *by_new);
  EXPECT_EQ((*reencoded)->at("log.retention.ms"), "1");
  auto again = reencode_passwords(*config, **reencoded);
  ASSERT_TRUE(again.ok());
  EXPECT_FALSE(again->has_value());
}

}  // namespace
}  // namespace odradek::config
