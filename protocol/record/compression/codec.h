// CompressionType: how the records of a batch are compressed, by the numbers of the batch
// attributes.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace odradek::protocol {

enum class CompressionType : std::uint8_t {
  kNone = 0,
  kGzip = 1,
  kSnappy = 2,
  kLz4 = 3,
  kZstd = 4
};

// The level that the codec takes when nobody names one (gzip -1, lz4 9, zstd 3; snappy has none).
constexpr int kDefaultCompressionLevel = INT32_MIN;

// nullopt for the ids 5 to 7, which no release defines.
std::optional<CompressionType> codec_from_id(int id);
// "none", "gzip", "snappy", "lz4", "zstd", as in compression.type; "uncompressed" is none too.
std::optional<CompressionType> codec_from_name(std::string_view name);
std::string_view codec_name(CompressionType codec);

}  // namespace odradek::protocol
