#include "base/random.h"

#include <errno.h>
#include <sys/random.h>

#include <algorithm>
#include <bit>

#include "base/endian.h"
#include "base/log.h"

namespace odradek::base {

// The seed goes through splitmix64, as xoshiro's authors advise, so that any seed (0 too) gives a
// good state.
Random::Random(std::uint64_t seed) {
  for (std::uint64_t& word : state_) {
    seed += 0x9E3779B97F4A7C15ULL;
    std::uint64_t mixed = seed;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9ULL;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBULL;
    word = mixed ^ (mixed >> 31);
  }
}

Random Random::from_entropy() {
  std::array<std::uint8_t, 8> seed{};
  fill_with_secrets(seed);
  return Random(load_little_endian<std::uint64_t>(seed.data()));
}

Random::result_type Random::operator()() {
  std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  std::uint64_t shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

std::uint64_t Random::below(std::uint64_t bound) {
  DCHECK_GT(bound, 0U);
  // Values of the last, incomplete run of `bound` would favour small results.
  std::uint64_t unfair = (0 - bound) % bound;
  std::uint64_t value = (*this)();
  while (value < unfair) value = (*this)();
  return value % bound;
}

std::int64_t Random::between(std::int64_t low, std::int64_t high) {
  DCHECK_LE(low, high);
  std::uint64_t width = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low) + 1;
  std::uint64_t offset = width == 0 ? (*this)() : below(width);
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(low) + offset);
}

double Random::fraction() { return static_cast<double>((*this)() >> 11) * 0x1.0p-53; }

void Random::fill(MutableBytes bytes) {
  std::array<std::uint8_t, 8> word{};
  for (std::size_t i = 0; i < bytes.size(); i += word.size()) {
    store_little_endian(word.data(), (*this)());
    std::copy_n(word.data(), std::min(word.size(), bytes.size() - i), bytes.data() + i);
  }
}

void fill_with_secrets(MutableBytes bytes) {
  while (!bytes.empty()) {
    ssize_t count = getrandom(bytes.data(), bytes.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    PCHECK(count > 0) << "The kernel gave no random bytes.";
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
}

}  // namespace odradek::base
