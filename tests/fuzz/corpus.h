// The inputs of a target that are kept in the tree.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "tests/fuzz/target.h"

namespace odradek::fuzz {

struct KeptInput {
  std::string name;
  base::Bytes bytes;
};

inline std::string corpus_directory(const Target& target) {
  return ODRADEK_SOURCE_DIR "/tests/fuzz/corpus/" + std::string(target.name);
}

// By name; none where the target has no corpus.
inline std::vector<KeptInput> read_corpus(const Target& target) {
  std::vector<KeptInput> inputs;
  std::error_code missing;
  for (const auto& entry : std::filesystem::directory_iterator(corpus_directory(target), missing)) {
    std::ifstream file(entry.path(), std::ios::binary);
    inputs.push_back(
        {entry.path().filename().string(), base::Bytes(std::istreambuf_iterator<char>(file), {})});
  }
  std::ranges::sort(inputs, {}, &KeptInput::name);
  return inputs;
}

}  // namespace odradek::fuzz
