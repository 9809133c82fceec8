// Choices: takes options off the front of a fuzz input; what is left is the input proper.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

#include "base/bytes.h"

namespace odradek::fuzz {

// Zeros follow when the input is too short.
class Choices {
 public:
  explicit Choices(base::ByteView input) : left_(input) {}

  std::uint8_t byte() {
    if (left_.empty()) return 0;
    std::uint8_t value = left_.front();
    left_ = left_.subspan(1);
    return value;
  }
  bool flag() { return (byte() & 1) != 0; }
  // In [0, bound); bound is 1 .. 256.
  std::size_t below(std::size_t bound) { return byte() % bound; }
  template <class T>
  T number() {
    std::make_unsigned_t<T> value = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) {
      value = static_cast<std::make_unsigned_t<T>>(value << 8 | byte());
    }
    return static_cast<T>(value);
  }
  template <class T>
  T one_of(std::span<const T> values) {
    return values[below(values.size())];
  }
  base::ByteView rest() const { return left_; }
  // The rest in memory of exactly its size, so that a sanitizer sees any step too far.
  base::Bytes copy_of_rest() const { return {left_.begin(), left_.end()}; }

 private:
  base::ByteView left_;
};

}  // namespace odradek::fuzz
