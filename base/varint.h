// Variable-length integers as Kafka writes them: seven bits a byte, low bits first, signed ones in
// zigzag.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"

namespace odradek::base {

inline constexpr std::size_t kMaxVarintSize = 5;
inline constexpr std::size_t kMaxVarlongSize = 10;

// What was read and how many bytes it took; size 0 means that the bytes ended early or ran on too
// long.
template <class T>
struct Varint {
  T value{};
  std::size_t size = 0;

  constexpr bool ok() const { return size != 0; }
  constexpr explicit operator bool() const { return ok(); }
};

constexpr std::uint32_t zigzag(std::int32_t value) {
  return (static_cast<std::uint32_t>(value) << 1) ^ static_cast<std::uint32_t>(value >> 31);
}
constexpr std::uint64_t zigzag(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}
constexpr std::int32_t unzigzag(std::uint32_t value) {
  return static_cast<std::int32_t>((value >> 1) ^ (0U - (value & 1)));
}
constexpr std::int64_t unzigzag(std::uint64_t value) {
  return static_cast<std::int64_t>((value >> 1) ^ (0ULL - (value & 1)));
}

constexpr std::size_t unsigned_varint_size(std::uint32_t value) {
  return (static_cast<std::size_t>(std::bit_width(value | 1U)) + 6) / 7;
}
constexpr std::size_t unsigned_varlong_size(std::uint64_t value) {
  return (static_cast<std::size_t>(std::bit_width(value | 1ULL)) + 6) / 7;
}
constexpr std::size_t varint_size(std::int32_t value) {
  return unsigned_varint_size(zigzag(value));
}
constexpr std::size_t varlong_size(std::int64_t value) {
  return unsigned_varlong_size(zigzag(value));
}

// Each returns the bytes written, or 0 (and writes nothing) when `into` is too short.
constexpr std::size_t encode_unsigned_varlong(MutableBytes into, std::uint64_t value) {
  std::size_t size = unsigned_varlong_size(value);
  if (into.size() < size) return 0;
  for (std::size_t i = 0; i + 1 < size; ++i) {
    into[i] = static_cast<std::uint8_t>(value | 0x80);
    value >>= 7;
  }
  into[size - 1] = static_cast<std::uint8_t>(value);
  return size;
}
constexpr std::size_t encode_unsigned_varint(MutableBytes into, std::uint32_t value) {
  return encode_unsigned_varlong(into, value);
}
constexpr std::size_t encode_varint(MutableBytes into, std::int32_t value) {
  return encode_unsigned_varlong(into, zigzag(value));
}
constexpr std::size_t encode_varlong(MutableBytes into, std::int64_t value) {
  return encode_unsigned_varlong(into, zigzag(value));
}

// Bits beyond the type's width in the last allowed byte are dropped, as the JVM's shifts drop them.
template <class T>
constexpr Varint<T> decode_unsigned_bits(ByteView from) {
  constexpr std::size_t kMax = sizeof(T) == 4 ? kMaxVarintSize : kMaxVarlongSize;
  T value = 0;
  for (std::size_t i = 0; i < kMax && i < from.size(); ++i) {
    value |= static_cast<T>(from[i] & 0x7F) << (7 * i);
    if ((from[i] & 0x80) == 0) return {value, i + 1};
  }
  return {};
}
constexpr Varint<std::uint32_t> decode_unsigned_varint(ByteView from) {
  return decode_unsigned_bits<std::uint32_t>(from);
}
constexpr Varint<std::uint64_t> decode_unsigned_varlong(ByteView from) {
  return decode_unsigned_bits<std::uint64_t>(from);
}
constexpr Varint<std::int32_t> decode_varint(ByteView from) {
  auto bits = decode_unsigned_varint(from);
  return {unzigzag(bits.value), bits.size};
}
constexpr Varint<std::int64_t> decode_varlong(ByteView from) {
  auto bits = decode_unsigned_varlong(from);
  return {unzigzag(bits.value), bits.size};
}

}  // namespace odradek::base
