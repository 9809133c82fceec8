#include "server/log/cached_file.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/file.h"
#include "protocol/errors.h"

namespace odradek::log {

namespace {

// Whether the process has no descriptor left, which is no fault of any disk.
bool out_of_descriptors() {
  int fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return errno == EMFILE || errno == ENFILE;
  ::close(fd);
  return false;
}

}  // namespace

CachedFile::CachedFile(FileCache& cache, std::string path)
    : cache_(cache), path_(std::move(path)) {}

CachedFile::~CachedFile() { cache_.forget(*this); }

base::Result<std::shared_ptr<base::File>> CachedFile::open_writable() {
  std::string path;
  {
    base::MutexLock lock(mutex_);
    used_.store(true, std::memory_order_relaxed);
    if (file_) return file_;
    if (removed_) {
      return base::Error(protocol::ErrorCode::kKafkaStorageError, path_ + " was removed");
    }
    path = path_;
  }
  auto opened = base::File::open(path, base::File::Mode::kCreate);
  if (!opened.ok() && out_of_descriptors()) {
    cache_.close_idle();
    opened = base::File::open(path, base::File::Mode::kCreate);
    if (!opened.ok() && out_of_descriptors()) {
      return base::Error(protocol::ErrorCode::kKafkaStorageError,
                         "no file descriptor is left for " + path);
    }
  }
  if (!opened.ok()) return opened.error();
  auto file = std::make_shared<base::File>(std::move(*opened));
  {
    base::MutexLock lock(mutex_);
    if (file_) return file_;
    file_ = file;
  }
  cache_.admit(*this);
  return file;
}

base::Result<std::shared_ptr<const base::File>> CachedFile::open() {
  auto file = open_writable();
  if (!file.ok()) return file.error();
  return std::shared_ptr<const base::File>(std::move(*file));
}

std::string CachedFile::path() const {
  base::MutexLock lock(mutex_);
  return path_;
}

base::Result<std::size_t> CachedFile::read_at(std::int64_t position, base::MutableBytes out) {
  auto file = open_writable();
  if (!file.ok()) return file.error();
  return (*file)->read_at(out, position);
}

base::Status CachedFile::write_at(std::int64_t position, base::ByteView bytes) {
  auto file = open_writable();
  if (!file.ok()) return file.error();
  return (*file)->write_at(bytes, position);
}

base::Status CachedFile::truncate(std::int64_t size_bytes) {
  auto file = open_writable();
  if (!file.ok()) return file.error();
  return (*file)->truncate(size_bytes);
}

base::Status CachedFile::allocate(std::int64_t position, std::int64_t length) {
  auto file = open_writable();
  if (!file.ok()) return file.error();
  return (*file)->allocate(position, length);
}

base::Status CachedFile::sync() {
  auto file = open_writable();
  if (!file.ok()) return file.error();
  return (*file)->sync_data();
}

base::Result<std::int64_t> CachedFile::size_bytes() {
  auto file = open_writable();
  if (!file.ok()) return file.error();
  return (*file)->size();
}

bool CachedFile::exists() const { return ::access(path().c_str(), F_OK) == 0; }

base::Status CachedFile::rename(const std::string& new_path) {
  base::MutexLock lock(mutex_);
  if (::access(path_.c_str(), F_OK) == 0) {
    base::Status renamed = base::rename_path(path_, new_path);
    if (!renamed.ok()) return renamed;
  }
  path_ = new_path;
  return {};
}

void CachedFile::moved(const std::string& new_path) {
  base::MutexLock lock(mutex_);
  path_ = new_path;
}

base::Status CachedFile::remove() {
  base::MutexLock lock(mutex_);
  file_.reset();
  removed_ = true;
  return base::remove_file(path_);
}

void CachedFile::close() {
  base::MutexLock lock(mutex_);
  file_.reset();
}

bool CachedFile::evict() {
  std::shared_ptr<base::File> closing;  // closed outside the lock
  base::MutexLock lock(mutex_);
  if (used_.exchange(false, std::memory_order_relaxed)) return false;
  closing.swap(file_);
  return true;
}

FileCache::FileCache(std::size_t max_open_files)
    : max_open_files_(std::max<std::size_t>(max_open_files, 4)) {}

std::size_t FileCache::default_max_open_files() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return 65'536;
  return std::max<std::size_t>(limit.rlim_cur / 3, 64);
}

std::size_t FileCache::open_files() const {
  base::MutexLock lock(mutex_);
  return files_.size();
}

void FileCache::admit(CachedFile& file) {
  base::MutexLock lock(mutex_);
  if (!file.listed_) {
    file.place_ = files_.insert(files_.end(), &file);
    file.listed_ = true;
  }
  shrink_to(max_open_files_, &file);
}

void FileCache::shrink_to(std::size_t count, const CachedFile* keep) {
  // Two rounds: the first takes the marks of use away, the second finds files without one.
  for (std::size_t steps = 2 * files_.size(); files_.size() > count && steps > 0; --steps) {
    CachedFile* candidate = files_.front();
    if (candidate != keep && candidate->evict()) {
      candidate->listed_ = false;
      files_.pop_front();
    } else {
      files_.splice(files_.end(), files_, files_.begin());
    }
  }
}

void FileCache::close_idle() {
  base::MutexLock lock(mutex_);
  shrink_to(files_.size() / 2, nullptr);
}

void FileCache::forget(CachedFile& file) {
  base::MutexLock lock(mutex_);
  if (!file.listed_) return;
  files_.erase(file.place_);
  file.listed_ = false;
}

}  // namespace odradek::log
