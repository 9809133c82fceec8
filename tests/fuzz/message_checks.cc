#include "tests/fuzz/message_checks.h"

#include <algorithm>
#include <boost/json.hpp>
#include <string>

#include "base/endian.h"
#include "base/json.h"
#include "base/log.h"
#include "tests/fuzz/allocations.h"

namespace odradek::fuzz {
namespace {

using protocol::testing::RoundTrip;

std::string label(const MessageType& type, std::int16_t version) {
  return type.name + " v" + std::to_string(version);
}

void check_memory(const MessageType& type, base::Bytes& body, std::int16_t version) {
  AllocationMeter memory;
  type.accepts(body, version);
  // The message together with the sentence that names what is wrong.
  CHECK_LE(memory.total_bytes(), body.size() * 8 + 64 * 1024) << label(type, version);
}

}  // namespace

std::vector<MessageType> message_types_ending(std::string_view ending) {
  std::vector<MessageType> types = protocol::testing::every_message_type();
  std::erase_if(types, [&](const MessageType& type) { return !type.name.ends_with(ending); });
  return types;
}

void check_message(const MessageType& type, base::ByteView body, std::int16_t version) {
  // Of exactly that size, so that a sanitizer sees any step too far.
  base::Bytes bytes(body.begin(), body.end());
  check_memory(type, bytes, version);
  base::Result<RoundTrip> first = type.round_trip(bytes, version);
  if (!first) {
    CHECK(!first.error().message.empty()) << label(type, version);
    return;
  }
  CHECK_LE(first->used, body.size()) << label(type, version);
  base::Bytes encoded = first->encoded;
  base::Result<RoundTrip> second = type.round_trip(encoded, version);
  CHECK(second.ok()) << label(type, version) << ": " << second.error().message;
  CHECK_EQ(second->used, first->encoded.size()) << label(type, version);
  CHECK(second->encoded == first->encoded) << label(type, version) << ": " << second->json;
  CHECK_EQ(second->json, first->json) << label(type, version);
  auto json = base::parse_json_object(first->json);
  CHECK(json.ok()) << label(type, version) << ": " << json.error().message << first->json;
}

std::vector<std::int16_t> notable_versions(const protocol::Api& api) {
  std::vector<std::int16_t> versions{api.min};
  if (api.flexible > api.min && api.flexible < api.max) versions.push_back(api.flexible);
  if (api.max != api.min) versions.push_back(api.max);
  return versions;
}

base::Bytes big_endian(std::int16_t value) {
  base::Bytes bytes(sizeof value);
  base::store_big_endian(bytes.data(), value);
  return bytes;
}

void append(base::Bytes& out, base::ByteView bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

}  // namespace odradek::fuzz
