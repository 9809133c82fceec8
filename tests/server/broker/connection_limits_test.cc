#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "server/broker/settings.h"

namespace odradek::broker {
namespace {

using ::testing::Pair;
using ::testing::UnorderedElementsAre;

TEST(ConnectionLimits, OfHostsCountForTheirAddresses) {
  auto config = config::BrokerConfig::build(
      {.file = {{"broker.id", "1"},
                {"zookeeper.connect", "localhost"},
                {"max.connections.per.ip.overrides",
                 "127.0.0.5: 20, 0:0:0:0:0:0:0:0002:7,no.such.host.invalid:3"}}});
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_THAT(connection_limits(*config).max_connections_per_ip_overrides,
              UnorderedElementsAre(Pair("127.0.0.5", 20), Pair("::2", 7)));
}

TEST(ConnectionLimits, OfLocalhostCountForLoopback) {
  auto config =
      config::BrokerConfig::build({.file = {{"broker.id", "1"},
                                            {"zookeeper.connect", "localhost"},
                                            {"max.connections.per.ip.overrides", "localhost:4"}}});
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_THAT(connection_limits(*config).max_connections_per_ip_overrides,
              ::testing::Contains(Pair("127.0.0.1", 4)));
}

}  // namespace
}  // namespace odradek::broker
