// How the files of base call the kernel, and what they say when it refuses: the operation, the path
// and the reason in one sentence.
#pragma once

#include <fcntl.h>

#include <cerrno>
#include <string>
#include <string_view>

#include "base/file_faults.h"
#include "base/result.h"

namespace odradek::base {

Error file_error(FileOperation operation, std::string_view path, int error_number);
// Of what opens a file: out_of_descriptors() knows when that was the reason.
Error open_error(FileOperation operation, std::string_view path, int error_number);

// Runs a system call again while it is interrupted.
template <class Call>
auto retry_interrupted(Call call) {
  auto result = call();
  while (result == -1 && errno == EINTR) result = call();
  return result;
}

// open(2) of what is read without the kernel noting when: every read after a write would change the
// inode. Only the owner of a file may ask for that; others open it as usual.
inline int open_without_access_time(const std::string& path, int flags, mode_t permissions = 0) {
  int fd = retry_interrupted([&] { return ::open(path.c_str(), flags | O_NOATIME, permissions); });
  if (fd != -1 || errno != EPERM) return fd;
  return retry_interrupted([&] { return ::open(path.c_str(), flags, permissions); });
}

// A call that gives -1 on failure, with the test's faults asked first.
template <class Call>
Status checked_call(FileOperation operation, std::string_view path, Call call) {
  if (auto fault = FileFaults::check(operation, path)) {
    return file_error(operation, path, fault->error_number);
  }
  if (retry_interrupted(call) == -1) return file_error(operation, path, errno);
  return {};
}

}  // namespace odradek::base
