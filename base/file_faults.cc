#include "base/file_faults.h"

#include <unistd.h>

#include <utility>

#include "base/log.h"

namespace odradek::base {

std::atomic<FileFaults*> FileFaults::present{nullptr};

std::string_view to_string(FileOperation operation) {
  switch (operation) {
    case FileOperation::kOpen:
      return "open";
    case FileOperation::kRead:
      return "read";
    case FileOperation::kWrite:
      return "write";
    case FileOperation::kTruncate:
      return "truncate";
    case FileOperation::kSync:
      return "sync";
    case FileOperation::kAllocate:
      return "allocate blocks of";
    case FileOperation::kSize:
      return "read the attributes of";
    case FileOperation::kRename:
      return "rename";
    case FileOperation::kRemove:
      return "remove";
    case FileOperation::kList:
      return "list";
    case FileOperation::kCreateDirectory:
      return "create directory";
    case FileOperation::kSyncDirectory:
      return "sync directory";
    case FileOperation::kSyncFileSystem:
      return "sync the file system of";
  }
  return "use";
}

FileFaults::FileFaults(Hook hook) : hook_(std::move(hook)) {
  CHECK(present.exchange(this) == nullptr) << "There are file faults already.";
}

FileFaults::~FileFaults() { present.store(nullptr); }

std::optional<FileFault> FileFaults::ask(FileOperation operation, std::string_view path) {
  FileFaults* faults = present.load(std::memory_order_acquire);
  if (faults == nullptr) return std::nullopt;
  std::optional<FileFault> fault = faults->hook_(operation, path);
  // A write tears first.
  if (fault && fault->ends_process && operation != FileOperation::kWrite) end_process();
  return fault;
}

void FileFaults::end_process() { ::_exit(kExitCode); }

}  // namespace odradek::base
