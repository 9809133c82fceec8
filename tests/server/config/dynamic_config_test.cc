#include "server/config/dynamic_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "protocol/errors.h"

namespace odradek::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Writes down what it is asked, and refuses when it is told to.
class Recorder : public Reconfigurable {
 public:
  explicit Recorder(std::vector<std::string_view> keys) : keys_(std::move(keys)) {}
  std::vector<std::string_view> keys() const override { return keys_; }
  base::Status validate(const BrokerConfig&, const BrokerConfig& next) override {
    if (!refusal.empty()) return base::Error(refusal);
    seen.push_back("validate " + std::to_string(next.message_max_bytes));
    return {};
  }
  base::Status apply(const BrokerConfig& now, const BrokerConfig& next) override {
    seen.push_back("apply " + std::to_string(now.message_max_bytes) + " to " +
                   std::to_string(next.message_max_bytes));
    return {};
  }
  void reload_files(const BrokerConfig&) override { seen.push_back("reload"); }

  std::vector<std::string> seen;
  std::string refusal;

 private:
  const std::vector<std::string_view> keys_;
};

BrokerConfig at_start(Properties more = {}) {
  ConfigLayers layers;
  layers.file = {{"broker.id", "1"}, {"zookeeper.connect", "localhost"}, {"log.dirs", "/tmp/x"}};
  layers.file.merge(more);
  auto built = BrokerConfig::build(std::move(layers));
  CHECK(built.ok()) << built.error().message;
  return *built;
}

std::string refusal_of(DynamicConfig& config, const Properties& values, bool for_all = true) {
  auto fine = config.validate(for_all, values);
  if (fine) return "";
  EXPECT_EQ(protocol::code_of(fine.error()), protocol::ErrorCode::kInvalidRequest);
  return fine.error().message;
}

TEST(DynamicConfig, PublishesWhatZooKeeperHoldsAndTheStrongerLayerWins) {
  DynamicConfig config(at_start({{"message.max.bytes", "100"}}));
  auto before = config.current();
  config.update(true, {{"message.max.bytes", "200"}, {"num.io.threads", "9"}});
  EXPECT_EQ(config.current()->message_max_bytes, 200);
  config.update(false, {{"message.max.bytes", "300"}});
  EXPECT_EQ(config.current()->message_max_bytes, 300);
  EXPECT_EQ(config.current()->num_io_threads, 9);
  config.update(false, {});
  EXPECT_EQ(config.current()->message_max_bytes, 200);
  config.update(true, {});
  EXPECT_EQ(config.current()->message_max_bytes, 100);
  EXPECT_EQ(before->message_max_bytes, 100) << "who took a snapshot keeps it";
}

TEST(DynamicConfig, AppliesToThoseWhoseKeysChanged) {
  DynamicConfig config(at_start({{"message.max.bytes", "100"}}));
  Recorder one({"message.max.bytes"});
  Recorder other({"num.io.threads"});
  Recorder listeners({"listener.name."});
  config.add(one);
  config.add(other);
  config.add(listeners);
  config.update(true, {{"message.max.bytes", "200"}});
  config.update(true, {{"message.max.bytes", "200"}});
  EXPECT_THAT(one.seen, ElementsAre("validate 200", "apply 100 to 200"));
  EXPECT_THAT(other.seen, IsEmpty());
  EXPECT_THAT(listeners.seen, IsEmpty());
  config.update(false, {{"listener.name.a.max.connections", "4"}});
  EXPECT_THAT(listeners.seen, ElementsAre("validate 200", "apply 200 to 200"));
  config.reload_files();
  EXPECT_THAT(other.seen, ElementsAre("reload"));
}

TEST(DynamicConfig, ValidatesWithoutChangingAnything) {
  DynamicConfig config(at_start());
  Recorder component({"message.max.bytes"});
  config.add(component);
  EXPECT_EQ(refusal_of(config, {{"message.max.bytes", "7"}}), "");
  EXPECT_THAT(component.seen, ElementsAre("validate 7"));
  EXPECT_EQ(config.current()->message_max_bytes, BrokerConfig().message_max_bytes);
}

TEST(DynamicConfig, RefusesWithTheSentencesOfAJvmBroker) {
  DynamicConfig config(at_start());
  Recorder component({"message.max.bytes"});
  component.refusal = "no room";
  config.add(component);
  EXPECT_EQ(refusal_of(config, {{"broker.id", "2"}, {"port", "1"}, {"num.io.threads", "4"}}),
            "Cannot update these configs dynamically: Set(broker.id, port)");
  EXPECT_THAT(refusal_of(config, {{"num.io.threads", "x"}}),
              HasSubstr("Invalid value x for configuration num.io.threads"));
  EXPECT_THAT(refusal_of(config, {{"ssl.key.password", "x"}}, false),
              HasSubstr("only per-listener using the listener prefix: HashSet(ssl.key.password)"));
  EXPECT_THAT(refusal_of(config, {{"listeners", "PLAINTEXT://:1"}}),
              HasSubstr("at default cluster level, broker id must be specified: Set(listeners)"));
  EXPECT_EQ(
      refusal_of(config, {{"message.max.bytes", "5"}}),
      "Invalid value org.apache.kafka.common.config.ConfigException: no room for configuration "
      "Invalid dynamic configuration");
  EXPECT_THAT(refusal_of(config, {{"num.io.threads", "17"}}),
              HasSubstr("value should not be greater than double the current value 8"));
  EXPECT_THAT(refusal_of(config, {{"log.cleaner.min.compaction.lag.ms", "5"},
                                  {"log.cleaner.max.compaction.lag.ms", "4"}}),
              HasSubstr("must not exceed log.cleaner.max.compaction.lag.ms"));
}

TEST(DynamicConfig, CountsAListenersNetworkThreadsAsAPool) {
  DynamicConfig config(at_start());
  EXPECT_EQ(refusal_of(config, {{"listener.name.plaintext.num.network.threads", "6"}}), "");
  EXPECT_THAT(refusal_of(config, {{"listener.name.plaintext.num.network.threads", "7"}}),
              HasSubstr("listener.name.plaintext.num.network.threads=7"));
}

TEST(DynamicConfig, AsksNothingOfAPoolThatStaysAsItIs) {
  DynamicConfig config(at_start({{"log.cleaner.threads", "0"}}));
  EXPECT_EQ(refusal_of(config, {{"log.retention.ms", "5"}}), "");
}

TEST(DynamicConfig, LeavesOutSingleWrongValuesOfZooKeeper) {
  DynamicConfig config(at_start());
  config.update(true, {{"message.max.bytes", "many"},
                       {"num.io.threads", "5"},
                       {"broker.id", "7"},
                       {"listeners", "PLAINTEXT://:1"}});
  EXPECT_EQ(config.current()->num_io_threads, 5);
  EXPECT_EQ(config.current()->broker_id, 1);
  EXPECT_EQ(config.current()->message_max_bytes, BrokerConfig().message_max_bytes);
}

TEST(DynamicConfig, KeepsEverythingWhenWhatZooKeeperHoldsDoesNotFitTogether) {
  DynamicConfig config(at_start());
  config.update(true, {{"log.cleaner.min.compaction.lag.ms", "5"},
                       {"log.cleaner.max.compaction.lag.ms", "4"},
                       {"message.max.bytes", "5"}});
  EXPECT_EQ(config.current()->message_max_bytes, BrokerConfig().message_max_bytes);
  Recorder component({"message.max.bytes"});
  component.refusal = "no";
  config.add(component);
  config.update(true, {{"message.max.bytes", "5"}, {"num.io.threads", "4"}});
  EXPECT_EQ(config.current()->num_io_threads, BrokerConfig().num_io_threads);
}

TEST(DynamicConfig, TakesAnyNumberOfThreadsFromZooKeeper) {
  DynamicConfig config(at_start());
  config.update(true, {{"num.io.threads", "100"}});
  EXPECT_EQ(config.current()->num_io_threads, 100);
}

TEST(DynamicConfig, DecodesStoredPasswordsOrLeavesThemOut) {
  const std::string name = "listener.name.a.ssl.keystore.password";
  DynamicConfig without(at_start());
  without.update(false, {{name, "encoded"}, {"message.max.bytes", "5"}});
  EXPECT_FALSE(without.current()->raw(name).has_value());
  EXPECT_EQ(without.current()->message_max_bytes, 5);
  auto start = at_start({{"password.encoder.secret", "secret"}});
  DynamicConfig with(start);
  auto encoded = PasswordEncoder::with_secret(start)->encode(Password("clear"));
  ASSERT_TRUE(encoded.ok());
  with.update(false, {{name, *encoded}, {"listener.name.a.ssl.key.password", "other"}});
  EXPECT_EQ(with.current()->raw(name), "clear");
  EXPECT_FALSE(with.current()->raw("listener.name.a.ssl.key.password").has_value());
}

}  // namespace
}  // namespace odradek::config
