// TransactionIndex: the aborted transactions whose markers lie in one segment (.txnindex files).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/mutex.h"
#include "base/result.h"
#include "protocol/types.h"
#include "server/log/cached_file.h"

namespace odradek::log {

struct AbortedTransaction {
  std::int64_t producer_id = -1;
  protocol::Offset first_offset = -1;
  protocol::Offset last_offset = -1;         // of the marker
  protocol::Offset last_stable_offset = -1;  // once the marker is in: below, no other can come

  friend bool operator==(const AbortedTransaction&, const AbortedTransaction&) = default;
};

// Entries of 34 bytes, big-endian: version int16 = 0, then the four fields, int64 each; in the
// order of their markers. There is no file until the first entry, so that a log without aborts
// costs none. Entries are few: readers walk over all of them. Safe from any thread.
class TransactionIndex {
 public:
  static constexpr std::size_t kEntrySize = 34;

  TransactionIndex(FileCache& cache, std::string path) : file_(cache, std::move(path)) {}

  // Ignored unless the marker lies behind those that are there.
  base::Status append(const AbortedTransaction& transaction) EXCLUDES(mutex_);
  // Appends to `found` what overlaps [from, to). True when no later segment can hold more of it.
  base::Result<bool> collect(protocol::Offset from, protocol::Offset to,
                             std::vector<AbortedTransaction>& found) EXCLUDES(mutex_);
  // An error when an entry is none, or markers do not rise.
  base::Result<std::vector<AbortedTransaction>> entries() EXCLUDES(mutex_);
  // Drops the entries whose markers lie at or above `offset`.
  base::Status truncate_to(protocol::Offset offset) EXCLUDES(mutex_);
  // Drops all, whatever they are.
  base::Status clear() EXCLUDES(mutex_);

  base::Status sync() EXCLUDES(mutex_);
  CachedFile& file() { return file_; }

 private:
  base::Status load() REQUIRES(mutex_);
  base::Result<std::vector<AbortedTransaction>> read() REQUIRES(mutex_);
  base::Status cut(std::size_t entries) REQUIRES(mutex_);

  mutable base::Mutex mutex_;
  CachedFile file_;
  std::optional<std::uint32_t> size_bytes_ GUARDED_BY(mutex_);  // nothing: not looked at yet
};

}  // namespace odradek::log
