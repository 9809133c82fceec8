#include "base/file_lock.h"

#include <fcntl.h>

#include <cerrno>
#include <utility>

#include "base/file_error.h"

namespace odradek::base {

Result<FileLock> FileLock::acquire(const std::string& path) {
  Result<File> file = File::open(path, File::Mode::kCreate);
  if (!file) return file.error();
  struct flock whole_file {};
  whole_file.l_type = F_WRLCK;
  whole_file.l_whence = SEEK_SET;
  int result = ::fcntl(file->fd(), F_OFD_SETLK, &whole_file);
  // Kernels before 3.15 and some file systems know only the process's own kind.
  if (result == -1 && errno == EINVAL) result = ::fcntl(file->fd(), F_SETLK, &whole_file);
  if (result == 0) return FileLock(std::move(*file));
  if (errno == EAGAIN || errno == EACCES) {
    return Error("Cannot lock " + path +
                 ": another process holds it; a data directory serves one broker at a time.");
  }
  return file_error(FileOperation::kOpen, path, errno);
}

}  // namespace odradek::base
