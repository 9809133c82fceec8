#include "base/crc32c.h"

#include <isa-l/crc.h>

#include <algorithm>
#include <cstddef>

namespace odradek::base {

std::uint32_t extend_crc32c(std::uint32_t crc, ByteView bytes) {
  // ISA-L works on the inverted register, takes an int, and does not write despite the missing
  // const.
  constexpr std::size_t kMost = std::size_t{1} << 30;
  std::uint32_t state = ~crc;
  while (!bytes.empty()) {
    std::size_t count = std::min(bytes.size(), kMost);
    state = crc32_iscsi(const_cast<unsigned char*>(bytes.data()), static_cast<int>(count), state);
    bytes = bytes.subspan(count);
  }
  return ~state;
}

std::uint32_t crc32c(ByteView bytes) { return extend_crc32c(0, bytes); }

std::uint32_t extend_crc32(std::uint32_t crc, ByteView bytes) {
  return bytes.empty() ? crc : crc32_gzip_refl(crc, bytes.data(), bytes.size());
}

std::uint32_t crc32(ByteView bytes) { return extend_crc32(0, bytes); }

}  // namespace odradek::base
