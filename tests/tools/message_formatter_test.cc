#include "tools/message_formatter.h"

#include <gtest/gtest.h>

namespace odradek::tools {
namespace {

constexpr const char* kDefault = "kafka.tools.DefaultMessageFormatter";

std::string format(const config::Properties& properties, const ConsumedRecord& record,
                   const char* name = kDefault) {
  auto formatter = make_formatter(name, properties);
  if (!formatter.ok()) return formatter.error().message;
  std::string text;
  base::Status done = (*formatter)->format(record, text);
  return done.ok() ? text : done.error().message;
}

ConsumedRecord record() {
  return {.partition = 3,
          .offset = 42,
          .timestamp_type = RecordTimestamp::kCreateTime,
          .timestamp_ms = 1700000000000,
          .key = base::as_bytes("k"),
          .value = base::as_bytes("v"),
          .headers = {{"h1", base::as_bytes("x")}, {"h2", std::nullopt}}};
}

TEST(MessageFormatter, PrintsTheValueAlone) { EXPECT_EQ(format({}, record()), "v\n"); }

TEST(MessageFormatter, PrintsEveryFieldInUpstreamsOrder) {
  config::Properties all{{"print.timestamp", "true"}, {"print.partition", "true"},
                         {"print.offset", "true"},    {"print.epoch", "true"},
                         {"print.headers", "true"},   {"print.key", "true"}};
  EXPECT_EQ(format(all, record()),
            "CreateTime:1700000000000\tPartition:3\tOffset:42\tEpoch:NOT_PRESENT\t"
            "h1:x,h2:null\tk\tv\n");
  EXPECT_EQ(format(all, {.value = base::as_bytes("v")}),
            "NO_TIMESTAMP\tPartition:0\tOffset:0\tEpoch:NOT_PRESENT\tNO_HEADERS\tnull\tv\n");
}

TEST(MessageFormatter, TakesSeparatorsAndTheTextForNull) {
  config::Properties properties{{"print.key", "true"},
                                {"key.separator", "|"},
                                {"line.separator", ";"},
                                {"null.literal", "~"}};
  EXPECT_EQ(format(properties, {.key = base::as_bytes("k")}), "k|~;");
  EXPECT_EQ(format({{"print.key", "true"}, {"print.value", "false"}}, record()), "k\n");
}

TEST(MessageFormatter, DeserializesNumbers) {
  const std::uint8_t number[] = {0, 0, 0, 0, 0, 0, 1, 2};
  config::Properties longs{
      {"value.deserializer", "org.apache.kafka.common.serialization.LongDeserializer"}};
  EXPECT_EQ(format(longs, {.value = base::ByteView(number)}), "258\n");
  EXPECT_EQ(format(longs, record()), "Size of data received by LongDeserializer is not 8");
  config::Properties integers{{"value.deserializer", "IntegerDeserializer"}};
  EXPECT_EQ(format(integers, {.value = base::ByteView(number).subspan(4)}), "258\n");
}

TEST(MessageFormatter, PrintsCommittedOffsetsInBothForms) {
  const std::uint8_t key[] = {0, 1, 0, 1, 'g', 0, 1, 't', 0, 0, 0, 2};
  const std::uint8_t value[] = {0, 3, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0,
                                0, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9};
  ConsumedRecord commit{.key = base::ByteView(key), .value = base::ByteView(value)};
  EXPECT_EQ(
      format({}, commit, "kafka.coordinator.group.GroupMetadataManager$OffsetsMessageFormatter"),
      "[g,t,2]::OffsetAndMetadata(offset=7, leaderEpoch=Optional[5], metadata=, "
      "commitTimestamp=9, expireTimestamp=None)\n");
  EXPECT_EQ(format({}, commit, "org.apache.kafka.tools.consumer.OffsetsMessageFormatter"),
            "{\"key\":{\"version\":1,\"data\":{\"group\":\"g\",\"topic\":\"t\",\"partition\":2}},"
            "\"value\":{\"version\":3,\"data\":{\"offset\":7,\"leaderEpoch\":5,\"metadata\":\"\","
            "\"commitTimestamp\":9}}}\n");
  commit.value.reset();
  EXPECT_EQ(
      format({}, commit, "kafka.coordinator.group.GroupMetadataManager$OffsetsMessageFormatter"),
      "[g,t,2]::NULL\n");
  EXPECT_EQ(format({}, record(), "org.apache.kafka.tools.consumer.OffsetsMessageFormatter"), "");
}

TEST(MessageFormatter, RefusesClassesItDoesNotKnow) {
  EXPECT_FALSE(make_formatter("com.example.MyFormatter", {}).ok());
  EXPECT_FALSE(make_formatter(kDefault, {{"key.deserializer", "com.example.Mine"}}).ok());
}

}  // namespace
}  // namespace odradek::tools
