#include "server/security/principal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/security/distinguished_name.h"
#include "tests/server/security/support.h"

namespace odradek::security {
namespace {

using ::testing::HasSubstr;

std::string mapped(const char* rules, const char* subject) {
  auto mapper = PrincipalMapper::parse(rules);
  EXPECT_TRUE(mapper.ok()) << (mapper.ok() ? "" : mapper.error().message);
  auto name = mapper->name_of(subject);
  return name ? *name : "error: " + name.error().message;
}

TEST(PrincipalMapper, KeepsTheSubjectByDefault) {
  EXPECT_EQ(mapped(" ,, DEFAULT , ,", "CN=a,O=b"), "CN=a,O=b");
  EXPECT_THAT(mapped("", "CN=a,O=b"), HasSubstr("No rule"));
  EXPECT_EQ(mapped("DEFAULT", "CN=a,O=b"), "CN=a,O=b");
}

TEST(PrincipalMapper, TakesTheFirstRuleThatMatches) {
  const char* rules =
      "RULE:^CN=(.*?),OU=ServiceUsers.*$/$1/, "
      "RULE:^CN=(.*?),OU=(.*?),O=(.*?),L=(.*?),ST=(.*?),C=(.*?)$/$1@$2/L, "
      "RULE:^.*[Cc][Nn]=([a-zA-Z0-9.]*).*$/$1/U, DEFAULT";
  EXPECT_EQ(mapped(rules, "CN=kafka1,OU=ServiceUsers,O=Org"), "kafka1");
  EXPECT_EQ(mapped(rules, "CN=Kafka1,OU=SME,O=mycp,L=Fulton,ST=MD,C=US"), "kafka1@sme");
  EXPECT_EQ(mapped(rules, "cn=kafka1,ou=SME"), "KAFKA1");
  EXPECT_EQ(mapped(rules, "O=nobody"), "O=nobody");
}

TEST(PrincipalMapper, ReplacesAsJavaDoes) {
  EXPECT_EQ(mapped("RULE:CN=(\\w+),.*/a\\/$1\\$$2/", "CN=x,O=y"), "a/x$$2");
  EXPECT_EQ(mapped("RULE:(.*)/<$1>/", "CN=x"), "<CN=x><>");  // the empty match at the end counts
  EXPECT_EQ(mapped("RULE:(CN)=(x)/$21/", "CN=x"), "x1");
  EXPECT_EQ(mapped("RULE:CN=x\\/y/z/", "CN=x/y"), "z");
}

TEST(PrincipalMapper, SaysWhenNoRuleApplies) {
  EXPECT_THAT(mapped("RULE:CN=a/b/", "CN=b"), HasSubstr("No rule"));
  EXPECT_THAT(mapped("DEFAULT", std::string(100000, 'x').c_str()), HasSubstr("too many"));
}

TEST(PrincipalMapper, RefusesRulesItCannotRead) {
  for (const char* rules :
       {"RULE:^CN=(.*?)/$1", "RULE:abc", "NONSENSE", "DEFAULTX", "DEFAULT DEFAULT", "RULE:(/x/",
        "RULE:a/b/LU", "RULE:a/b/X", "default", "DEFAULT/L", "RULE:^CN=(.*?)$/L", "RULE:a/b/L/U"}) {
    EXPECT_FALSE(PrincipalMapper::parse(rules).ok()) << rules;
  }
}

// A pattern that backtracks for ever must not hold a network thread.
TEST(PrincipalMapper, GivesUpOnPatternsThatExplode) {
  std::string subject = "CN=" + std::string(64, 'a') + "!";
  EXPECT_THAT(mapped("RULE:CN=(a+)+(a+)+(a+)+$/x/", subject.c_str()), HasSubstr("error: "));
}

// What the JDK's X500Principal.getName() says of the same certificate.
TEST(DistinguishedName, IsWrittenAsJavaWritesIt) {
  auto odd = load_trust_store({.type = "PEM", .location = data_file("odd.pem")});
  ASSERT_TRUE(odd.ok());
  EXPECT_EQ(subject_of(*odd->front()),
            "CN=Jo \\+ Co+UID=u1,2.5.4.5=#130137,L=K\xc3\xb6ln,"
            "OU=a\\,b\\=c\\#d\\\"e\\\\f\\<g\\>\\;h,O=\\ Two  Spaces\\ ,2.5.4.12=#0c024472,"
            "1.2.840.113549.1.9.1=#16056140622e63,DC=example,C=DE");
  EXPECT_TRUE(alternative_names_of(*odd->front()).empty());
}

TEST(Principal, ComesFromThePeersCertificate) {
  TlsSettings settings;
  settings.key_store = {.type = "PEM", .location = data_file("broker.pem")};
  settings.trust_store = {.type = "PEM", .location = data_file("ca.pem")};
  settings.client_authentication = ClientAuthentication::kRequested;
  auto server = TlsContext::server(settings);
  ASSERT_TRUE(server.ok());
  settings.key_store.location = data_file("client.pem");
  auto client = TlsContext::client(settings);
  settings.key_store = {};
  auto anonymous = TlsContext::client(settings);
  ASSERT_TRUE(client.ok() && anonymous.ok());

  auto mapper = PrincipalMapper::parse("RULE:CN=(.*?),.*/$1/U");
  ASSERT_TRUE(mapper.ok());
  Handshake known(*server, *client);
  ASSERT_TRUE(known.ok()) << known.failure;
  EXPECT_EQ(*peer_principal(known.server.get(), *mapper), "User:CLIENT");
  EXPECT_EQ(peer_subject(known.server.get()),
            "CN=client,OU=Tests,O=Odradek,L=Prag,ST=Bohemia,C=CZ");
  Handshake unknown(*server, *anonymous);
  ASSERT_TRUE(unknown.ok()) << unknown.failure;
  EXPECT_EQ(*peer_principal(unknown.server.get(), *mapper), "User:ANONYMOUS");
  auto other = PrincipalMapper::parse("RULE:CN=x/y/");
  EXPECT_FALSE(peer_principal(known.server.get(), *other).ok());
}

}  // namespace
}  // namespace odradek::security
