#include "base/base64.h"

#include <array>
#include <cstdint>

namespace odradek::base {
namespace {

constexpr std::string_view kStandard =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrl =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::uint8_t kForeign = 0xFF;

constexpr std::array<std::uint8_t, 256> values_of(std::string_view alphabet) {
  std::array<std::uint8_t, 256> values{};
  for (auto& value : values) value = kForeign;
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    values[static_cast<std::uint8_t>(alphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return values;
}

std::string encode(ByteView bytes, std::string_view alphabet, bool padded) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 3; ++j) group = (group << 8) | (j < count ? bytes[i + j] : 0U);
    for (std::size_t j = 0; j < 4; ++j) {
      if (j <= count) {
        text += alphabet[(group >> (18 - 6 * j)) & 63];
      } else if (padded) {
        text += '=';
      }
    }
  }
  return text;
}

std::optional<Bytes> decode(std::string_view text, const std::array<std::uint8_t, 256>& values,
                            bool must_be_padded) {
  bool padded = text.ends_with('=');
  if ((must_be_padded || padded) && text.size() % 4 != 0) return std::nullopt;
  for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
  if (text.size() % 4 == 1) return std::nullopt;

  Bytes bytes;
  bytes.reserve(text.size() * 3 / 4);
  std::uint32_t bits = 0;
  int count = 0;
  for (char character : text) {
    std::uint8_t value = values[static_cast<std::uint8_t>(character)];
    if (value == kForeign) return std::nullopt;
    bits = (bits << 6) | value;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes.push_back(static_cast<std::uint8_t>(bits >> count));
    bits &= (1U << count) - 1;
  }
  if (bits != 0) return std::nullopt;
  return bytes;
}

}  // namespace

std::string base64_encode(ByteView bytes) { return encode(bytes, kStandard, true); }

std::string base64url_encode(ByteView bytes) { return encode(bytes, kUrl, false); }

std::optional<Bytes> base64_decode(std::string_view text) {
  static constexpr auto kValues = values_of(kStandard);
  return decode(text, kValues, true);
}

std::optional<Bytes> base64url_decode(std::string_view text) {
  static constexpr auto kValues = values_of(kUrl);
  return decode(text, kValues, false);
}

}  // namespace odradek::base
