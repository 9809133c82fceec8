// NoWaitReads: lets a thread that must not wait read files as far as they are in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace odradek::base {

// Bytes of a file that were not in memory when they were asked for.
struct MissingBytes {
  std::string path;
  std::int64_t offset = 0;
  std::size_t size_bytes = 0;
};

// While one lives, the reads of base/file.h on its thread answer with an error that would_wait()
// knows instead of waiting for a disk; where the kernel cannot tell they wait. Not nested.
class NoWaitReads {
 public:
  NoWaitReads();
  ~NoWaitReads();
  NoWaitReads(const NoWaitReads&) = delete;
  NoWaitReads& operator=(const NoWaitReads&) = delete;

  // What was missing so far; nothing that was read meanwhile depended on it unless it failed.
  std::vector<MissingBytes> take_missing() { return std::move(missing_); }

  static bool active() { return current_ != nullptr; }
  // As File does it: the error to answer with.
  static Error miss(const std::string& path, std::int64_t offset, std::size_t size_bytes);

 private:
  static thread_local NoWaitReads* current_;
  std::vector<MissingBytes> missing_;
};

bool would_wait(const Error& error);
// Waits until they have been read once; whoever looks again meets what could not be read.
void read_into_page_cache(const std::vector<MissingBytes>& missing);

}  // namespace odradek::base
