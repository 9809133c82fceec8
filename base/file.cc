#include "base/file.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string>
#include <system_error>
#include <utility>

#include "base/file_error.h"
#include "base/no_wait.h"

namespace odradek::base {
namespace {

constexpr mode_t kFilePermissions = 0644;
constexpr std::int16_t kOutOfDescriptors = -3;  // neither an error of Kafka's nor one of a disk
constexpr std::size_t kMostParts = 64;          // of one pwritev; the kernel takes up to IOV_MAX

int open_flags(File::Mode mode) {
  switch (mode) {
    case File::Mode::kRead:
      return O_RDONLY | O_CLOEXEC;
    case File::Mode::kReadWrite:
      return O_RDWR | O_CLOEXEC;
    case File::Mode::kCreate:
      return O_RDWR | O_CREAT | O_CLOEXEC;
    case File::Mode::kCreateNew:
      return O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC;
    case File::Mode::kTruncate:
      return O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC;
  }
  return O_RDONLY | O_CLOEXEC;
}

// -1 and why, or the descriptor.
int open_descriptor(const std::string& path, File::Mode mode, int& reason) {
  if (auto fault = FileFaults::check(FileOperation::kOpen, path)) {
    reason = fault->error_number;
    return -1;
  }
  int fd = open_without_access_time(path, open_flags(mode), kFilePermissions);
  if (fd == -1) reason = errno;
  return fd;
}

// Up to kMostParts non-empty parts, from byte `skip` of the first on.
struct PartWindow {
  std::array<iovec, kMostParts> vectors;
  int count = 0;

  PartWindow(std::span<const ByteView> parts, std::size_t skip) {
    for (const ByteView& part : parts) {
      if (static_cast<std::size_t>(count) == kMostParts) return;
      ByteView rest = part.subspan(skip);
      skip = 0;
      if (rest.empty()) continue;
      vectors[count++] = {const_cast<std::uint8_t*>(rest.data()), rest.size()};
    }
  }
};

ssize_t read_once(int fd, MutableBytes into, std::int64_t offset) {
  if (NoWaitReads::active()) {
    iovec part{into.data(), into.size()};
    ssize_t count = ::preadv2(fd, &part, 1, offset, RWF_NOWAIT);
    if (count >= 0 || errno != EOPNOTSUPP) return count;
  }
  return ::pread(fd, into.data(), into.size(), offset);
}

// What a fault leaves of a write.
void tear(int fd, std::span<const ByteView> parts, std::int64_t offset, std::size_t size_bytes) {
  for (const ByteView& part : parts) {
    ByteView torn = part.first(std::min(part.size(), size_bytes));
    if (torn.empty() || ::pwrite(fd, torn.data(), torn.size(), offset) == -1) return;
    size_bytes -= torn.size();
    offset += static_cast<std::int64_t>(torn.size());
  }
}

}  // namespace

Error file_error(FileOperation operation, std::string_view path, int error_number) {
  std::string message = "Cannot ";
  message.append(to_string(operation)).append(" ").append(path).append(": ");
  message += std::generic_category().message(error_number);
  message += ".";
  return Error(std::move(message));
}

Error open_error(FileOperation operation, std::string_view path, int error_number) {
  Error error = file_error(operation, path, error_number);
  if (error_number == EMFILE || error_number == ENFILE) error.code = kOutOfDescriptors;
  return error;
}

bool out_of_descriptors(const Error& error) { return error.code == kOutOfDescriptors; }

Result<File> File::open(std::string path, Mode mode) {
  int reason = 0;
  int fd = open_descriptor(path, mode, reason);
  if (fd == -1) return open_error(FileOperation::kOpen, path, reason);
  return File(std::move(path), fd);
}

Result<std::optional<File>> File::open_if_any(std::string path) {
  int reason = 0;
  int fd = open_descriptor(path, Mode::kRead, reason);
  if (fd != -1) return std::optional<File>(File(std::move(path), fd));
  if (reason == ENOENT) return std::optional<File>();
  return open_error(FileOperation::kOpen, path, reason);
}

File::~File() {
  if (is_open()) ::close(fd_);
}

File::File(File&& other) noexcept
    : path_(std::move(other.path_)), fd_(std::exchange(other.fd_, -1)) {}

File& File::operator=(File&& other) noexcept {
  if (this == &other) return *this;
  if (is_open()) ::close(fd_);
  path_ = std::move(other.path_);
  fd_ = std::exchange(other.fd_, -1);
  return *this;
}

Result<std::size_t> File::read_at(MutableBytes into, std::int64_t offset) const {
  auto refuse = [&](int error_number) {
    bool is_missing = error_number == EAGAIN && NoWaitReads::active();
    return is_missing ? NoWaitReads::miss(path_, offset, into.size())
                      : file_error(FileOperation::kRead, path_, error_number);
  };
  if (auto fault = FileFaults::check(FileOperation::kRead, path_)) {
    return refuse(fault->error_number);
  }
  std::size_t done = 0;
  while (done < into.size()) {
    ssize_t count = retry_interrupted([&] {
      return read_once(fd_, into.subspan(done), offset + static_cast<std::int64_t>(done));
    });
    if (count == -1) return refuse(errno);
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  return done;
}

Status File::read_fully_at(MutableBytes into, std::int64_t offset) const {
  Result<std::size_t> count = read_at(into, offset);
  if (!count) return count.error();
  if (*count == into.size()) return {};
  return Error("Cannot read " + path_ + ": it ends " + std::to_string(into.size() - *count) +
               " bytes before position " +
               std::to_string(offset + static_cast<std::int64_t>(into.size())) + ".");
}

Status File::write_at(ByteView bytes, std::int64_t offset) {
  return write_parts_at(std::span(&bytes, 1), offset);
}

Status File::write_parts_at(std::span<const ByteView> parts, std::int64_t offset) {
  if (auto fault = FileFaults::check(FileOperation::kWrite, path_)) {
    tear(fd_, parts, offset, fault->torn_at_bytes);
    if (fault->ends_process) FileFaults::end_process();
    return file_error(FileOperation::kWrite, path_, fault->error_number);
  }
  std::size_t skip = 0;  // bytes of the first part that are written
  while (!parts.empty()) {
    if (skip == parts[0].size()) {
      parts = parts.subspan(1);
      skip = 0;
      continue;
    }
    PartWindow window(parts, skip);
    const iovec& first = window.vectors[0];
    // One part, the usual case, has a shorter way through the kernel.
    ssize_t count = retry_interrupted([&] {
      return window.count == 1 ? ::pwrite(fd_, first.iov_base, first.iov_len, offset)
                               : ::pwritev(fd_, window.vectors.data(), window.count, offset);
    });
    if (count == -1) return file_error(FileOperation::kWrite, path_, errno);
    if (count == 0) return file_error(FileOperation::kWrite, path_, ENOSPC);
    offset += count;
    auto left = static_cast<std::size_t>(count);
    while (left > 0) {
      std::size_t step = std::min(left, parts[0].size() - skip);
      left -= step;
      skip += step;
      if (skip < parts[0].size()) break;
      parts = parts.subspan(1);
      skip = 0;
    }
  }
  return {};
}

Result<std::int64_t> File::size() const {
  struct stat attributes {};
  Status status =
      checked_call(FileOperation::kSize, path_, [&] { return ::fstat(fd_, &attributes); });
  if (!status) return status.error();
  return std::int64_t{attributes.st_size};
}

Status File::truncate(std::int64_t size_bytes) {
  return checked_call(FileOperation::kTruncate, path_,
                      [&] { return ::ftruncate(fd_, size_bytes); });
}

Status File::sync_data() {
  return checked_call(FileOperation::kSync, path_, [&] { return ::fdatasync(fd_); });
}

Status File::sync() {
  return checked_call(FileOperation::kSync, path_, [&] { return ::fsync(fd_); });
}

Status File::sync_file_system() {
  return checked_call(FileOperation::kSyncFileSystem, path_, [&] { return ::syncfs(fd_); });
}

void File::start_write_out() { (void)::sync_file_range(fd_, 0, 0, SYNC_FILE_RANGE_WRITE); }

Status File::allocate(std::int64_t offset, std::int64_t length) {
  return checked_call(FileOperation::kAllocate, path_, [&] {
    int result = ::fallocate(fd_, FALLOC_FL_KEEP_SIZE, offset, length);
    return result == -1 && errno == EOPNOTSUPP ? 0 : result;
  });
}

Status File::close() {
  if (!is_open()) return {};
  // Never again after EINTR: Linux has freed the number by then.
  int result = ::close(std::exchange(fd_, -1));
  if (result == -1 && errno != EINTR) return file_error(FileOperation::kWrite, path_, errno);
  return {};
}

}  // namespace odradek::base
