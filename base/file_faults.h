// FileFaults: the seam through which tests make file operations fail, tear or end the process; does
// nothing in the product.
#pragma once

#include <atomic>
#include <cstddef>
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
  kSyncFileSystem,
};
std::string_view to_string(FileOperation operation);

struct FileFault {
  int error_number = 5;  // EIO
  // A write leaves this many of its bytes behind before it fails.
  std::size_t torn_at_bytes = 0;
  // Instead of failing, the process ends as kill -9 ends it: nothing is closed or flushed.
  bool ends_process = false;
};

// While one lives, its hook is asked before each operation of base/file.h, from whichever thread
// runs it; a fault returned is what the operation reports. One at a time in a process.
//
// Outside of the seam: close(2), the locks of file_lock.h, and what reads the slices that a fetch
// answers with (sendfile and pread in server/network), which changes no file.
class FileFaults {
 public:
  using Hook = std::function<std::optional<FileFault>(FileOperation, std::string_view path)>;
  static constexpr int kExitCode = 99;  // of a process that a fault ended

  explicit FileFaults(Hook hook);
  ~FileFaults();
  FileFaults(const FileFaults&) = delete;
  FileFaults& operator=(const FileFaults&) = delete;

  // What the operations ask; nothing when no FileFaults lives.
  static std::optional<FileFault> check(FileOperation operation, std::string_view path) {
    if (present.load(std::memory_order_relaxed) == nullptr) [[likely]] {
      return std::nullopt;
    }
    return ask(operation, path);
  }
  [[noreturn]] static void end_process();

 private:
  static std::optional<FileFault> ask(FileOperation operation, std::string_view path);

  static std::atomic<FileFaults*> present;
  Hook hook_;
};

}  // namespace odradek::base
