// Target: one parser of bytes from strangers, with what must hold whatever it is given.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/random.h"

namespace odradek::fuzz {

// Larger inputs make runs slower and find nothing more. scripts/fuzz.sh says so to the fuzzer.
constexpr std::size_t kMaxInputBytes = 4096;

struct Target {
  std::string_view name;  // of its corpus, and of its program after "fuzz_"
  // Dies by CHECK where an invariant is broken. Keeps nothing between two inputs.
  void (*run)(base::ByteView input);
  // Well-formed inputs, for the corpus to start with.
  std::vector<base::Bytes> (*seeds)(base::Random& random);
  // How often the test of all targets changes each seed by chance; a run of most takes
  // microseconds.
  int mutations_per_seed = 40;
};

std::span<const Target> every_target();

}  // namespace odradek::fuzz
