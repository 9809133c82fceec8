#include "server/config/listeners.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/config/broker_config.h"

namespace odradek::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

base::Result<Listeners> parsed(Properties file) {
  auto config = BrokerConfig::build({.file = std::move(file)});
  EXPECT_TRUE(config.ok()) << (config.ok() ? "" : config.error().message);
  return parse_listeners(*config);
}

TEST(Listeners, DefaultToPlaintextOnAllInterfaces) {
  auto listeners = parsed({});
  ASSERT_TRUE(listeners.ok());
  EXPECT_THAT(listeners->bound,
              ElementsAre(Listener{"PLAINTEXT", SecurityProtocol::kPlaintext, "", 9092}));
  ASSERT_EQ(listeners->advertised.size(), 1u);
  EXPECT_EQ(listeners->advertised[0].host, canonical_local_host_name());
  EXPECT_FALSE(listeners->advertised[0].host.empty());
  EXPECT_EQ(listeners->inter_broker_name, "PLAINTEXT");
}

TEST(Listeners, ReadNamesProtocolsAndBrackets) {
  auto listeners = parsed(
      {{"listeners", "internal://[::1]:9093, EXTERNAL://0.0.0.0:9094"},
       {"advertised.listeners", "INTERNAL://[fe80::1]:9093,EXTERNAL://kafka.example.com:443"},
       {"listener.security.protocol.map", "Internal:plaintext,EXTERNAL:SASL_SSL"},
       {"inter.broker.listener.name", "internal"}});
  ASSERT_TRUE(listeners.ok()) << listeners.error().message;
  EXPECT_EQ(listeners->bound[0].host, "::1");
  EXPECT_EQ(listeners->bound[0].to_string(), "INTERNAL://[::1]:9093");
  EXPECT_EQ(listeners->bound[1].protocol, SecurityProtocol::kSaslSsl);
  EXPECT_EQ(listeners->find_advertised("EXTERNAL")->port, 443);
  EXPECT_EQ(listeners->inter_broker_protocol, SecurityProtocol::kPlaintext);
}

TEST(Listeners, SetTheControlPlaneApart) {
  auto listeners =
      parsed({{"listeners", "PLAINTEXT://a:1,CONTROLLER://a:2"},
              {"listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT"},
              {"control.plane.listener.name", "CONTROLLER"}});
  ASSERT_TRUE(listeners.ok()) << listeners.error().message;
  EXPECT_TRUE(listeners->has_control_plane());
  ASSERT_EQ(listeners->data_plane().size(), 1u);
  EXPECT_EQ(listeners->data_plane()[0].name, "PLAINTEXT");
}

TEST(Listeners, HonourTheKeysOf28) {
  auto listeners = parsed({{"host.name", "inside"},
                           {"port", "7000"},
                           {"advertised.host.name", "outside"},
                           {"advertised.port", "7001"}});
  ASSERT_TRUE(listeners.ok());
  EXPECT_EQ(listeners->bound[0].to_string(), "PLAINTEXT://inside:7000");
  EXPECT_EQ(listeners->advertised[0].to_string(), "PLAINTEXT://outside:7001");
  auto newer = parsed({{"port", "7000"}, {"listeners", "PLAINTEXT://b:1"}});
  ASSERT_TRUE(newer.ok());
  EXPECT_EQ(newer->bound[0].to_string(), "PLAINTEXT://b:1");
}

TEST(Listeners, ShareAPortOnlyBetweenAddressFamilies) {
  Properties shared = {{"listeners", "PLAINTEXT://127.0.0.1:9,SSL://[::1]:9"}};
  EXPECT_TRUE(parsed(shared).ok());
  shared["listeners"] = "PLAINTEXT://127.0.0.1:0,SSL://127.0.0.1:0";
  EXPECT_TRUE(parsed(shared).ok()) << "port 0 is the kernel's choice";
}

struct Wrong {
  Properties file;
  const char* says;
};

TEST(Listeners, SayWhatIsWrong) {
  const Wrong cases[] = {
      {{{"listeners", "PLAINTEXT://a:1,PLAINTEXT://b:2"}}, "different name"},
      {{{"listeners", "PLAINTEXT://a:1,SSL://b:1"}}, "different port"},
      {{{"listeners", "PLAINTEXT://127.0.0.1:1,SSL://127.0.0.2:1"}}, "different port"},
      {{{"listeners", "PLAINTEXT://127.0.0.1:1,SSL://[::1]:1,SASL_SSL://a:1"}}, "different port"},
      {{{"listeners", "PLAINTEXT:a:1"}}, "Unable to parse PLAINTEXT:a:1"},
      {{{"listeners", "PLAINTEXT://a:b"}}, "Unable to parse"},
      {{{"listeners", "PLAINTEXT://a:70000"}}, "Unable to parse"},
      {{{"listeners", "PLAINTEXT://[::1:9"}}, "Unable to parse"},
      {{{"listeners", "PLAINTEXT://a b:9"}}, "Unable to parse"},
      {{{"listeners", ""}}, "names no listener"},
      {{{"listeners", "CLIENT://a:1"}}, "No security protocol defined for listener CLIENT"},
      {{{"listener.security.protocol.map", "PLAINTEXT:TLS"}}, "Invalid security protocol `TLS`"},
      {{{"listener.security.protocol.map", "PLAINTEXT"}}, "Error parsing configuration property"},
      {{{"listeners", "PLAINTEXT://0.0.0.0:1"}}, "nonroutable meta-address 0.0.0.0"},
      {{{"advertised.listeners", "PLAINTEXT://0.0.0.0:1"}}, "nonroutable meta-address 0.0.0.0"},
      {{{"advertised.listeners", "PLAINTEXT://a:1,SSL://a:2"}}, "subset"},
      {{{"listeners", "SSL://a:1"}}, "inter.broker.listener.name must be"},
      {{{"inter.broker.listener.name", "PLAINTEXT"},
        {"security.inter.broker.protocol", "PLAINTEXT"}},
       "Only one of"},
      {{{"inter.broker.listener.name", "OTHER"}}, "not found in listener.security.protocol.map"},
      {{{"control.plane.listener.name", "PLAINTEXT"}}, "different value"},
      {{{"control.plane.listener.name", "SSL"}}, "advertised.listeners"},
      {{{"control.plane.listener.name", "OTHER"}}, "not found in"},
  };
  for (const auto& each : cases) {
    auto listeners = parsed(each.file);
    ASSERT_FALSE(listeners.ok()) << each.says;
    EXPECT_THAT(listeners.error().message, HasSubstr(each.says));
  }
}

}  // namespace
}  // namespace odradek::config
