// The members of Codec, for the files that instantiate it and for nobody else.
#pragma once

#include <utility>

#include "protocol/wire/codec.h"
#include "protocol/wire/decoder.h"
#include "protocol/wire/encoder.h"
#include "protocol/wire/inventor.h"
#include "protocol/wire/json_printer.h"
#include "protocol/wire/sizer.h"

namespace odradek::protocol {

base::Error unknown_version(const Api& api, std::int16_t version);
base::Error malformed(const Api& api, std::int16_t version, const Reader& reader);
// Fatal: whoever encodes has chosen the version.
void check_version(const Api& api, std::int16_t version);

// Returns one variable only, so that the message is made where the caller wants it.
template <class M>
base::Result<M> Codec<M>::decode(std::span<std::uint8_t> bytes, std::int16_t version,
                                 std::size_t* used) {
  base::Result<M> message{M{}};
  if (!M::kApi.knows(version)) {
    message = unknown_version(M::kApi, version);
    return message;
  }
  Decoder decoder(bytes, version, M::kApi.is_flexible(version));
  decoder.structure(*message);
  if (!decoder.reader().ok()) {
    message = malformed(M::kApi, version, decoder.reader());
  } else if (used != nullptr) {
    *used = decoder.reader().position();
  }
  return message;
}

template <class M>
Measure Codec<M>::measure(const M& message, std::int16_t version) {
  check_version(M::kApi, version);
  Sizer sizer(version, M::kApi.is_flexible(version));
  sizer.structure(message);
  return sizer.measure();
}

template <class M>
void Codec<M>::encode(const M& message, std::int16_t version, Writer& writer) {
  check_version(M::kApi, version);
  Encoder encoder(std::move(writer), version, M::kApi.is_flexible(version));
  encoder.structure(message);
  writer = std::move(encoder).finish();
}

template <class M>
Payload Codec<M>::encode(const M& message, std::int16_t version) {
  Writer writer(measure(message, version).own());
  encode(message, version, writer);
  return std::move(writer).finish();
}

template <class M>
std::string Codec<M>::json(const M& message, std::int16_t version) {
  JsonPrinter printer(version);
  printer.structure(message);
  return std::move(printer).take();
}

template <class M>
M Codec<M>::random(base::Random& source, std::int16_t version) {
  Inventor inventor(source, version);
  M message;
  M::describe(inventor, message);
  return message;
}

}  // namespace odradek::protocol
