// IndexFile: an append-only file of entries of one size, whose newest entries stay in memory.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/mutex.h"
#include "base/result.h"
#include "server/log/cached_file.h"

namespace odradek::log {

// The part that the offset index and the time index share. Entries are appended to memory and
// written by pwrite every kFlushEntries, at flush, roll and close; never mmapped (a first touch of
// a sparse map costs milliseconds). The file holds exactly the entries, so that the JVM reads it.
// Of the file a search keeps what the next one wants: the block that it ended in, and the first
// entries of the blocks that it looked at. Safe from any thread.
class IndexFile {
 public:
  static constexpr std::size_t kFlushEntries = 512;
  static constexpr std::size_t kMaxEntrySize = 12;
  using Entry =
      std::array<std::uint8_t, kMaxEntrySize>;  // its first bytes, as many as an entry has

  IndexFile(FileCache& cache, std::string path, std::size_t entry_size);

  std::string path() const { return file_.path(); }
  // Bytes of the file at load are no multiple of the entry size, or the file is missing.
  base::Result<bool> well_formed();

  // Makes the file, so that it is there even while it is empty.
  base::Status create();
  // Who has just seen how long the file is spares a look at it.
  void assume_size(std::int64_t size_bytes) EXCLUDES(mutex_);
  base::Result<std::size_t> entries();
  base::Status append(base::ByteView entry);
  // Entry `number` (from 0); nothing when there are not so many.
  base::Result<std::optional<Entry>> read(std::size_t number);
  base::Result<std::optional<Entry>> last();
  // The number that a search goes by: signed, big-endian, of four or eight bytes of each entry.
  struct Key {
    std::uint8_t at = 0;
    std::uint8_t size_bytes = 4;
  };
  // Where the entries end whose keys are less than `bound`, as those of a prefix are.
  struct Found {
    std::size_t count = 0;        // of those entries
    std::optional<Entry> before;  // the last of them
    std::optional<Entry> behind;  // the one that follows
  };
  // For those that are at most `value`; the largest number is no key.
  static constexpr std::int64_t bound_behind(std::int64_t value) {
    return value == std::numeric_limits<std::int64_t>::max() ? value : value + 1;
  }
  // For entries that are relative to a base offset, any bound taken.
  static constexpr std::int64_t relative(std::int64_t bound, std::int64_t base_offset) {
    return std::max(bound, std::numeric_limits<std::int64_t>::min() + base_offset) - base_offset;
  }
  base::Result<Found> find(Key key, std::int64_t bound);
  base::Status truncate_to(std::size_t entries);

  base::Status write_pending();
  base::Status sync();
  // Once nothing more is appended: keeps neither entries nor the descriptor.
  void release_memory();
  base::Status rename(const std::string& new_path) { return file_.rename(new_path); }
  void moved(const std::string& new_path) { file_.moved(new_path); }
  base::Status remove();

 private:
  // What searches of the file leave for the next one.
  struct Searched {
    std::size_t block_from = 0;
    base::Bytes block;   // entries block_from … of the file
    base::Bytes firsts;  // of the blocks
    std::vector<bool> firsts_known;
  };

  base::Status load() REQUIRES(mutex_);
  void take_size(std::int64_t size_bytes) REQUIRES(mutex_);
  base::Status write_pending_locked() REQUIRES(mutex_);
  base::Result<std::optional<Entry>> entry(std::size_t number) REQUIRES(mutex_);
  base::Status read_locked(std::size_t number, base::MutableBytes out) REQUIRES(mutex_);
  base::Result<std::size_t> count_below(Key key, std::int64_t bound) REQUIRES(mutex_);
  std::size_t count_in(const base::Bytes& entries, Key key, std::int64_t bound) const;
  // Of the blocks in the file, those whose first entry is below.
  base::Result<std::size_t> blocks_below(Key key, std::int64_t bound) REQUIRES(mutex_);
  base::Status keep_block(std::size_t block) REQUIRES(mutex_);

  mutable base::Mutex mutex_;
  CachedFile file_;
  const std::uint8_t entry_size_;  // beside the flags: thousands of these are kept
  bool loaded_ GUARDED_BY(mutex_) = false;
  bool well_formed_ GUARDED_BY(mutex_) = true;
  std::size_t entries_ GUARDED_BY(mutex_) = 0;  // in all
  std::size_t written_ GUARDED_BY(mutex_) = 0;  // of those in the file
  std::size_t in_memory_from_ GUARDED_BY(mutex_) = 0;
  base::Bytes tail_ GUARDED_BY(mutex_);                    // entries in_memory_from_ .. entries_
  std::unique_ptr<Searched> searched_ GUARDED_BY(mutex_);  // from the first search of the file on
};

}  // namespace odradek::log
