#include "protocol/wire/versioned.h"

#include "base/endian.h"
#include "protocol/errors.h"

namespace odradek::protocol {

base::Result<std::int16_t> stored_version(base::ByteView stored) {
  if (stored.size() < sizeof(std::int16_t)) {
    return base::Error(ErrorCode::kCorruptMessage, "A stored value is too short for its version.");
  }
  return base::load_big_endian<std::int16_t>(stored.data());
}

base::Bytes without_version(base::ByteView stored) {
  return {stored.begin() + sizeof(std::int16_t), stored.end()};
}

base::Bytes with_version(std::int16_t version, const Payload& body) {
  base::Bytes stored(sizeof version);
  base::store_big_endian(stored.data(), version);
  base::Bytes bytes = body.flatten();
  stored.insert(stored.end(), bytes.begin(), bytes.end());
  return stored;
}

}  // namespace odradek::protocol
