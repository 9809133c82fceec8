// Loads and stores of fixed-width integers at any address in big-endian (wire) or little-endian
// order.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace odradek::base {

// The caller has checked that sizeof(T) bytes are there. Loops over bytes so that both work in
// constant expressions; compilers turn them into one (swapped) move.
template <std::integral T>
constexpr T load_big_endian(const std::uint8_t* from) {
  std::make_unsigned_t<T> value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    value = static_cast<std::make_unsigned_t<T>>((std::uint64_t{value} << 8) | from[i]);
  }
  return static_cast<T>(value);
}

template <std::integral T>
constexpr T load_little_endian(const std::uint8_t* from) {
  std::make_unsigned_t<T> value = 0;
  for (std::size_t i = sizeof(T); i-- > 0;) {
    value = static_cast<std::make_unsigned_t<T>>((std::uint64_t{value} << 8) | from[i]);
  }
  return static_cast<T>(value);
}

template <std::integral T>
constexpr void store_big_endian(std::uint8_t* to, T value) {
  auto bits = static_cast<std::make_unsigned_t<T>>(value);
  for (std::size_t i = sizeof(T); i-- > 0;) {
    to[i] = static_cast<std::uint8_t>(bits);
    bits = static_cast<std::make_unsigned_t<T>>(std::uint64_t{bits} >> 8);
  }
}

template <std::integral T>
constexpr void store_little_endian(std::uint8_t* to, T value) {
  auto bits = static_cast<std::make_unsigned_t<T>>(value);
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
