// Codec: decode, measure, encode, print and invent a message from its describe().
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "base/random.h"
#include "base/result.h"
#include "protocol/wire/api.h"
#include "protocol/wire/writer.h"

namespace odradek::protocol {

// How many bytes an encoded message has.
struct Measure {
  std::size_t total = 0;
  std::size_t shared = 0;  // the part of `total` that is pointed to and not copied (records)
  std::size_t own() const { return total - shared; }
};

// A message M has `static constexpr Api kApi` and `static void describe(auto& field, auto& m)`.
// Members are instantiated once, in protocol/messages/codecs_*.cc and protocol/internal/codecs.cc.
// A version outside kApi is the caller's bug everywhere but in decode.
template <class M>
struct Codec {
  // `bytes` start at the body. Bytes behind it are left alone, as upstream does; `used` hears how
  // many were not. Records in the result are views into `bytes`.
  static base::Result<M> decode(std::span<std::uint8_t> bytes, std::int16_t version,
                                std::size_t* used = nullptr);
  static Measure measure(const M& message, std::int16_t version);
  static std::size_t size(const M& message, std::int16_t version) {
    return measure(message, version).total;
  }
  static void encode(const M& message, std::int16_t version, Writer& writer);
  // The body alone, without header or length.
  static Payload encode(const M& message, std::int16_t version);
  // As Kafka's own JSON converters print it.
  static std::string json(const M& message, std::int16_t version);
  // Any legal message of that version; fields of other versions stay at their defaults.
  static M random(base::Random& source, std::int16_t version);
};

}  // namespace odradek::protocol
