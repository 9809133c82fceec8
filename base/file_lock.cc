#include "base/file_lock.h"

#include <fcntl.h>

#include <cerrno>
#include <utility>

#include "base/file_error.h"

namespace odradek::base {

Result<std::optional<FileLock>> FileLock::acquire(const std::string& path) {
  Result<File> file = File::open(path, File::Mode::kCreate);
  if (!file) return file.error();
  struct flock whole_file {};
  whole_file.l_type = F_WRLCK;
  whole_file.l_whence = SEEK_SET;
  int result = ::fcntl(file->fd(), F_OFD_SETLK, &whole_file);
  // Kernels before 3.15 and some file systems know only the process's own kind.
  if (result == -1 && errno == EINVAL) result = ::fcntl(file->fd(), F_SETLK, &whole_file);
  if (result == 0) return std::optional<FileLock>(FileLock(std::move(*file)));
  if (errno == EAGAIN || errno == EACCES) return std::optional<FileLock>();
  return file_error(FileOperation::kOpen, path, errno);
}

}  // namespace odradek::base
