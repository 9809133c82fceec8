// TemporaryDirectory: a fresh folder for one test, removed with all its content at the end.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "base/log.h"

namespace odradek::testing {

class TemporaryDirectory {
 public:
  TemporaryDirectory() : TemporaryDirectory(std::filesystem::temp_directory_path()) {}
  // In memory where the system has such a place, for tests whose syncs are many.
  static std::filesystem::path in_memory() {
    std::error_code ignored;
    std::filesystem::path place = "/dev/shm";
    return std::filesystem::is_directory(place, ignored) ? place
                                                         : std::filesystem::temp_directory_path();
  }
  explicit TemporaryDirectory(const std::filesystem::path& parent) {
    std::string pattern = (parent / "odradek-XXXXXX").string();
    CHECK(mkdtemp(pattern.data()) != nullptr) << "cannot make " << pattern;
    path_ = pattern;
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  const std::string& path() const { return path_; }
  std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

}  // namespace odradek::testing
