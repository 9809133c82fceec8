#include "server/config/broker_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "server/config/properties.h"
#include "server/config/reconfigurable.h"
#include "tests/support/temporary_directory.h"

namespace odradek::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

BrokerConfig built(Properties file) {
  auto config = BrokerConfig::build({.file = std::move(file)});
  EXPECT_TRUE(config.ok()) << (config.ok() ? "" : config.error().message);
  return config.ok() ? *config : BrokerConfig();
}

std::string refusal(Properties file) {
  file.emplace("zookeeper.connect", "localhost:2181");
  auto config = BrokerConfig::build({.file = std::move(file)});
  if (!config) return config.error().message;
  auto fine = check_broker_config(*config);
  return fine ? "" : fine.error().message;
}

DescribedConfig described(const BrokerConfig& config, std::string_view name) {
  for (auto& each : config.describe()) {
    if (each.name == name) return each;
  }
  ADD_FAILURE() << name << " is not described";
  return {};
}

TEST(BrokerConfig, HoldsDefaults) {
  BrokerConfig config;
  EXPECT_EQ(config.num_network_threads, 3);
  EXPECT_EQ(config.log_segment_bytes, 1073741824);
  EXPECT_EQ(config.offsets_storage, "both");
  EXPECT_THAT(config.log_cleanup_policy, ElementsAre("delete"));
  EXPECT_EQ(config.ssl_endpoint_identification_algorithm, "https");
  EXPECT_FALSE(config.log_retention_ms.has_value());
}

TEST(BrokerConfig, ReadsEveryType) {
  auto config = built({{"num.io.threads", " 16 "},
                       {"log.preallocate", "TRUE"},
                       {"offsets.topic.replication.factor", "1"},
                       {"log.retention.ms", "-1"},
                       {"log.cleaner.min.cleanable.ratio", "1e-1"},
                       {"log.cleanup.policy", "compact , delete"},
                       {"ssl.key.password", "secret"},
                       {"principal.builder.class", "a.B"}});
  EXPECT_EQ(config.num_io_threads, 16);
  EXPECT_TRUE(config.log_preallocate);
  EXPECT_EQ(config.offsets_topic_replication_factor, 1);
  EXPECT_EQ(config.log_retention_ms, -1);
  EXPECT_DOUBLE_EQ(config.log_cleaner_min_cleanable_ratio, 0.1);
  EXPECT_THAT(config.log_cleanup_policy, ElementsAre("compact", "delete"));
  EXPECT_EQ(config.ssl_key_password.reveal(), "secret");
  EXPECT_EQ(config.principal_builder_class.name, "a.B");
}

TEST(BrokerConfig, NamesKeyValueAndRangeOfWhatItRefuses) {
  EXPECT_EQ(refusal({{"num.io.threads", "0"}}),
            "Invalid value 0 for configuration num.io.threads: Value must be at least 1");
  EXPECT_EQ(refusal({{"num.io.threads", "many"}}),
            "Invalid value many for configuration num.io.threads: Not a number of type INT");
  EXPECT_EQ(refusal({{"num.io.threads", "2147483648"}}),
            "Invalid value 2147483648 for configuration num.io.threads: Not a number of type INT");
  EXPECT_THAT(refusal({{"compression.type", "lzma"}}),
              HasSubstr("String must be one of: uncompressed, zstd, lz4, snappy, gzip, producer"));
  EXPECT_THAT(refusal({{"compression.gzip.level", "0"}}),
              HasSubstr("between 1 and 9 or equal to -1"));
  EXPECT_EQ(refusal({{"compression.gzip.level", "-1"}}), "");
  EXPECT_THAT(refusal({{"log.cleanup.policy", "delete,shred"}}), HasSubstr("compact, delete"));
  EXPECT_THAT(refusal({{"log.preallocate", "yes"}}), HasSubstr("true or false"));
  EXPECT_THAT(refusal({{"inter.broker.protocol.version", "5.0"}}), HasSubstr("5.0"));
}

TEST(BrokerConfig, NeverPrintsPasswords) {
  auto config = built({{"ssl.key.password", "hunter2"},
                       {"listener.name.a.ssl.key.password", "hunter3"},
                       {"some.plugin.secret", "hunter4"}});
  std::ostringstream out;
  out << config.ssl_key_password;
  for (const auto& each : config.describe()) {
    out << each.value.value_or("");
    for (const auto& synonym : each.synonyms) out << synonym.value.value_or("");
  }
  EXPECT_EQ(out.str().find("hunter"), std::string::npos);
  EXPECT_TRUE(described(config, "listener.name.a.ssl.key.password").sensitive);
}

TEST(BrokerConfig, LetsStrongerLayersWin) {
  auto config = BrokerConfig::build({.file = {{"num.io.threads", "1"}, {"log.dir", "/a"}},
                                     .command_line = {{"log.dir", "/b"}},
                                     .dynamic_default = {{"num.io.threads", "2"}},
                                     .dynamic_broker = {{"num.io.threads", "3"}}});
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(config->num_io_threads, 3);
  EXPECT_EQ(config->log_dir, "/b");
  auto threads = described(*config, "num.io.threads");
  EXPECT_EQ(threads.source, ConfigSource::kDynamicBroker);
  EXPECT_FALSE(threads.read_only);
  EXPECT_THAT(threads.synonyms,
              ElementsAre(ConfigSynonym{"num.io.threads", "3", ConfigSource::kDynamicBroker},
                          ConfigSynonym{"num.io.threads", "2", ConfigSource::kDynamicDefaultBroker},
                          ConfigSynonym{"num.io.threads", "1", ConfigSource::kStaticBroker},
                          ConfigSynonym{"num.io.threads", "8", ConfigSource::kDefault}));
  EXPECT_EQ(config->describe_dynamic_defaults().size(), 1u);
}

TEST(BrokerConfig, ResolvesUnitsInOrder) {
  EXPECT_EQ(BrokerConfig().log_retention_time_ms(), 168LL * 3600 * 1000);
  EXPECT_EQ(built({{"log.retention.minutes", "2"}}).log_retention_time_ms(), 120000);
  EXPECT_EQ(
      built({{"log.retention.minutes", "2"}, {"log.retention.ms", "5"}}).log_retention_time_ms(),
      5);
  EXPECT_EQ(built({{"log.retention.hours", "-1"}}).log_retention_time_ms(), -1);
  EXPECT_EQ(built({{"log.roll.hours", "1"}}).log_roll_time_ms(), 3600000);
  EXPECT_EQ(built({{"log.roll.jitter.ms", "7"}}).log_roll_time_jitter_ms(), 7);
  EXPECT_EQ(built({{"log.flush.scheduler.interval.ms", "9"}}).log_flush_time_ms(), 9);
  EXPECT_THAT(built({{"log.dirs", "/a, /b"}}).log_directories(), ElementsAre("/a", "/b"));
  EXPECT_THAT(BrokerConfig().log_directories(), ElementsAre("/tmp/kafka-logs"));
  EXPECT_EQ(BrokerConfig().zookeeper_connect_timeout_ms(), 18000);
}

TEST(BrokerConfig, DescribesSynonymsFromTheirOwnNameOn) {
  auto config = built({{"log.retention.minutes", "2"}});
  auto ms = described(config, "log.retention.ms");
  EXPECT_FALSE(ms.value.has_value());
  EXPECT_TRUE(ms.is_default());
  EXPECT_THAT(ms.synonyms, IsEmpty());
  auto minutes = described(config, "log.retention.minutes");
  EXPECT_EQ(minutes.source, ConfigSource::kStaticBroker);
  EXPECT_THAT(minutes.synonyms,
              ElementsAre(ConfigSynonym{"log.retention.minutes", "2", ConfigSource::kStaticBroker},
                          ConfigSynonym{"log.retention.hours", "168", ConfigSource::kDefault}));
}

TEST(BrokerConfig, DescribesValuesAsJavaPrintsThem) {
  BrokerConfig config;
  EXPECT_EQ(described(config, "log.cleaner.io.max.bytes.per.second").value,
            "1.7976931348623157E308");
  EXPECT_EQ(described(config, "log.cleaner.min.cleanable.ratio").value, "0.5");
  EXPECT_EQ(described(config, "authorizer.class.name").value, "");
  EXPECT_EQ(described(config, "ssl.cipher.suites").value, "");
  EXPECT_EQ(described(config, "advertised.listeners").value, std::nullopt);
  EXPECT_EQ(described(config, "advertised.listeners").type, ConfigType::kString);
}

TEST(BrokerConfig, ListsKraftKeysButNotInternalOnes) {
  BrokerConfig config;
  EXPECT_EQ(described(config, "process.roles").type, ConfigType::kList);
  for (const auto& each : config.describe()) EXPECT_NE(each.name, "log.initial.task.delay.ms");
}

TEST(BrokerConfig, GivesAListenerItsOwnValues) {
  auto config = built({{"ssl.client.auth", "none"},
                       {"ssl.keystore.location", "/a"},
                       {"listener.name.internal.ssl.client.auth", "required"},
                       {"listener.name.internal.scram-sha-256.sasl.jaas.config", "x;"}});
  auto internal = config.for_listener("INTERNAL");
  ASSERT_TRUE(internal.ok());
  EXPECT_EQ(internal->ssl_client_auth, "required");
  EXPECT_EQ(internal->ssl_keystore_location, "/a");
  EXPECT_EQ(config.for_listener("EXTERNAL")->ssl_client_auth, "none");
  EXPECT_EQ(config.raw_with_prefix("listener.name.internal.").size(), 2u);

  auto wrong = built({{"listener.name.internal.ssl.client.auth", "perhaps"}});
  auto refused = wrong.for_listener("internal");
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message, HasSubstr("listener.name.internal.ssl.client.auth"));
}

TEST(BrokerConfig, KeepsWhatItDoesNotKnow) {
  auto config = built({{"super.users", "User:a"}, {"my.plugin.key", "v"}});
  EXPECT_EQ(config.raw("super.users"), "User:a");
  EXPECT_EQ(config.raw("nothing"), std::nullopt);
  auto warnings = broker_config_warnings(config);
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_THAT(warnings[0], HasSubstr("my.plugin.key"));
}

TEST(BrokerConfig, WarnsOfWhatHasNoEffect) {
  auto config = built({{"zookeeper.ssl.client.enable", "true"},
                       {"remote.log.storage.system.enable", "false"},
                       {"metric.reporters", "a.B"},
                       {"node.id", "3"},
                       {"port", "9092"},
                       {"leader.replication.throttled.rate", "5"},
                       {"num.io.threads", "9"}});
  EXPECT_EQ(config.leader_replication_throttled_rate, INT64_MAX);
  auto warnings = broker_config_warnings(config);
  EXPECT_THAT(warnings, ElementsAre(HasSubstr("leader.replication.throttled.rate"),
                                    HasSubstr("metric.reporters"), HasSubstr("node.id"),
                                    HasSubstr("port"), HasSubstr("zookeeper.ssl.client.enable")));
}

struct Contradiction {
  Properties file;
  const char* names;
};

TEST(BrokerConfig, RefusesContradictions) {
  const Contradiction cases[] = {
      {{{"broker.id", "1001"}}, "reserved.broker.max.id"},
      {{{"broker.id", "-1"}, {"broker.id.generation.enable", "false"}}, "broker.id"},
      {{{"broker.id", "1"}, {"node.id", "2"}}, "node.id"},
      {{{"process.roles", "broker"}}, "process.roles"},
      {{{"controller.listener.names", "C"}}, "controller.listener.names"},
      {{{"zookeeper.connect", ""}}, "zookeeper.connect"},
      {{{"log.roll.ms", "0"}}, "log.roll.ms"},
      {{{"log.retention.ms", "0"}}, "log.retention.ms"},
      {{{"log.cleaner.threads", "200"}}, "log.cleaner.dedupe.buffer.size"},
      {{{"replica.fetch.wait.max.ms", "40000"}}, "replica.socket.timeout.ms"},
      {{{"replica.lag.time.max.ms", "400"}}, "replica.lag.time.max.ms"},
      {{{"offsets.commit.required.acks", "4"}}, "offsets.commit.required.acks"},
      {{{"queued.max.request.bytes", "10"}}, "queued.max.request.bytes"},
      {{{"max.connections.per.ip", "0"}}, "max.connections.per.ip.overrides"},
      {{{"max.connections.per.ip.overrides", "host"}}, "max.connections.per.ip.overrides"},
      {{{"connections.max.idle.ms", "100"}}, "connection.failed.authentication.delay.ms"},
      {{{"inter.broker.protocol.version", "0.10.2"}, {"log.message.format.version", "2.0"}},
       "log.message.format.version"},
      {{{"inter.broker.protocol.version", "2.0"}, {"offsets.topic.compression.codec", "4"}},
       "offsets.topic.compression.codec"},
      {{{"security.inter.broker.protocol", "SASL_PLAINTEXT"},
        {"listeners", "SASL_PLAINTEXT://a:1"},
        {"sasl.enabled.mechanisms", "PLAIN"}},
       "sasl.enabled.mechanisms"}};
  EXPECT_EQ(refusal({}), "");
  EXPECT_EQ(refusal({{"broker.id", "1001"}, {"broker.id.generation.enable", "false"}}), "");
  for (const auto& each : cases) EXPECT_THAT(refusal(each.file), HasSubstr(each.names));
}

TEST(BrokerConfig, KnowsWhatMayChangeAtRunTime) {
  auto refused = [](const std::string& name, const std::string& text, bool for_all) {
    auto fine = check_dynamic_changes({{name, text}}, for_all);
    return fine ? std::string() : fine.error().message;
  };
  EXPECT_EQ(refused("num.io.threads", "4", true), "");
  EXPECT_THAT(refused("num.io.threads", "0", true), HasSubstr("at least 1"));
  EXPECT_EQ(refused("broker.id", "4", false),
            "Cannot update these configs dynamically: Set(broker.id)");
  EXPECT_THAT(refused("ssl.keystore.location", "/a", false), HasSubstr("listener prefix"));
  EXPECT_EQ(refused("listener.name.a.ssl.keystore.location", "/a", false), "");
  EXPECT_THAT(refused("listeners", "PLAINTEXT://:1", true), HasSubstr("default cluster level"));
  EXPECT_EQ(refused("unknown.key", "x", true), "");
  EXPECT_THAT(refused("port", "9092", false), HasSubstr("dynamically"));
  EXPECT_EQ(refused("listener.name.a.max.connections", "5", true), "");
  EXPECT_EQ(refused("listener.name.a.connections.max.reauth.ms", "5", false), "");
  EXPECT_EQ(refused("listener.name.a.ssl.keystore.location", "/a", true),
            "Cannot update these configs at default cluster level, broker id must be specified: "
            "Set(listener.name.a.ssl.keystore.location)");
  EXPECT_EQ(refused("leader.replication.throttled.rate", "100", false), "");
}

TEST(BrokerConfig, LeavesOutWrongDynamicValues) {
  std::vector<std::string> problems;
  auto accepted = accepted_dynamic_values(
      {{"num.io.threads", "0"}, {"log.retention.ms", "5"}, {"broker.id", "3"}, {"plugin.key", "x"}},
      true, problems);
  EXPECT_EQ(accepted, (Properties{{"log.retention.ms", "5"}, {"plugin.key", "x"}}));
  EXPECT_EQ(problems.size(), 2u);
}

TEST(BrokerConfig, ChangesThreadPoolsByHalfOrDouble) {
  EXPECT_TRUE(check_thread_count_change("num.io.threads", 8, 4).ok());
  EXPECT_TRUE(check_thread_count_change("num.io.threads", 8, 16).ok());
  EXPECT_FALSE(check_thread_count_change("num.io.threads", 8, 3).ok());
  EXPECT_FALSE(check_thread_count_change("num.io.threads", 8, 17).ok());
  EXPECT_FALSE(check_thread_count_change("num.io.threads", 1, 0).ok());
}

TEST(BrokerConfig, DocumentsEveryKeyInOneRow) {
  std::string text = broker_config_documentation();
  EXPECT_THAT(text, HasSubstr("\n| num.io.threads | INT | 8 | [1,...] | cluster-wide | HIGH | "));
  EXPECT_THAT(text, HasSubstr("\n| offsets.storage | STRING | both | "));
  EXPECT_EQ(text.find("log.initial.task.delay.ms"), std::string::npos);
}

TEST(BrokerConfig, LoadsAFileWithOverridesAndVariables) {
  odradek::testing::TemporaryDirectory directory;
  std::string secrets = directory.path() + "/secrets.properties";
  std::string path = directory.path() + "/server.properties";
  std::ofstream(secrets) << "keystore.password=s3cret\n";
  std::ofstream(path) << "zookeeper.connect=a:2181/kafka\nbroker.id=1\n"
                      << "config.providers=file\n"
                      << "config.providers.file.class="
                      << "org.apache.kafka.common.config.provider.FileConfigProvider\n"
                      << "ssl.keystore.password=${file:" << secrets << ":keystore.password}\n"
                      << "ssl.key.password=${file:" << secrets << ":missing}\n";
  std::string overrides[] = {"broker.id=7", "log.dirs=/x,/y"};
  auto config = load_broker_config(path, overrides);
  ASSERT_TRUE(config.ok()) << config.error().message;
  EXPECT_EQ(config->broker_id, 7);
  EXPECT_EQ(config->zookeeper_connect, "a:2181/kafka");
  EXPECT_EQ(config->ssl_keystore_password.reveal(), "s3cret");
  EXPECT_EQ(config->ssl_key_password.reveal(), "${file:" + secrets + ":missing}");

  std::string wrong[] = {"broker.id"};
  EXPECT_FALSE(load_broker_config(path, wrong).ok());
  EXPECT_FALSE(load_broker_config(directory.path() + "/none", {}).ok());
}

TEST(BrokerConfig, ReadsTheExampleFile) {
  auto config = load_broker_config(std::string(ODRADEK_SOURCE_DIR) + "/conf/server.properties", {});
  ASSERT_TRUE(config.ok()) << config.error().message;
  EXPECT_THAT(broker_config_warnings(*config), IsEmpty());
}

}  // namespace
}  // namespace odradek::config
