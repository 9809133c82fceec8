// Loads and stores of fixed-width integers at any address in big-endian (wire) or little-endian
// order.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace odradek::base {

template <std::unsigned_integral T>
T swap_bytes(T value) {
  if constexpr (sizeof(T) == 2) value = __builtin_bswap16(value);
  if constexpr (sizeof(T) == 4) value = __builtin_bswap32(value);
  if constexpr (sizeof(T) == 8) value = __builtin_bswap64(value);
  return value;
}

template <std::unsigned_integral T, std::endian order>
T load_in_order(const std::uint8_t* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return order == std::endian::native ? value : swap_bytes(value);
}

template <std::unsigned_integral T, std::endian order>
void store_in_order(std::uint8_t* to, T value) {
  if (order != std::endian::native) value = swap_bytes(value);
  std::memcpy(to, &value, sizeof value);
}

// The caller has checked that sizeof(T) bytes are there. The loops over bytes are for constant
// expressions; gcc 12 at -O2 does not turn them into one (swapped) move.
template <std::integral T>
constexpr T load_big_endian(const std::uint8_t* from) {
  if (!std::is_constant_evaluated()) {
    return static_cast<T>(load_in_order<std::make_unsigned_t<T>, std::endian::big>(from));
  }
  std::make_unsigned_t<T> value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    value = static_cast<std::make_unsigned_t<T>>((std::uint64_t{value} << 8) | from[i]);
  }
  return static_cast<T>(value);
}

template <std::integral T>
constexpr T load_little_endian(const std::uint8_t* from) {
  if (!std::is_constant_evaluated()) {
    return static_cast<T>(load_in_order<std::make_unsigned_t<T>, std::endian::little>(from));
  }
  std::make_unsigned_t<T> value = 0;
  for (std::size_t i = sizeof(T); i-- > 0;) {
    value = static_cast<std::make_unsigned_t<T>>((std::uint64_t{value} << 8) | from[i]);
  }
  return static_cast<T>(value);
}

template <std::integral T>
constexpr void store_big_endian(std::uint8_t* to, T value) {
  auto bits = static_cast<std::make_unsigned_t<T>>(value);
  if (!std::is_constant_evaluated()) {
    return store_in_order<std::make_unsigned_t<T>, std::endian::big>(to, bits);
  }
  for (std::size_t i = sizeof(T); i-- > 0;) {
    to[i] = static_cast<std::uint8_t>(bits);
    bits = static_cast<std::make_unsigned_t<T>>(std::uint64_t{bits} >> 8);
  }
}

template <std::integral T>
constexpr void store_little_endian(std::uint8_t* to, T value) {
  auto bits = static_cast<std::make_unsigned_t<T>>(value);
  if (!std::is_constant_evaluated()) {
    return store_in_order<std::make_unsigned_t<T>, std::endian::little>(to, bits);
  }
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    to[i] = static_cast<std::uint8_t>(bits);
    bits = static_cast<std::make_unsigned_t<T>>(std::uint64_t{bits} >> 8);
  }
}

// IEEE 754, as Java's DataOutput writes doubles.
constexpr double load_big_endian_double(const std::uint8_t* from) {
  return std::bit_cast<double>(load_big_endian<std::uint64_t>(from));
}

constexpr void store_big_endian_double(std::uint8_t* to, double value) {
  store_big_endian(to, std::bit_cast<std::uint64_t>(value));
}

}  // namespace odradek::base
