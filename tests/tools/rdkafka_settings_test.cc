#include "tools/rdkafka_settings.h"

#include <gtest/gtest.h>

namespace odradek::tools {
namespace {

RdkafkaSettings settings(const config::Properties& java, ClientRole role) {
  auto translated = rdkafka_settings(java, role);
  EXPECT_TRUE(translated.ok());
  return translated.ok() ? *translated : RdkafkaSettings{};
}

TEST(RdkafkaSettings, TranslatesWhatHasAnotherName) {
  auto values = settings({{"security.protocol", "SASL_SSL"},
                          {"fetch.max.wait.ms", "100"},
                          {"receive.buffer.bytes", "-1"},
                          {"auto.offset.reset", "none"},
                          {"request.timeout.ms", "7000"},
                          {"partition.assignment.strategy",
                           "org.apache.kafka.clients.consumer.CooperativeStickyAssignor"},
                          {"ssl.endpoint.identification.algorithm", ""}},
                         ClientRole::kConsumer)
                    .values;
  EXPECT_EQ(values["security.protocol"], "sasl_ssl");
  EXPECT_EQ(values["fetch.wait.max.ms"], "100");
  EXPECT_EQ(values["socket.receive.buffer.bytes"], "0");
  EXPECT_EQ(values["auto.offset.reset"], "error");
  EXPECT_EQ(values["socket.timeout.ms"], "7000");
  EXPECT_EQ(values["partition.assignment.strategy"], "cooperative-sticky");
  EXPECT_EQ(values["ssl.endpoint.identification.algorithm"], "none");
}

TEST(RdkafkaSettings, NamesWhatHasNoCounterpart) {
  auto translated = settings({{"confluent.x", "1"},
                              {"ssl.truststore.location", "/f"},
                              {"key.deserializer", "x"},
                              {"ssl.cipher.suites", "A"}},
                             ClientRole::kConsumer);
  EXPECT_EQ(translated.unknown, (std::vector<std::string>{"confluent.x", "ssl.cipher.suites"}));
}

TEST(RdkafkaSettings, IsIdempotentWhereAJavaProducerIs) {
  auto idempotent = [](const config::Properties& java) {
    return settings(java, ClientRole::kProducer).values["enable.idempotence"];
  };
  EXPECT_EQ(idempotent({}), "true");
  EXPECT_EQ(idempotent({{"acks", "all"}, {"retries", "3"}}), "true");
  EXPECT_EQ(idempotent({{"acks", "1"}}), "false");
  EXPECT_EQ(idempotent({{"retries", "0"}}), "false");
  EXPECT_EQ(idempotent({{"max.in.flight.requests.per.connection", "6"}}), "false");
  EXPECT_EQ(idempotent({{"acks", "1"}, {"enable.idempotence", "true"}}), "true");
}

TEST(RdkafkaSettings, SendsKeysWhereJavaClientsSendThem) {
  EXPECT_EQ(settings({}, ClientRole::kProducer).values["partitioner"], "murmur2_random");
}

TEST(RdkafkaSettings, ReadsUserAndPasswordOutOfTheJaasText) {
  const char* jaas =
      "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"u\" "
      "password=\"p=1\";";
  auto values = settings({{"sasl.jaas.config", jaas}}, ClientRole::kProducer).values;
  EXPECT_EQ(values["sasl.username"], "u");
  EXPECT_EQ(values["sasl.password"], "p=1");
  EXPECT_FALSE(rdkafka_settings({{"sasl.jaas.config", "x"}}, ClientRole::kProducer).ok());
}

TEST(RdkafkaSettings, RefusesSizesThatAreNone) {
  EXPECT_FALSE(rdkafka_settings({{"buffer.memory", "much"}}, ClientRole::kProducer).ok());
  EXPECT_EQ(settings({{"buffer.memory", "33554432"}}, ClientRole::kProducer)
                .values["queue.buffering.max.kbytes"],
            "32768");
}

}  // namespace
}  // namespace odradek::tools
