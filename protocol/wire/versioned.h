// Values stored behind an int16 version, as the keys and values of Kafka's internal topics are.
#pragma once

#include <cstdint>
#include <span>

#include "base/bytes.h"
#include "base/result.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

// The version that `stored` starts with; an error when it is shorter than that.
base::Result<std::int16_t> stored_version(base::ByteView stored);

// A copy of `stored` without its version, since decoders want bytes that they may write.
base::Bytes without_version(base::ByteView stored);
base::Bytes with_version(std::int16_t version, const Payload& body);

template <class M>
base::Bytes write_versioned(const M& value, std::int16_t version) {
  return with_version(version, Codec<M>::encode(value, version));
}

// An error for a version that M does not know.
template <class M>
base::Result<M> read_versioned(base::ByteView stored) {
  base::Result<std::int16_t> version = stored_version(stored);
  if (!version) return version.error();
  base::Bytes body = without_version(stored);
  return Codec<M>::decode(body, *version);
}

}  // namespace odradek::protocol
