#include <map>
#include <string>

#include "base/log.h"
#include "server/config/broker_config.h"
#include "server/config/listeners.h"
#include "server/config/properties.h"
#include "server/config/topic_config.h"
#include "tests/fuzz/choices.h"
#include "tests/fuzz/targets.h"

namespace odradek::fuzz {
namespace {

using config::BrokerConfig;
using config::Properties;

template <class Described>
std::map<std::string, std::string> values_of(const std::vector<Described>& described) {
  std::map<std::string, std::string> values;
  for (const Described& each : described) {
    if (each.value) values[each.name] = *each.value;
  }
  return values;
}

// What DescribeConfigs answers may be written into server.properties, and says the same there.
void check_description(const BrokerConfig& broker) {
  Properties given;
  std::vector<config::DescribedConfig> described = broker.describe();
  for (const config::DescribedConfig& each : described) {
    CHECK(!(each.sensitive && each.value)) << each.name << " is told";
    auto raw = broker.raw(each.name);
    if (raw && each.sensitive) given[each.name] = *raw;
    if (raw && each.value) given[each.name] = *each.value;
  }
  auto again = BrokerConfig::build({.file = given});
  CHECK(again.ok()) << again.error().message;
  CHECK(values_of(again->describe()) == values_of(described));
}

void check_listeners(const BrokerConfig& broker) {
  auto listeners = config::parse_listeners(broker);
  if (!listeners) return;
  for (const config::Listener& listener : listeners->bound) {
    auto again =
        config::parse_endpoint_list(listener.to_string(), listeners->protocols, "listeners");
    CHECK(again.ok()) << again.error().message;
    CHECK(again->size() == 1 && again->front() == listener) << listener.to_string();
    CHECK(listeners->find_bound(listener.name) != nullptr);
  }
  base::Result<BrokerConfig> seen = broker.for_listener(listeners->inter_broker_name);
  CHECK(seen.ok() || !seen.error().message.empty());
}

void check_broker(const Properties& properties) {
  auto broker = BrokerConfig::build({.file = properties});
  if (!broker) {
    CHECK(!broker.error().message.empty());
    return;
  }
  check_description(*broker);
  check_listeners(*broker);
  base::Status checked = config::check_broker_config(*broker);
  CHECK(checked.ok() || !checked.error().message.empty());
  config::broker_config_warnings(*broker);
  broker->log_retention_time_ms();
  broker->log_roll_time_ms();
  broker->log_roll_time_jitter_ms();
  broker->log_flush_time_ms();
  broker->log_directories();
  broker->zookeeper_connect_timeout_ms();
}

// As maps come from ZooKeeper: what was taken leniently must be taken strictly too.
void check_dynamic(const Properties& properties) {
  for (bool all : {false, true}) {
    std::vector<std::string> problems;
    Properties accepted = config::accepted_dynamic_values(properties, all, problems);
    CHECK_EQ(accepted.size() + problems.size(), properties.size());
    for (const auto& [name, text] : accepted) {
      CHECK(config::check_dynamic_changes({{name, text}}, all).ok()) << name;
    }
    config::ConfigLayers layers;
    (all ? layers.dynamic_default : layers.dynamic_broker) = accepted;
    auto broker = BrokerConfig::build(layers);
    CHECK(broker.ok()) << broker.error().message;
    broker->describe_dynamic_defaults();
  }
}

void check_topic(const Properties& properties) {
  static const BrokerConfig kBroker;
  std::vector<std::string> problems;
  config::TopicConfig lenient = config::TopicConfig::build_leniently(kBroker, properties, problems);
  CHECK_LE(problems.size(), properties.size());
  auto strict = config::TopicConfig::build(kBroker, lenient.overrides());
  CHECK(strict.ok()) << strict.error().message;
  auto values = values_of(lenient.describe(kBroker));
  CHECK(values == values_of(strict->describe(kBroker)));
  config::check_topic_config(kBroker, properties).ok();
  strict->timestamp_before_max_ms();
  strict->timestamp_after_max_ms();
}

void run(base::ByteView input) {
  Choices choices(input);
  std::size_t what = choices.below(3);
  auto properties = config::parse_properties(base::as_text(choices.rest()));
  if (!properties) return;
  auto again = config::parse_properties(config::format_properties(*properties, "a comment"));
  CHECK(again.ok()) << again.error().message;
  CHECK(*again == *properties);
  if (what == 0) check_broker(*properties);
  if (what == 1) check_dynamic(*properties);
  if (what == 2) check_topic(*properties);
}

base::Bytes seed(std::uint8_t what, std::string_view text) {
  base::Bytes bytes = base::to_bytes(text);
  bytes.insert(bytes.begin(), what);
  return bytes;
}

std::vector<base::Bytes> seeds(base::Random& random) {
  std::vector<base::Bytes> seeds{
      seed(0,
           "# comment\nbroker.id=1\nlisteners=PLAINTEXT://:9092,TLS://[::1]:9093\n"
           "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,TLS:SSL\n"
           "inter.broker.listener.name=PLAINTEXT\nlog.dirs=a, b\nzookeeper.connect = h:2181/c\n"
           "listener.name.tls.ssl.client.auth: required\nssl.keystore.password=s\\u0065cret\n"),
      seed(0,
           "host.name=h\nport=1\ncontrol.plane.listener.name=C\nlisteners=C://h:1,D://h:2\\\n  ,"
           "E://h:3\nlistener.security.protocol.map=C:SASL_SSL,D:SSL,E:PLAINTEXT\n"
           "advertised.listeners=D://x:5\nlog.retention.hours=1\nlog.roll.ms=5\n"
           "inter.broker.protocol.version=3.0\nlog.message.format.version=2.8\n"),
      seed(1, "log.cleaner.threads=2\nmin.insync.replicas=2\nnum.io.threads=9\nx=y\n"),
      seed(
          2,
          "cleanup.policy=compact,delete\nretention.ms=-1\ncompression.type=zstd\nmax.message.bytes"
          "=1000\nmessage.timestamp.type=LogAppendTime\nmin.cleanable.dirty.ratio=0.5\n"
          "follower.replication.throttled.replicas=0:1,1:2\nmessage.format.version=2.8\n")};
  // Every key with its default, in handfuls.
  std::string text;
  int count = 0;
  for (const auto* key : config::broker_config_keys()) {
    text += std::string(key->name) + "=" + std::string(key->default_value().value_or("1")) + "\n";
    if (++count % 40 != 0) continue;
    seeds.push_back(seed(random.one_in(2) ? 0 : 1, text));
    text.clear();
  }
  return seeds;
}

}  // namespace

const Target properties_target{"properties", run, seeds};

}  // namespace odradek::fuzz
