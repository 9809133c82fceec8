#include <array>
#include <string>

#include "base/log.h"
#include "tests/fuzz/allocations.h"
#include "tests/fuzz/choices.h"
#include "tests/fuzz/targets.h"
#include "zk/data/broker_registration.h"
#include "zk/data/cluster_id.h"
#include "zk/data/config.h"
#include "zk/data/config_change.h"
#include "zk/data/consumer.h"
#include "zk/data/controller.h"
#include "zk/data/controller_epoch.h"
#include "zk/data/feature.h"
#include "zk/data/isr_change.h"
#include "zk/data/log_dir_event.h"
#include "zk/data/migration.h"
#include "zk/data/offset_details.h"
#include "zk/data/partition_list.h"
#include "zk/data/partition_state.h"
#include "zk/data/paths.h"
#include "zk/data/preferred_election.h"
#include "zk/data/producer_id_block.h"
#include "zk/data/reassignment.h"
#include "zk/data/topic_assignment.h"

namespace odradek::fuzz {
namespace {

// A JSON value of two bytes ("0,") becomes a node of 24 in an array that doubles.
constexpr std::size_t kMemoryFactor = 64;
constexpr std::size_t kMemorySlackBytes = 16 * 1024;

// What is accepted must be written so that it is read as the same again.
template <class Decode, class Encode>
void check_payload(std::string_view text, Decode decode, Encode encode) {
  AllocationMeter memory;
  auto value = decode(text);
  CHECK_LE(memory.peak_bytes(), text.size() * kMemoryFactor + kMemorySlackBytes);
  if (!value) {
    CHECK(!value.error().message.empty());
    return;
  }
  std::string encoded = encode(*value);
  auto again = decode(encoded);
  CHECK(again.ok()) << again.error().message << ": " << encoded;
  CHECK_EQ(encode(*again), encoded);
}

template <class T>
void check_struct(std::string_view text) {
  check_payload(text, &T::decode, [](const T& value) { return value.encode(); });
}

void check_registration(std::string_view text) {
  auto broker = zk::BrokerRegistration::decode(3, text);
  if (!broker) return;
  // Only version 1 holds a host that was in no endpoint, and only there brackets may be anywhere.
  for (const zk::BrokerEndpoint& endpoint : broker->endpoints) {
    CHECK_EQ(broker->endpoint(endpoint.listener), &endpoint);
    if (endpoint.host.find_first_of("[]") != std::string::npos) return;
  }
  for (std::int32_t version : {2, 4, 5}) {
    std::string encoded = broker->encode(version);
    auto again = zk::BrokerRegistration::decode(3, encoded);
    CHECK(again.ok()) << again.error().message << ": " << encoded;
    // Version 2 has no place for protocols: there each listener is called as its own.
    if (version >= 4) CHECK_EQ(again->encode(version), encoded);
    if (version == 5) CHECK(*again == *broker) << encoded;
  }
}

void check_paths(std::string_view text) {
  CHECK(zk::paths::desanitize(zk::paths::sanitize(text)) == text);
  if (auto name = zk::paths::desanitize(text)) {
    CHECK(zk::paths::desanitize(zk::paths::sanitize(*name)) == *name);
  }
  CHECK_LE(zk::paths::parent(text).size() + zk::paths::name(text).size(), text.size());
  zk::paths::sequence_number(text, "config_change_");
}

using zk::ConsumerSubscription;
using Check = void (*)(std::string_view text);

struct Payload {
  Check check;
  std::string_view example;
};

constexpr std::array kPayloads{
    Payload{
        check_registration,
        R"({"features":{"f":{"min_version":1,"max_version":2}},"listener_security_protocol_map":)"
        R"({"PLAINTEXT":"PLAINTEXT","TLS":"SSL"},"endpoints":["PLAINTEXT://h:9092","TLS://[::1]:1"],)"
        R"("jmx_port":-1,"rack":"r","host":"h","timestamp":"1700000000000","port":9092,"version":5})"},
    Payload{check_registration,
            R"({"jmx_port":9999,"timestamp":"1","host":"h","port":9092,"version":1})"},
    Payload{check_paths, "a%20b/c+d"},
    Payload{[](std::string_view text) {
              check_payload(text, zk::decode_cluster_id,
                            [](const std::string& id) { return zk::encode_cluster_id(id); });
            },
            R"({"version":"1","id":"AAAAAAAAAAAAAAAAAAAAAA"})"},
    Payload{
        [](std::string_view text) { check_payload(text, zk::decode_config, zk::encode_config); },
        R"({"version":1,"config":{"retention.ms":"1","cleanup.policy":"compact"}})"},
    Payload{[](std::string_view text) {
              check_payload(text, zk::decode_config_change,
                            [](const std::string& path) { return zk::encode_config_change(path); });
            },
            R"({"version":2,"entity_path":"users/alice/clients/c1"})"},
    Payload{[](std::string_view text) {
              check_payload(text, zk::decode_config_change,
                            [](const std::string& path) { return zk::encode_config_change(path); });
            },
            R"({"version":1,"entity_type":"topics","entity_name":"t"})"},
    Payload{
        check_struct<ConsumerSubscription>,
        R"({"version":1,"subscription":{"t":1},"pattern":"static","timestamp":"1700000000000"})"},
    Payload{
        [](std::string_view text) { check_payload(text, zk::decode_offset, zk::encode_offset); },
        "1234567890123"},
    Payload{check_struct<zk::ControllerData>,
            R"({"version":2,"brokerid":1,"timestamp":"1700000000000","kraftControllerEpoch":-1})"},
    Payload{[](std::string_view text) {
              check_payload(text, zk::decode_controller_epoch, zk::encode_controller_epoch);
            },
            "7"},
    Payload{
        check_struct<zk::FeatureData>,
        R"({"version":1,"status":1,"features":{"f":{"min_version_level":1,"max_version_level":3}}})"},
    Payload{[](std::string_view text) {
              check_payload(text, zk::decode_isr_change, zk::encode_isr_change);
            },
            R"({"version":1,"partitions":[{"topic":"t","partition":0}]})"},
    Payload{[](std::string_view text) {
              check_payload(text, zk::decode_log_dir_event, zk::encode_log_dir_event);
            },
            R"({"version":1,"broker":4,"event":1})"},
    Payload{check_struct<zk::MigrationData>,
            R"({"version":0,"kraft_metadata_offset":1,"kraft_controller_id":3000,)"
            R"("kraft_metadata_epoch":2,"kraft_controller_epoch":3})"},
    Payload{check_struct<zk::OffsetDetails>,
            R"({"version":1,"offset":5,"leader_epoch":2,"metadata":"m","commit_timestamp":17})"},
    Payload{
        [](std::string_view text) {
          check_payload(text, zk::decode_partition_list, zk::encode_partition_list);
        },
        R"({"version":1,"partitions":[{"topic":"a","partition":1},{"topic":"b","partition":2}]})"},
    Payload{check_struct<zk::PartitionState>,
            R"({"controller_epoch":1,"leader":1,"version":1,"leader_epoch":2,"isr":[1,2],)"
            R"("leader_recovery_state":1})"},
    Payload{[](std::string_view text) {
              check_payload(text, zk::decode_preferred_election, zk::encode_preferred_election);
            },
            R"({"version":1,"partitions":[{"topic":"t","partition":3}]})"},
    Payload{check_struct<zk::ProducerIdBlock>,
            R"({"version":1,"broker":0,"block_start":"0","block_end":"999"})"},
    Payload{[](std::string_view text) {
              check_payload(text, zk::decode_reassignment, zk::encode_reassignment);
            },
            R"({"version":1,"partitions":[{"topic":"t","partition":0,"replicas":[1,2]}]})"},
    Payload{check_struct<zk::TopicAssignment>,
            R"({"removing_replicas":{"0":[1]},"partitions":{"0":[1,2],"1":[2]},)"
            R"("topic_id":"AAAAAAAAAAAAAAAAAAAAAQ","adding_replicas":{"0":[2]},"version":3})"},
    Payload{check_struct<zk::TopicAssignment>, R"({"version":1,"partitions":{"0":[1,2]}})"},
};

void run(base::ByteView input) {
  Choices choices(input);
  const Payload& payload = kPayloads[choices.below(kPayloads.size())];
  std::string text(base::as_text(choices.rest()));
  payload.check(text);
}

std::vector<base::Bytes> seeds(base::Random&) {
  std::vector<base::Bytes> seeds;
  for (std::size_t i = 0; i < kPayloads.size(); ++i) {
    base::Bytes bytes = base::to_bytes(kPayloads[i].example);
    bytes.insert(bytes.begin(), static_cast<std::uint8_t>(i));
    seeds.push_back(std::move(bytes));
  }
  return seeds;
}

}  // namespace

const Target znodes_target{"znodes", run, seeds};

}  // namespace odradek::fuzz
