// content: all that a file holds, for tests that compare it with a text.
#pragma once

#include <fstream>
#include <sstream>
#include <string>

namespace odradek::testing {

inline std::string content(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

}  // namespace odradek::testing
