// Writes the well-formed inputs that each target starts from: write_corpus DIRECTORY [TARGET...].

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

#include "tests/fuzz/target.h"

namespace odradek::fuzz {
namespace {

constexpr std::uint64_t kSeed = 20240617;

// False when a file cannot be written.
bool write_seeds(const Target& target, const std::filesystem::path& directory) {
  std::filesystem::create_directories(directory);
  base::Random random(kSeed);
  int count = 0;
  for (const base::Bytes& seed : target.seeds(random)) {
    char name[32];
    std::snprintf(name, sizeof name, "seed-%04d", count++);
    std::ofstream file(directory / name, std::ios::binary);
    file << base::as_text(seed);
    if (!file.flush()) {
      std::cerr << "cannot write " << directory / name << "\n";
      return false;
    }
  }
  return true;
}

}  // namespace
}  // namespace odradek::fuzz

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr
        << "write_corpus DIRECTORY [TARGET...]: the seeds of each target, by default of all\n";
    return 2;
  }
  for (const odradek::fuzz::Target& target : odradek::fuzz::every_target()) {
    bool wanted = argc == 2;
    for (int i = 2; i < argc; ++i) wanted = wanted || target.name == argv[i];
    std::filesystem::path directory = std::filesystem::path(argv[1]) / target.name;
    if (wanted && !odradek::fuzz::write_seeds(target, directory)) return 1;
  }
  return 0;
}
