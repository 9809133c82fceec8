#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <boost/json.hpp>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/random.h"
#include "protocol/messages/apis.h"
#include "protocol/messages/header.h"
#include "tests/support/temporary_directory.h"
#include "tests/wire/message_types.h"

namespace odradek::protocol::testing {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kOwnVectors[] = ODRADEK_SOURCE_DIR "/tests/wire/vectors.ndjson.gz";

// The lines of a file, whether it is gzipped or plain; none when it cannot be read to its end.
std::vector<std::string> read_lines(const std::string& path) {
  gzFile file = gzopen(path.c_str(), "rb");
  if (file == nullptr) return {};
  std::string all;
  std::string chunk(1 << 16, '\0');
  int count = 0;
  while ((count = gzread(file, chunk.data(), static_cast<unsigned>(chunk.size()))) > 0) {
    all.append(chunk, 0, static_cast<std::size_t>(count));
  }
  bool whole = gzclose(file) == Z_OK && count == 0;
  if (!whole) return {};
  std::istringstream in(std::move(all));
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) {
    if (!line.empty()) lines.push_back(line);
  }
  return lines;
}

std::string vectors_path() {
  const char* other = std::getenv("ODRADEK_VECTORS");
  return other != nullptr ? other : kOwnVectors;
}

base::Bytes from_hex(std::string_view hex) {
  base::Bytes bytes(hex.size() / 2);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const char* at = hex.data() + i * 2;
    if (std::from_chars(at, at + 2, bytes[i], 16).ptr != at + 2) throw std::runtime_error("no hex");
  }
  if (hex.size() % 2 != 0) throw std::runtime_error("half a byte");
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
    double one = left.to_number<double>();
    double other = right.to_number<double>();
    return one == other && std::signbit(one) == std::signbit(other);
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
  std::int16_t key = 0;
  std::int16_t version = 0;
  std::int16_t header_version = 0;
  std::string kind;  // request, response or data
  boost::json::value json;
  base::Bytes bytes;
};

// Throws at what is no vector.
Vector parse(const std::string& line) {
  boost::json::object object = boost::json::parse(line).as_object();
  return {.name = std::string(object.at("name").as_string()),
          .key = static_cast<std::int16_t>(object.at("key").as_int64()),
          .version = static_cast<std::int16_t>(object.at("v").as_int64()),
          .header_version = static_cast<std::int16_t>(object.at("hdr").as_int64()),
          .kind = std::string(object.at("kind").as_string()),
          .json = object.at("json"),
          .bytes = from_hex(object.at("hex").as_string())};
}

// Nothing when the vector agrees with us, else what does not.
std::optional<std::string> disagreement(const MessageType& type, const Vector& vector) {
  base::Bytes bytes = vector.bytes;
  base::Result<RoundTrip> trip = type.round_trip(bytes, vector.version);
  if (!trip) return trip.error().message;
  if (trip->used != bytes.size()) {
    return "decoded " + std::to_string(trip->used) + " of " + std::to_string(bytes.size());
  }
  if (!same_json(boost::json::parse(trip->json), vector.json)) {
    return "printed " + trip->json + "\n   instead of " + boost::json::serialize(vector.json);
  }
  // encode() dies when it writes another number of bytes than size() measured.
  if (trip->encoded != vector.bytes) {
    return "encoded " + to_hex(trip->encoded) + "\n   instead of " + to_hex(vector.bytes);
  }
  return std::nullopt;
}

using Types = std::map<std::string, MessageType>;

std::optional<std::string> disagreement(const Types& types, const Vector& vector) {
  auto type = types.find(vector.name);
  if (type == types.end()) return "no message has this name";
  if (vector.key != static_cast<std::int16_t>(type->second.api.key)) {
    return "has the key " + std::to_string(vector.key);
  }
  return disagreement(type->second, vector);
}

struct Count {
  int passed = 0;
  int all = 0;
};

struct Report {
  std::map<std::pair<std::string, std::int16_t>, Count> counts;
  std::vector<std::string> failures;

  int passed() const {
    int sum = 0;
    for (const auto& [message, count] : counts) sum += count.passed;
    return sum;
  }
};

Report check(const Types& types, const std::vector<std::string>& lines) {
  Report report;
  for (const std::string& line : lines) {
    try {
      Vector vector = parse(line);
      Count& count = report.counts[{vector.name, vector.version}];
      ++count.all;
      std::optional<std::string> failure = disagreement(types, vector);
      if (!failure.has_value()) {
        ++count.passed;
        continue;
      }
      report.failures.push_back(vector.name + " v" + std::to_string(vector.version) + ": " +
                                *failure);
    } catch (const std::exception& error) {
      report.failures.push_back(line + "\n   is no vector: " + error.what());
    }
  }
  return report;
}

class Vectors : public ::testing::Test {
 protected:
  Vectors() {
    for (MessageType& type : every_message_type()) types_.emplace(type.name, type);
  }
  Types types_;
};

TEST_F(Vectors, DecodeToTheirJsonAndEncodeBackToTheirBytes) {
  std::vector<std::string> lines = read_lines(vectors_path());
  ASSERT_FALSE(lines.empty()) << vectors_path();
  Report report = check(types_, lines);
  for (const std::string& failure : report.failures) ADD_FAILURE() << failure;
  for (const auto& [message, count] : report.counts) {
    std::cout << message.first << " v" << message.second << ": " << count.passed << " of "
              << count.all << " passed\n";
  }
  std::cout << report.passed() << " of " << lines.size() << " vectors passed\n";
}

TEST_F(Vectors, FailWhenNobodyKnowsTheirApiOrVersion) {
  auto heartbeat = [](std::string_view name, int key, int version, std::string_view hex) {
    return R"({"kind":"response","key":)" + std::to_string(key) + R"(,"name":")" +
           std::string(name) + R"(","v":)" + std::to_string(version) +
           R"(,"hdr":0,"json":{"errorCode":7},"hex":")" + std::string(hex) + "\"}";
  };
  EXPECT_THAT(check(types_, {heartbeat("HeartbeatResponseData", 12, 0, "0007")}).failures,
              IsEmpty());
  for (const std::string& wrong : {heartbeat("HeartbeetResponseData", 12, 0, "0007"),
                                   heartbeat("HeartbeatResponseData", 13, 0, "0007"),
                                   heartbeat("HeartbeatResponseData", 12, 5, "0007"),
                                   heartbeat("HeartbeatResponseData", 12, -1, "0007"),
                                   heartbeat("HeartbeatResponseData", 12, 0, "0008"),
                                   heartbeat("HeartbeatResponseData", 12, 0, "00"),
                                   heartbeat("HeartbeatResponseData", 12, 0, "000700"),
                                   heartbeat("HeartbeatResponseData", 12, 0, "000x"),
                                   heartbeat("HeartbeatResponseData", 12, 0, "00070"),
                                   std::string(R"({"name":"HeartbeatResponseData"})")}) {
    Report report = check(types_, {wrong});
    EXPECT_THAT(report.failures, SizeIs(1)) << wrong;
    EXPECT_EQ(report.passed(), 0) << wrong;
  }
}

TEST_F(Vectors, MayStandInAPlainFileToo) {
  std::vector<std::string> lines = read_lines(kOwnVectors);
  odradek::testing::TemporaryDirectory directory;
  std::string path = directory.file("plain");
  {
    std::ofstream out(path);
    for (const std::string& line : lines) out << line << '\n';
  }
  EXPECT_EQ(read_lines(path), lines);
}

TEST_F(Vectors, AreNotReadFromAFileThatIsCutShort) {
  odradek::testing::TemporaryDirectory directory;
  std::string cut = directory.file("cut.gz");
  std::filesystem::copy_file(kOwnVectors, cut);
  std::filesystem::resize_file(cut, std::filesystem::file_size(cut) / 2);
  EXPECT_THAT(read_lines(cut), IsEmpty());
}

// Shows that the check sees every single byte. Only the bytes inside records are not in the JSON:
// such a vector is another right one, and there are exactly as many as the records have bytes.
TEST_F(Vectors, FailWhenAnyOneOfTheirBytesIsAnother) {
  constexpr std::size_t kEvery = 7;
  std::vector<std::string> lines = read_lines(kOwnVectors);
  base::Random random(20241);
  std::size_t changed = 0;
  for (std::size_t i = 0; i < lines.size(); i += kEvery) {
    Vector vector = parse(lines[i]);
    const MessageType& type = types_.at(vector.name);
    base::Bytes copy = vector.bytes;
    std::size_t unseen = 0;
    std::size_t records_bytes = type.round_trip(copy, vector.version)->records_bytes;
    for (std::uint8_t& byte : vector.bytes) {
      std::uint8_t right = byte;
      byte ^= static_cast<std::uint8_t>(1 + random.below(255));
      if (!disagreement(type, vector).has_value()) ++unseen;
      byte = right;
      ++changed;
    }
    EXPECT_EQ(unseen, records_bytes) << lines[i];
  }
  std::cout << changed << " changed bytes were seen\n";
}

TEST_F(Vectors, CoverEveryVersionOfEveryMessage) {
  std::set<std::pair<std::string, std::int16_t>> covered;
  for (const std::string& line : read_lines(kOwnVectors)) {
    Vector vector = parse(line);
    covered.emplace(vector.name, vector.version);
  }
  for (const auto& [name, type] : types_) {
    for (std::int16_t version = type.api.min; version <= type.api.max; ++version) {
      EXPECT_TRUE(covered.contains({name, version})) << name << " v" << version;
    }
  }
}

TEST_F(Vectors, StandBehindHeadersOfTheVersionsThatWeSend) {
  for (const std::string& line : read_lines(vectors_path())) {
    Vector vector = parse(line);
    if (vector.kind == "data") continue;
    const Api& api = types_.at(vector.name).api;
    std::int16_t ours = vector.kind == "request" ? request_header_version(api, vector.version)
                                                 : response_header_version(api, vector.version);
    EXPECT_EQ(ours, vector.header_version) << vector.name << " v" << vector.version;
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
