// Random: a small fast generator that is passed to whoever needs chance, and the kernel's source
// for secrets.
#pragma once

#include <array>
#include <cstdint>
#include <limits>

#include "base/bytes.h"

namespace odradek::base {

// xoshiro256**; meets std::uniform_random_bit_generator, so std::shuffle takes it. One thread at a
// time. Not for secrets.
class Random {
 public:
  using result_type = std::uint64_t;

  explicit Random(std::uint64_t seed);
  static Random from_entropy();

  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return std::numeric_limits<result_type>::max(); }
  result_type operator()();

  // Uniform in [0, bound); bound > 0.
  std::uint64_t below(std::uint64_t bound);
  // Uniform in [low, high].
  std::int64_t between(std::int64_t low, std::int64_t high);
  // In [0, 1).
  double fraction();
  bool one_in(std::uint64_t n) { return below(n) == 0; }
  void fill(MutableBytes bytes);

 private:
  std::array<std::uint64_t, 4> state_;
};

// From the kernel; for salts, nonces, ids. Safe from any thread.
void fill_with_secrets(MutableBytes bytes);

}  // namespace odradek::base
