#include "server/log/cached_file.h"

#include <sys/resource.h>

#include <algorithm>
#include <utility>

#include "protocol/errors.h"

namespace odradek::log {

CachedFile::CachedFile(FileCache& cache, std::string path) : cache_(cache), path_(std::move(path)) {
  path_.shrink_to_fit();  // there are four to a partition, and they were put together from parts
}

CachedFile::~CachedFile() { cache_.forget(*this); }

base::Result<std::shared_ptr<base::File>> CachedFile::open_writable() {
  {
    base::MutexLock lock(mutex_);
    used_.store(true, std::memory_order_relaxed);
    if (file_) return file_;
  }
  auto opened = open_now(false);
  if (opened.ok()) cache_.admit(*this);
  return opened;
}

base::Result<std::shared_ptr<base::File>> CachedFile::open_now(bool create) {
  auto mode = create ? base::File::Mode::kCreate : base::File::Mode::kReadWrite;
  for (bool again = false;; again = true) {
    base::Error error;
    {
      base::ReadLock names(cache_.names_mutex_);
      base::MutexLock lock(mutex_);
      if (file_) return file_;
      if (removed_) {
        return base::Error(protocol::ErrorCode::kKafkaStorageError, path_ + " was removed");
      }
      auto opened = base::File::open(path_, mode);
      if (opened.ok()) {
        file_ = std::make_shared<base::File>(std::move(*opened));
        return file_;
      }
      error = opened.error();
    }
    if (!base::out_of_descriptors(error)) return error;
    if (again) {
      return base::Error(protocol::ErrorCode::kKafkaStorageError,
                         "no file descriptor is left: " + error.message);
    }
    cache_.close_idle();
  }
}

base::Status CachedFile::create() {
  auto file = open_now(true);
  if (!file.ok()) return file.error();
  used_.store(true, std::memory_order_relaxed);
  cache_.admit(*this);
  return {};
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

base::Status CachedFile::write_parts_at(std::int64_t position,
                                        std::span<const base::ByteView> parts) {
  auto file = open_writable();
  if (!file.ok()) return file.error();
  return (*file)->write_parts_at(parts, position);
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

void CachedFile::start_write_out() {
  auto file = open_writable();
  if (file.ok()) (*file)->start_write_out();
}

base::Result<std::int64_t> CachedFile::size_bytes() {
  auto file = open_writable();
  if (!file.ok()) return file.error();
  return (*file)->size();
}

bool CachedFile::removed() const {
  base::MutexLock lock(mutex_);
  return removed_;
}

base::Status CachedFile::rename(const std::string& new_path) {
  base::MutexLock lock(mutex_);
  auto type = base::path_type(path_);
  if (!type.ok()) return type.error();
  if (*type != base::FileType::kMissing) {
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

base::Status FileCache::rename_directory(const std::string& from, const std::string& to,
                                         const std::function<void()>& moved) {
  base::WriteLock names(names_mutex_);
  base::Status renamed = base::rename_path(from, to);
  if (renamed.ok()) moved();
  return renamed;
}

base::Status FileCache::sync_directory_of(const CachedFile& file) {
  return with_room([&] {
    base::ReadLock names(names_mutex_);
    return base::sync_directory(base::parent_directory(file.path()));
  });
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
