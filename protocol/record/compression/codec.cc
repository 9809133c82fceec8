#include "protocol/record/compression/codec.h"

#include <array>

namespace odradek::protocol {
namespace {

constexpr std::array<std::string_view, 5> kNames{"none", "gzip", "snappy", "lz4", "zstd"};

}  // namespace

std::optional<CompressionType> codec_from_id(int id) {
  if (id < 0 || id >= static_cast<int>(kNames.size())) return std::nullopt;
  return static_cast<CompressionType>(id);
}

std::optional<CompressionType> codec_from_name(std::string_view name) {
  if (name == "uncompressed") return CompressionType::kNone;
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<CompressionType>(i);
  }
  return std::nullopt;
}

std::string_view codec_name(CompressionType codec) {
  return kNames[static_cast<std::size_t>(codec)];
}

}  // namespace odradek::protocol
