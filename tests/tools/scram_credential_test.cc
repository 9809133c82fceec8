#include "tools/scram_credential.h"

#include <gtest/gtest.h>

namespace odradek::tools {
namespace {

constexpr ScramMechanism kSha256 = ScramMechanism::kSha256;

TEST(ScramCredential, ReadsIterationsAndPassword) {
  auto parsed = parse_scram_password(kSha256, "iterations=8192,password=a,b=c");
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->iterations, 8192);
  EXPECT_EQ(parsed->password, "a,b=c");
  EXPECT_EQ(parse_scram_password(kSha256, "password=x")->iterations, 4096);
  EXPECT_EQ(parse_scram_password(kSha256, "iterations=-1,password=x")->iterations, 4096);
}

TEST(ScramCredential, RefusesWhatIsNoCredential) {
  for (const char* text : {"", "x", "iterations=8192", "iterations=x,password=y", "passwords=x",
                           "iterations=99999999999,password=y"}) {
    EXPECT_EQ(parse_scram_password(kSha256, text).error().message,
              "Invalid credential property SCRAM_SHA_256=" + std::string(text));
  }
  EXPECT_EQ(parse_scram_password(kSha256, "iterations=4095,password=x").error().message,
            "Iterations 4095 is less than the minimum 4096 required for SCRAM-SHA-256");
}

TEST(ScramCredential, IsSaltedAnewEachTime) {
  const ScramPassword password{.password = "secret"};
  SaltedPassword first = salt_password(kSha256, password);
  SaltedPassword second = salt_password(kSha256, password);
  EXPECT_NE(first.salt, second.salt);
  EXPECT_NE(first.salted_password, second.salted_password);
  EXPECT_EQ(first.salted_password.size(), 32U);
  EXPECT_EQ(salt_password(ScramMechanism::kSha512, password).salted_password.size(), 64U);
}

TEST(ScramCredential, IsStoredWithoutThePassword) {
  const std::string stored = stored_credential(kSha256, {.iterations = 8192, .password = "secret"});
  EXPECT_EQ(stored.find("secret"), std::string::npos);
  for (const char* part : {"salt=", ",stored_key=", ",server_key=", ",iterations=8192"}) {
    EXPECT_NE(stored.find(part), std::string::npos) << part;
  }
}

}  // namespace
}  // namespace odradek::tools
