// MessageType: every message that we describe, with its type erased, for tests that walk over all
// of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/random.h"
#include "base/result.h"
#include "protocol/wire/api.h"

namespace odradek::protocol::testing {

// What came out of decoding bytes once and encoding the result again.
struct RoundTrip {
  std::string json;
  base::Bytes encoded;
  std::size_t used = 0;           // bytes that the decoder took
  std::size_t records_bytes = 0;  // of the records inside, which the JSON does not show
};

struct MessageType {
  std::string name;  // as upstream's class: "ProduceRequestData"
  Api api;
  base::Result<RoundTrip> (*round_trip)(std::span<std::uint8_t> bytes, std::int16_t version);
  // Only decodes; whether it was accepted.
  bool (*accepts)(std::span<std::uint8_t> bytes, std::int16_t version);
  base::Bytes (*invent)(base::Random& random, std::int16_t version);
  std::vector<std::string> (*faults_of_description)();
};
using MessageTypes = std::vector<MessageType>;

MessageTypes every_message_type();

}  // namespace odradek::protocol::testing
