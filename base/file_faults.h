// FileFaults: the seam through which tests make file operations fail or tear; does nothing in the
// product.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

namespace odradek::base {

enum class FileOperation : std::uint8_t {
  kOpen,
  kRead,
  kWrite,
  kTruncate,
  kSync,
  kAllocate,
  kSize,
  kRename,
  kRemove,
  kList,
  kCreateDirectory,
  kSyncDirectory,
};
std::string_view to_string(FileOperation operation);

struct FileFault {
  int error_number = 5;    // EIO
  bool half_done = false;  // a write leaves its first half behind before it fails
};

// While one lives, its hook is asked before each operation of base/file.h, from whichever thread
// runs it; a fault returned is what the operation reports. One at a time in a process.
class FileFaults {
 public:
  using Hook = std::function<std::optional<FileFault>(FileOperation, std::string_view path)>;

  explicit FileFaults(Hook hook);
  ~FileFaults();
  FileFaults(const FileFaults&) = delete;
  FileFaults& operator=(const FileFaults&) = delete;

  // What the operations ask; nothing when no FileFaults lives.
  static std::optional<FileFault> check(FileOperation operation, std::string_view path);

 private:
  Hook hook_;
};

}  // namespace odradek::base
