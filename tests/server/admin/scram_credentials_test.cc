#include "server/admin/scram_credentials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/base64.h"

namespace odradek::admin {
namespace {

// RFC 7677, section 3: user "user", password "pencil".
constexpr const char* kSalt = "W22ZaJ0SNY7soEsUEjb6gQ==";
constexpr const char* kSaltedPassword = "xKSVEDI6tPlSysH6mUQZOeeOp01r6B3fcJbodRPcYV0=";

TEST(ScramCredentials, AreWrittenAsUpstreamDoes) {
  auto text = scram_credential_text({.user = "user",
                                     .mechanism = ScramMechanism::kSha256,
                                     .iterations = 4096,
                                     .salt = *base::base64_decode(kSalt),
                                     .salted_password = *base::base64_decode(kSaltedPassword)});
  ASSERT_TRUE(text.ok());
  EXPECT_EQ(*text,
            "salt=W22ZaJ0SNY7soEsUEjb6gQ==,"
            "stored_key=WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=,"
            "server_key=wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=,iterations=4096");
  EXPECT_EQ(*scram_iterations(*text), 4096);
}

TEST(ScramCredentials, RefuseAnEmptySaltedPassword) {
  EXPECT_FALSE(scram_credential_text({.user = "user", .mechanism = ScramMechanism::kSha512}).ok());
}

TEST(ScramCredentials, OfStrangersAreReadWithCare) {
  EXPECT_FALSE(scram_iterations("").ok());
  EXPECT_FALSE(scram_iterations("salt=,stored_key=,server_key=").ok());
  EXPECT_FALSE(scram_iterations("salt=AA==,stored_key=AA==,server_key=AA==,iterations=x").ok());
  EXPECT_FALSE(scram_iterations("salt=?,stored_key=AA==,server_key=AA==,iterations=1").ok());
  EXPECT_FALSE(
      scram_iterations("salt=AA==,stored_key=AA==,server_key=AA==,iterations=1,more=1").ok());
  EXPECT_EQ(*scram_iterations("iterations=5,salt=AA==,server_key=AA==,stored_key=AA=="), 5);
}

}  // namespace
}  // namespace odradek::admin
