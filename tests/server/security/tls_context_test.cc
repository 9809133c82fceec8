#include "server/security/tls_context.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/security/support.h"

namespace odradek::security {
namespace {

using config::Password;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TlsSettings settings_of(const char* who) {
  TlsSettings settings;
  settings.key_store = {.type = "PEM", .location = data_file(std::string(who) + ".pem")};
  settings.trust_store = {.type = "PEM", .location = data_file("ca.pem")};
  return settings;
}

TlsSettings without_key() {
  TlsSettings settings;
  settings.trust_store = {.type = "PEM", .location = data_file("ca.pem")};
  return settings;
}

TlsContext server_of(const TlsSettings& settings) {
  auto context = TlsContext::server(settings);
  EXPECT_TRUE(context.ok()) << (context.ok() ? "" : context.error().message);
  return *context;
}

TlsContext client_of(const TlsSettings& settings) {
  auto context = TlsContext::client(settings);
  EXPECT_TRUE(context.ok()) << (context.ok() ? "" : context.error().message);
  return *context;
}

TEST(TlsContext, ShakesHandsWithTheNewestVersion) {
  Handshake hands(server_of(settings_of("broker")), client_of(without_key()));
  ASSERT_TRUE(hands.ok()) << hands.failure;
  EXPECT_EQ(hands.protocol(), "TLSv1.3");
}

TEST(TlsContext, LimitsVersionsAndSuites) {
  auto settings = settings_of("broker");
  settings.enabled_protocols = {"TLSv1.2"};
  Handshake older(server_of(settings), client_of(without_key()));
  ASSERT_TRUE(older.ok()) << older.failure;
  EXPECT_EQ(older.protocol(), "TLSv1.2");

  settings.cipher_suites = {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_NO_SUCH_SUITE"};
  Handshake suite(server_of(settings), client_of(without_key()));
  ASSERT_TRUE(suite.ok()) << suite.failure;
  EXPECT_EQ(suite.cipher(), "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");

  settings.enabled_protocols = {"TLSv1.2", "TLSv1.3"};
  settings.cipher_suites = {"TLS_CHACHA20_POLY1305_SHA256"};
  Handshake newest(server_of(settings), client_of(without_key()));
  ASSERT_TRUE(newest.ok()) << newest.failure;
  EXPECT_EQ(newest.protocol(), "TLSv1.3");
  EXPECT_EQ(newest.cipher(), "TLS_CHACHA20_POLY1305_SHA256");

  auto old_client = without_key();
  old_client.enabled_protocols = {"TLSv1.2"};
  Handshake none(server_of(settings), client_of(old_client));
  EXPECT_FALSE(none.ok());
  EXPECT_THAT(none.failure, HasSubstr("no TLS version that both sides have"));
}

TEST(TlsContext, RefusesVersionsAndSuitesItCannotHave) {
  auto settings = settings_of("broker");
  settings.cipher_suites = {"TLS_NO_SUCH_SUITE"};
  EXPECT_THAT(TlsContext::server(settings).error().message, HasSubstr("ssl.cipher.suites"));
  settings.cipher_suites = {"TLS_AES_128_GCM_SHA256"};
  settings.enabled_protocols = {"TLSv1.2"};
  EXPECT_THAT(TlsContext::server(settings).error().message, HasSubstr("ssl.enabled.protocols"));
  settings.enabled_protocols = {"SSLv9"};
  EXPECT_THAT(TlsContext::server(settings).error().message, HasSubstr("SSLv9"));
  EXPECT_THAT(TlsContext::server(without_key()).error().message, HasSubstr("needs a key store"));
}

TEST(TlsContext, AsksClientsForCertificates) {
  auto settings = settings_of("broker");
  auto known = client_of(settings_of("client"));
  auto anonymous = client_of(without_key());
  auto stranger_settings = without_key();
  // The key and certificate are made for this test alone; nobody vouches for them.
  stranger_settings.key_store = {.type = "PEM", .location = data_file("stranger.pem")};
  auto stranger = client_of(stranger_settings);

  settings.client_authentication = ClientAuthentication::kRequired;
  auto required = server_of(settings);
  EXPECT_TRUE(Handshake(required, known).ok());
  Handshake missing(required, anonymous);
  EXPECT_FALSE(missing.ok());
  EXPECT_THAT(missing.failure, HasSubstr("showed no certificate"));
  Handshake refused(required, stranger);
  EXPECT_FALSE(refused.ok());
  EXPECT_THAT(refused.failure, HasSubstr("the peer's certificate is refused"));

  settings.client_authentication = ClientAuthentication::kRequested;
  auto requested = server_of(settings);
  EXPECT_TRUE(Handshake(requested, known).ok());
  EXPECT_TRUE(Handshake(requested, anonymous).ok());
  EXPECT_FALSE(Handshake(requested, stranger).ok());

  settings.client_authentication = ClientAuthentication::kNone;
  EXPECT_TRUE(Handshake(server_of(settings), stranger).ok());
}

TEST(TlsContext, ChecksTheServersName) {
  auto server = server_of(settings_of("broker"));
  auto settings = without_key();
  auto checking = client_of(settings);
  EXPECT_TRUE(Handshake(server, checking, "localhost").ok());
  EXPECT_TRUE(Handshake(server, checking, "broker.example.com").ok());
  EXPECT_TRUE(Handshake(server, checking, "127.0.0.1").ok());
  EXPECT_THAT(Handshake(server, checking, "other.example.com").failure,
              HasSubstr("hostname mismatch"));
  EXPECT_FALSE(Handshake(server, checking, "127.0.0.2").ok());
  settings.check_host_name = false;
  EXPECT_TRUE(Handshake(server, client_of(settings), "other.example.com").ok());
}

TEST(TlsContext, TrustsOnlyWhatTheTrustStoreSays) {
  auto server = server_of(settings_of("broker"));
  auto settings = without_key();
  settings.trust_store = {.type = "PEM", .location = data_file("stranger.pem")};
  EXPECT_FALSE(Handshake(server, client_of(settings)).ok());
  // The certificate itself in the store is enough, its issuer need not be there.
  settings.trust_store = {.type = "PEM", .location = data_file("traditional.pem")};
  EXPECT_TRUE(Handshake(server, client_of(settings)).ok());
}

TEST(TlsContext, ReadsAListenersSettings) {
  auto config = config::BrokerConfig::build(
      {.file = {{"ssl.keystore.location", data_file("broker.jks")},
                {"ssl.keystore.password", "storepass"},
                {"ssl.key.password", "keypass"},
                {"ssl.truststore.location", data_file("truststore.jks")},
                {"ssl.truststore.password", "storepass"},
                {"listener.name.internal.ssl.client.auth", "required"},
                {"listener.name.internal.ssl.enabled.protocols", "TLSv1.2"},
                {"listener.name.internal.ssl.endpoint.identification.algorithm", ""}}});
  ASSERT_TRUE(config.ok());
  auto internal = TlsSettings::of_listener(*config, "INTERNAL");
  ASSERT_TRUE(internal.ok());
  EXPECT_EQ(internal->client_authentication, ClientAuthentication::kRequired);
  EXPECT_THAT(internal->enabled_protocols, ElementsAre("TLSv1.2"));
  EXPECT_FALSE(internal->check_host_name);
  auto external = TlsSettings::of_listener(*config, "EXTERNAL");
  ASSERT_TRUE(external.ok());
  EXPECT_TRUE(external->check_host_name);
  auto server = server_of(*external);
  EXPECT_EQ(server.subject(), "CN=broker,OU=Tests,O=Odradek,L=Prag,ST=Bohemia,C=CZ");
  EXPECT_THAT(server.alternative_names(),
              ElementsAre("DNS:broker.example.com", "DNS:localhost", "IP:127.0.0.1"));
  EXPECT_TRUE(Handshake(server, client_of(*external)).ok());
}

TEST(TlsContext, ReadsACommandConfig) {
  auto settings = TlsSettings::of_client({{"security.protocol", "SSL"},
                                          {"bootstrap.servers", "a:1"},
                                          {"ssl.truststore.type", "PEM"},
                                          {"ssl.truststore.location", data_file("ca.pem")},
                                          {"ssl.keystore.type", "PKCS12"},
                                          {"ssl.keystore.location", data_file("openssl.p12")},
                                          {"ssl.keystore.password", "storepass"}});
  ASSERT_TRUE(settings.ok()) << settings.error().message;
  EXPECT_TRUE(Handshake(server_of(settings_of("broker")), client_of(*settings)).ok());
  EXPECT_FALSE(TlsSettings::of_client({{"ssl.client.auth", "maybe"}}).ok());
}

TEST(TlsContext, ExplainsPeersThatDoNotSpeakTls) {
  auto server = server_of(settings_of("broker"));
  auto answer = [&](const std::string& bytes) {
    std::unique_ptr<SSL, FreeTestSession> session(SSL_new(server.native()));
    BIO* in = BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size()));
    SSL_set_bio(session.get(), in, BIO_new(BIO_s_mem()));
    ERR_clear_error();
    EXPECT_NE(SSL_accept(session.get()), 1);
    return explain_handshake_failure(session.get());
  };
  EXPECT_THAT(answer("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), HasSubstr("HTTP on a TLS port"));
  EXPECT_THAT(answer(std::string("\0\0\0\x10\0\x12\0\3\0\0\0\1\0\6client", 20)),
              HasSubstr("does not speak TLS"));
}

}  // namespace
}  // namespace odradek::security
