#include "server/security/listener_tls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/server/security/support.h"
#include "tests/support/temporary_directory.h"

namespace odradek::security {
namespace {

using ::testing::HasSubstr;

config::BrokerConfig config_of(const std::string& key_store, const std::string& trusted,
                               config::Properties more = {}) {
  more.insert({{"ssl.keystore.type", "PEM"},
               {"ssl.truststore.type", "PEM"},
               {"listener.name.secure.ssl.keystore.location", key_store},
               {"ssl.truststore.location", trusted}});
  auto config = config::BrokerConfig::build({.file = std::move(more)});
  EXPECT_TRUE(config.ok());
  return *config;
}

TEST(ListenerTls, ReadsItsFilesAgain) {
  odradek::testing::TemporaryDirectory directory;
  std::string store = directory.file("store.pem");
  std::filesystem::copy_file(data_file("broker.pem"), store);
  auto config = config_of(store, data_file("ca.pem"));
  auto tls = ListenerTls::create(config, "SECURE", true);
  ASSERT_TRUE(tls.ok()) << tls.error().message;
  auto before = (*tls)->server();
  EXPECT_THAT(before->subject(), HasSubstr("CN=broker,"));

  // The same values again: the file is read anew, and its certificate is another one.
  std::filesystem::copy_file(data_file("client.pem"), store,
                             std::filesystem::copy_options::overwrite_existing);
  auto refused = (*tls)->validate(config, config);
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message, HasSubstr("ssl.allow.dn.changes"));
  EXPECT_FALSE((*tls)->apply(config, config).ok());
  EXPECT_EQ((*tls)->server(), before);

  auto allowed = config_of(store, data_file("ca.pem"),
                           {{"ssl.allow.dn.changes", "true"}, {"ssl.allow.san.changes", "true"}});
  ASSERT_TRUE((*tls)->validate(config, allowed).ok());
  ASSERT_TRUE((*tls)->apply(config, allowed).ok());
  EXPECT_THAT((*tls)->server()->subject(), HasSubstr("CN=client,"));
  EXPECT_TRUE(Handshake(*(*tls)->server(), *(*tls)->client()).ok());
  // Connections that began with the old context can go on.
  EXPECT_TRUE(Handshake(*before, *(*tls)->client()).ok());
}

TEST(ListenerTls, MustTrustItselfBetweenBrokers) {
  auto config = config_of(data_file("broker.pem"), data_file("stranger.pem"));
  auto between_brokers = ListenerTls::create(config, "SECURE", true);
  ASSERT_FALSE(between_brokers.ok());
  EXPECT_THAT(between_brokers.error().message, HasSubstr("brokers could not connect"));
  EXPECT_TRUE(ListenerTls::create(config, "SECURE", false).ok());
}

TEST(ListenerTls, NamesItsListenerInErrors) {
  auto none = ListenerTls::create(config_of("/no/such/file", data_file("ca.pem")), "SECURE", false);
  ASSERT_FALSE(none.ok());
  EXPECT_THAT(none.error().message, HasSubstr("Listener SECURE"));
  EXPECT_THAT(none.error().message, HasSubstr("/no/such/file"));
}

TEST(ListenerTls, ChangesTheKeysOfItsListener) {
  auto tls =
      ListenerTls::create(config_of(data_file("broker.pem"), data_file("ca.pem")), "SECURE", false);
  ASSERT_TRUE(tls.ok());
  ASSERT_EQ((*tls)->keys().size(), 1u);
  EXPECT_EQ((*tls)->keys()[0], "listener.name.secure.ssl.");
}

}  // namespace
}  // namespace odradek::security
