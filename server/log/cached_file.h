// CachedFile and FileCache: log files opened when needed, with a bound on how many stay open.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <span>
#include <string>

#include "base/bytes.h"
#include "base/file.h"
#include "base/mutex.h"
#include "base/result.h"

namespace odradek::log {

class FileCache;

// One file on disk by its path, read and written through the cache; safe from any thread.
// Errors name the path and the cause and have no code, but for KAFKA_STORAGE_ERROR when descriptors
// ran out or the file was removed meanwhile, for which no disk is to blame.
class CachedFile {
 public:
  CachedFile(FileCache& cache, std::string path);
  ~CachedFile();
  CachedFile(const CachedFile&) = delete;
  CachedFile& operator=(const CachedFile&) = delete;

  // Makes the file when it is not there. Nothing else does: a late reader must not make a file
  // again that was renamed or removed, which the next start would take for a segment.
  base::Status create();
  // Whoever still reads keeps the answer, so that eviction and deletion never pull a file away from
  // under a send.
  base::Result<std::shared_ptr<const base::File>> open();
  std::string path() const EXCLUDES(mutex_);

  // Reads up to out.size() bytes; fewer only at the end of the file.
  base::Result<std::size_t> read_at(std::int64_t position, base::MutableBytes out);
  base::Status write_at(std::int64_t position, base::ByteView bytes);
  base::Status write_parts_at(std::int64_t position, std::span<const base::ByteView> parts);
  base::Status truncate(std::int64_t size_bytes);
  // Takes disk space without changing the size; an error is no reason to give up.
  base::Status allocate(std::int64_t position, std::int64_t length);
  base::Status sync();
  // The kernel begins to write what sync() will wait for; errors are left to that.
  void start_write_out();
  base::Result<std::int64_t> size_bytes();
  bool removed() const EXCLUDES(mutex_);

  base::Status rename(const std::string& new_path);
  // The directory above was renamed: only the name changes, not the file.
  void moved(const std::string& new_path);
  base::Status remove();
  // Closes the descriptor; the next use opens it again.
  void close();

 private:
  friend class FileCache;
  base::Result<std::shared_ptr<base::File>> open_writable();
  base::Result<std::shared_ptr<base::File>> open_now(bool create) EXCLUDES(mutex_);
  bool evict();  // false when it was used since the last look

  FileCache& cache_;
  mutable base::Mutex mutex_;
  std::string path_ GUARDED_BY(mutex_);
  std::shared_ptr<base::File> file_ GUARDED_BY(mutex_);
  bool removed_ GUARDED_BY(mutex_) = false;
  std::atomic<bool> used_{false};
  // Guarded by the cache's lock.
  bool listed_ = false;
  std::list<CachedFile*>::iterator place_;
};

// Bounds the open descriptors of all logs; a clock hand closes those not used lately.
class FileCache {
 public:
  explicit FileCache(std::size_t max_open_files);
  // A third of RLIMIT_NOFILE, which leaves the rest to connections.
  static std::size_t default_max_open_files();
  std::size_t open_files() const EXCLUDES(mutex_);
  // Renames a directory and calls `moved`, which tells its files; none is opened by its old or its
  // new name in between.
  base::Status rename_directory(const std::string& from, const std::string& to,
                                const std::function<void()>& moved) EXCLUDES(names_mutex_);
  // Syncs the directory that the file lies in, by the name it has now.
  base::Status sync_directory_of(const CachedFile& file) EXCLUDES(names_mutex_, mutex_);
  // Runs `call`, which opens a file past the cache; once more after others were closed when no
  // descriptor was left for it.
  template <class Call>
  auto with_room(Call call) EXCLUDES(mutex_) {
    auto done = call();
    if (done.ok() || !base::out_of_descriptors(done.error())) return done;
    close_idle();
    return call();
  }

 private:
  friend class CachedFile;
  void admit(CachedFile& file) EXCLUDES(mutex_);
  void forget(CachedFile& file) EXCLUDES(mutex_);
  // Closes half of the files, those in use lately last.
  void close_idle() EXCLUDES(mutex_);
  void shrink_to(std::size_t count, const CachedFile* keep) REQUIRES(mutex_);

  const std::size_t max_open_files_;
  base::SharedMutex names_mutex_;  // shared by who opens, taken before the file's own
  mutable base::Mutex mutex_;
  std::list<CachedFile*> files_ GUARDED_BY(mutex_);
};

}  // namespace odradek::log
