// Checksums of record batches: CRC-32C (format 2) and CRC-32 (formats 0 and 1), at memory speed.
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace odradek::base {

// Castagnoli polynomial, as in magic 2 batches and producer snapshots: crc32c("123456789") ==
// 0xE3069283.
std::uint32_t crc32c(ByteView bytes);
// The checksum of what gave `crc`, followed by `bytes`; start from 0.
std::uint32_t extend_crc32c(std::uint32_t crc, ByteView bytes);

// The polynomial of zlib, as in magic 0 and 1 messages: crc32("123456789") == 0xCBF43926.
std::uint32_t crc32(ByteView bytes);
std::uint32_t extend_crc32(std::uint32_t crc, ByteView bytes);

}  // namespace odradek::base
