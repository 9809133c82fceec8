#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "base/log.h"
#include "tests/fuzz/corpus.h"
#include "tests/fuzz/targets.h"

namespace odradek::fuzz {
namespace {

constexpr std::uint64_t kSeed = 7;

// What a target was running when it died.
std::string& current_input() {
  static std::string name;
  return name;
}

[[noreturn]] void die() {
  std::fprintf(stderr, "while running %s\n", current_input().c_str());
  std::abort();
}

class Replay : public ::testing::TestWithParam<Target> {
 protected:
  void SetUp() override {
    google::InstallFailureFunction(&die);
    FLAGS_minloglevel = google::GLOG_FATAL;
  }

  void run(const std::string& name, const base::Bytes& bytes) {
    current_input() = std::string(GetParam().name) + "/" + name;
    GetParam().run(bytes);
  }
};

// As a fuzzer does, without its guidance: bytes set, inserted, removed, repeated.
base::Bytes mutated(base::Bytes bytes, base::Random& random) {
  static constexpr std::uint8_t kNotable[] = {0, 1, 2, 0x7f, 0x80, 0xfe, 0xff};
  for (std::uint64_t times = random.below(4) + 1; times > 0; --times) {
    std::size_t at = random.below(bytes.size() + 1);
    auto place = bytes.begin() + static_cast<std::ptrdiff_t>(at);
    std::uint8_t value = random.one_in(2) ? kNotable[random.below(sizeof kNotable)]
                                          : static_cast<std::uint8_t>(random());
    if (place == bytes.end() || random.one_in(8)) {
      bytes.insert(place, value);
    } else if (random.one_in(8)) {
      bytes.erase(place, random.one_in(4) ? bytes.end() : place + 1);
    } else if (random.one_in(2)) {
      *place = value;
    } else {
      *place = static_cast<std::uint8_t>(*place ^ 1U << random.below(8));
    }
  }
  return bytes;
}

TEST_P(Replay, HoldsForItsCorpus) {
  std::vector<KeptInput> inputs = read_corpus(GetParam());
  ASSERT_FALSE(inputs.empty()) << corpus_directory(GetParam());
  for (const KeptInput& input : inputs) {
    ASSERT_LE(input.bytes.size(), kMaxInputBytes) << input.name;
    run(input.name, input.bytes);
  }
}

TEST_P(Replay, HoldsForItsSeedsAndWhatComesOfThemByChance) {
  base::Random seed_source(kSeed);
  base::Random random(kSeed);
  int number = 0;
  for (const base::Bytes& seed : GetParam().seeds(seed_source)) {
    std::string name = "seed " + std::to_string(number++);
    ASSERT_LE(seed.size(), kMaxInputBytes) << name;
    run(name, seed);
    for (int i = 0; i < GetParam().mutations_per_seed; ++i) {
      run(name + " mutation " + std::to_string(i), mutated(seed, random));
    }
  }
}

TEST_P(Replay, HoldsForNothing) { run("nothing", {}); }

INSTANTIATE_TEST_SUITE_P(Targets, Replay,
                         ::testing::ValuesIn(every_target().begin(), every_target().end()),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace odradek::fuzz
