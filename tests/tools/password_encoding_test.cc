#include "tools/password_encoding.h"

#include <gtest/gtest.h>

namespace odradek::tools {
namespace {

std::string error_of(const config::Properties& settings) {
  auto encoded = encode_password("secret", settings);
  return encoded.ok() ? "" : encoded.error().message;
}

TEST(PasswordEncoding, TellsHowToDecodeButNotThePassword) {
  auto encoded = encode_password("pässword", {{"password.encoder.secret", "s"},
                                              {"password.encoder.key.length", "256"},
                                              {"password.encoder.iterations", "2048"}});
  ASSERT_TRUE(encoded.ok());
  for (const char* part :
       {"keyFactoryAlgorithm:PBKDF2WithHmacSHA512", "cipherAlgorithm:AES/CBC/PKCS5Padding",
        "keyLength:256", "iterations:2048", "passwordLength:8",
        "salt:", "initializationVector:", "encryptedPassword:"}) {
    EXPECT_NE(encoded->find(part), std::string::npos) << part;
  }
  EXPECT_EQ(encoded->find("word,"), std::string::npos);
  EXPECT_EQ(encoded->find("authenticationTagLength"), std::string::npos);
}

TEST(PasswordEncoding, AddsTheTagLengthOfGcm) {
  auto encoded = encode_password("x", {{"password.encoder.secret", "s"},
                                       {"password.encoder.cipher.algorithm", "AES/GCM/NoPadding"}});
  ASSERT_TRUE(encoded.ok());
  EXPECT_NE(encoded->find("authenticationTagLength:128"), std::string::npos);
}

TEST(PasswordEncoding, RefusesSettingsThatNobodyDecodes) {
  EXPECT_EQ(error_of({}), "Password encoder secret not specified");
  const auto with = [](const std::string& name, const std::string& value) {
    return config::Properties{{"password.encoder.secret", "s"},
                              {"password.encoder." + name, value}};
  };
  EXPECT_NE(error_of(with("cipher.algorithm", "DES/CBC/PKCS5Padding")), "");
  EXPECT_NE(error_of(with("key.length", "127")), "");
  EXPECT_NE(error_of(with("iterations", "1")), "");
  EXPECT_NE(error_of(with("iterations", "x")), "");
}

}  // namespace
}  // namespace odradek::tools
