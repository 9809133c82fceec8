#include <gtest/gtest.h>
#include <zlib.h>

#include <boost/json.hpp>
#include <cstdlib>
#include <iostream>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/messages/apis.h"
#include "tests/wire/message_types.h"

namespace odradek::protocol::testing {
namespace {

// What only a KRaft cluster speaks or stores.
bool is_excluded(std::string_view name) {
  static const std::set<std::string_view> kStems = {
      "Vote",
      "BeginQuorumEpoch",
      "EndQuorumEpoch",
      "DescribeQuorum",
      "FetchSnapshot",
      "BrokerRegistration",
      "BrokerHeartbeat",
      "UnregisterBroker",
      "ControllerRegistration",
      "GetTelemetrySubscriptions",
      "PushTelemetry",
      "AssignReplicasToDirs",
      "ListClientMetricsResources",
      "DescribeTopicPartitions",
      "ShareGroupHeartbeat",
      "ShareGroupDescribe",
      "ShareFetch",
      "ShareAcknowledge",
      "AddRaftVoter",
      "RemoveRaftVoter",
      "UpdateRaftVoter",
      "InitializeShareGroupState",
      "ReadShareGroupState",
      "WriteShareGroupState",
      "DeleteShareGroupState",
      "ReadShareGroupStateSummary",
      // Records of the group protocol that needs KRaft.
      "ConsumerGroupCurrentMemberAssignment",
      "ConsumerGroupMemberMetadata",
      "ConsumerGroupMetadata",
      "ConsumerGroupPartitionMetadata",
      "ConsumerGroupTargetAssignmentMember",
      "ConsumerGroupTargetAssignmentMetadata",
      "ShareGroupMemberMetadata",
      "ShareGroupMetadata",
      "ShareGroupPartitionMetadata",
  };
  for (std::string_view ending : {"RequestData", "ResponseData", "Key", "Value"}) {
    if (name.ends_with(ending) && kStems.contains(name.substr(0, name.size() - ending.size()))) {
      return true;
    }
  }
  return false;
}

std::vector<std::string> read_lines(const std::string& path) {
  gzFile file = gzopen(path.c_str(), "rb");
  if (file == nullptr) return {};
  std::string all;
  std::string chunk(1 << 16, '\0');
  for (;;) {
    int count = gzread(file, chunk.data(), static_cast<unsigned>(chunk.size()));
    if (count <= 0) break;
    all.append(chunk, 0, static_cast<std::size_t>(count));
  }
  gzclose(file);
  std::vector<std::string> lines;
  std::size_t start = 0;
  while (start < all.size()) {
    std::size_t end = std::min(all.find('\n', start), all.size());
    if (end > start) lines.push_back(all.substr(start, end - start));
    start = end + 1;
  }
  return lines;
}

std::string vectors_path() {
  const char* other = std::getenv("ODRADEK_VECTORS");
  return other != nullptr ? other : ODRADEK_SOURCE_DIR "/tests/wire/vectors.ndjson.gz";
}

base::Bytes from_hex(std::string_view hex) {
  auto digit = [](char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; };
  base::Bytes bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<std::uint8_t>(digit(hex[i]) << 4 | digit(hex[i + 1])));
  }
  return bytes;
}

std::string to_hex(base::ByteView bytes) {
  std::string hex;
  for (std::uint8_t byte : bytes) {
    hex += "0123456789abcdef"[byte >> 4];
    hex += "0123456789abcdef"[byte & 15];
  }
  return hex;
}

// Equal as JSON, where 1 and 1.0 are the same number and the order of keys says nothing.
bool same_json(const boost::json::value& left, const boost::json::value& right) {
  if (left.is_number() && right.is_number() && (left.is_double() || right.is_double())) {
    return left.to_number<double>() == right.to_number<double>();
  }
  if (left.is_object() && right.is_object()) {
    const auto& other = right.get_object();
    if (left.get_object().size() != other.size()) return false;
    for (const auto& [key, value] : left.get_object()) {
      const boost::json::value* found = other.if_contains(key);
      if (found == nullptr || !same_json(value, *found)) return false;
    }
    return true;
  }
  if (left.is_array() && right.is_array()) {
    const auto& other = right.get_array();
    if (left.get_array().size() != other.size()) return false;
    for (std::size_t i = 0; i < other.size(); ++i) {
      if (!same_json(left.get_array()[i], other[i])) return false;
    }
    return true;
  }
  return left == right;
}

struct Vector {
  std::string name;
  std::int16_t version = 0;
  boost::json::value json;
  base::Bytes bytes;
};

Vector parse(const std::string& line) {
  boost::json::object object = boost::json::parse(line).as_object();
  return {.name = std::string(object.at("name").as_string()),
          .version = static_cast<std::int16_t>(object.at("v").as_int64()),
          .json = object.at("json"),
          .bytes = from_hex(object.at("hex").as_string())};
}

// Nothing when the vector agrees with us, else what does not.
std::optional<std::string> disagreement(const MessageType& type, Vector& vector) {
  base::Bytes golden = vector.bytes;
  base::Result<RoundTrip> trip = type.round_trip(vector.bytes, vector.version);
  if (!trip) return trip.error().message;
  if (trip->used != golden.size()) {
    return "decoded " + std::to_string(trip->used) + " of " + std::to_string(golden.size());
  }
  if (!same_json(boost::json::parse(trip->json), vector.json)) {
    return "printed " + trip->json + "\n   instead of " + boost::json::serialize(vector.json);
  }
  // encode() dies when it writes another number of bytes than size() measured.
  if (trip->encoded != golden) {
    return "encoded " + to_hex(trip->encoded) + "\n   instead of " + to_hex(golden);
  }
  return std::nullopt;
}

class Vectors : public ::testing::Test {
 protected:
  Vectors() {
    for (MessageType& type : every_message_type()) types_.emplace(type.name, type);
  }
  std::map<std::string, MessageType> types_;
};

TEST_F(Vectors, DecodeToTheirJsonAndEncodeBackToTheirBytes) {
  std::map<std::pair<std::string, std::int16_t>, int> passed;
  int excluded = 0;
  std::vector<std::string> lines = read_lines(vectors_path());
  ASSERT_FALSE(lines.empty()) << vectors_path();
  for (const std::string& line : lines) {
    Vector vector = parse(line);
    auto type = types_.find(vector.name);
    if (type == types_.end()) {
      EXPECT_TRUE(is_excluded(vector.name)) << "no message is called " << vector.name;
      ++excluded;
      continue;
    }
    std::optional<std::string> failure = disagreement(type->second, vector);
    EXPECT_FALSE(failure.has_value()) << vector.name << " v" << vector.version << ": " << *failure;
    passed[{vector.name, vector.version}] += failure.has_value() ? 0 : 1;
  }
  int all = 0;
  for (const auto& [name_and_version, count] : passed) {
    all += count;
    std::cout << name_and_version.first << " v" << name_and_version.second << ": " << count
              << " passed\n";
  }
  std::cout << all << " of " << lines.size() << " vectors passed, " << excluded << " excluded\n";
}

TEST_F(Vectors, CoverEveryVersionOfEveryMessage) {
  std::set<std::pair<std::string, std::int16_t>> covered;
  for (const std::string& line : read_lines(ODRADEK_SOURCE_DIR "/tests/wire/vectors.ndjson.gz")) {
    Vector vector = parse(line);
    covered.emplace(vector.name, vector.version);
  }
  for (const auto& [name, type] : types_) {
    for (std::int16_t version = type.api.min; version <= type.api.max; ++version) {
      EXPECT_TRUE(covered.contains({name, version})) << name << " v" << version;
    }
  }
}

TEST_F(Vectors, KnowEveryApi) {
  EXPECT_EQ(all_apis().size(), 62u);
  for (const Api& api : all_apis()) {
    EXPECT_TRUE(types_.contains(std::string(api.name) + "RequestData")) << api.name;
    EXPECT_EQ(find_api(static_cast<std::int16_t>(api.key)), &api) << api.name;
  }
  EXPECT_EQ(find_api(52), nullptr);
  EXPECT_EQ(find_api(-1), nullptr);
}

TEST_F(Vectors, AreOfMessagesWhoseDescriptionsMakeSense) {
  for (const auto& [name, type] : types_) {
    for (const std::string& fault : type.faults_of_description()) ADD_FAILURE() << fault;
  }
}

}  // namespace
}  // namespace odradek::protocol::testing
