// Segment: one file of record batches with its offset and time index.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/bytes.h"
#include "base/mutex.h"
#include "base/result.h"
#include "server/log/batch_header.h"
#include "server/log/batch_walker.h"
#include "server/log/log_options.h"
#include "server/log/offset_index.h"
#include "server/log/time_index.h"
#include "server/log/transaction_index.h"

namespace odradek::log {

inline constexpr const char* kLogSuffix = ".log";
inline constexpr const char* kIndexSuffix = ".index";
inline constexpr const char* kTimeIndexSuffix = ".timeindex";
inline constexpr const char* kTransactionIndexSuffix = ".txnindex";
inline constexpr const char* kSnapshotSuffix = ".snapshot";
inline constexpr const char* kDeletedSuffix = ".deleted";
inline constexpr const char* kCleanedSuffix = ".cleaned";
inline constexpr const char* kSwapSuffix = ".swap";

// "00000000000000000042" + suffix.
std::string segment_file_name(protocol::Offset base_offset, const char* suffix);

// Appends, rolls and truncations come from one thread at a time (the log's lock); readers need no
// lock: they see a prefix of whole batches up to size_bytes(). Errors as CachedFile's.
class Segment {
 public:
  // Opens nothing yet: files are opened at first use. `suffix` comes behind the names' own.
  Segment(FileCache& cache, const std::string& directory, protocol::Offset base_offset,
          std::int64_t size_bytes, std::int64_t created_ms, const std::string& suffix = "");

  // Makes the three files, empty.
  base::Status create();

  protocol::Offset base_offset() const { return base_offset_; }
  std::int64_t size_bytes() const { return size_bytes_.load(std::memory_order_acquire); }
  std::int64_t created_ms() const { return created_ms_; }

  // Writes `parts`, which are exactly the batches `headers`, behind the last batch. On failure
  // file and indexes are cut back to what they were.
  base::Status append(std::span<const base::ByteView> parts, std::span<const BatchHeader> headers,
                      const LogOptions& options);
  // The largest timestamp and the last offset of its batch; (-1, -1) when there is none.
  base::Result<TimestampOffset> max_timestamp();
  // As max_timestamp, or when the file was last written where batches have no timestamps.
  base::Result<std::int64_t> largest_timestamp_ms();
  // When the log file was last written, by the file system.
  base::Result<std::int64_t> modified_ms() const;
  base::Status set_modified_ms(std::int64_t modified_ms);
  // Max timestamp of the first batch; -1 when empty.
  base::Result<std::int64_t> first_timestamp_ms();

  // Where the first batch whose last offset is >= `target` starts, and its header; nothing when
  // there is no such batch before `end_position`, CORRUPT_MESSAGE when a damaged header is before
  // it: whoever went on behind the segment would take records for deleted that are only unreadable.
  struct Located {
    std::int64_t position = 0;
    BatchHeader header;
  };
  base::Result<std::optional<Located>> locate(protocol::Offset target, std::int64_t end_position);

  // The same batch's place, by the index alone. It tells only while each batch but the first is
  // known to have an entry: all were appended since the start, and are larger than the index
  // interval.
  struct Extent {
    std::int64_t position = 0;
    std::int64_t size_bytes = 0;
  };
  base::Result<std::optional<Extent>> indexed_extent(protocol::Offset target,
                                                     std::int64_t end_position);

  // Drops all batches with a last offset >= `offset`; the end of what is left: `offset`, or less
  // when it lay inside of a batch, or behind a damaged header, which is where it is cut then.
  base::Result<protocol::Offset> truncate_to(protocol::Offset offset);

  // The offset after the last batch and where the whole batches end, walked from the last index
  // entry on.
  struct End {
    protocol::Offset next_offset = 0;
    std::int64_t position = 0;
  };
  base::Result<End> find_end();

  // The log file, and all index entries, are on disk when it returns.
  base::Status flush();
  base::Status write_pending_index_entries();
  // Ends appends: the last time index entry, pending entries, space ahead given back.
  base::Status become_inactive();

  // Adds ".deleted" to all files.
  base::Status mark_deleted() {
    deleted_.store(true);
    return change_suffix("", kDeletedSuffix);
  }
  // All files end in `from`, and then in `to`.
  base::Status change_suffix(const std::string& from, const std::string& to);
  void directory_moved(const std::string& directory);
  // Removes all files; missing ones are no error.
  base::Status remove();
  // Whether it was marked or removed: no fault of its files matters any more.
  bool gone() const { return deleted_.load() || log_file_.removed(); }

  CachedFile& log_file() { return log_file_; }
  OffsetIndex& offset_index() { return offset_index_; }
  TimeIndex& time_index() { return time_index_; }
  TransactionIndex& transaction_index() { return transaction_index_; }

  // Recovery: forgets index entries and timestamps from `offset` on; then index_batch() takes in
  // each batch found, and set_size() says where they end, cutting the file.
  base::Status restart_indexes_at(protocol::Offset offset);
  base::Status index_batch(const BatchHeader& header, std::int64_t position,
                           std::int32_t index_interval_bytes);
  base::Status set_size(std::int64_t size_bytes);

 private:
  // After a failed write: file and indexes end again before `offset`.
  base::Status undo_append(protocol::Offset offset);
  // Takes disk space ahead of appends: for the whole segment with `preallocate`.
  void reserve(std::int64_t needed_bytes, const LogOptions& options);
  void note_timestamp(const BatchHeader& header, std::int64_t position) REQUIRES(mutex_);
  base::Status load_timestamps() REQUIRES(mutex_);
  // As locate(); without a batch, where the walk for it ended and the offset after the last one.
  struct Walked {
    std::optional<Located> found;
    End end;
  };
  base::Result<Walked> walk_to(protocol::Offset target, std::int64_t end_position);
  // The batch at `position` if it holds `target` and ends by `end_position`.
  base::Result<std::optional<Located>> batch_at(std::int64_t position, std::int64_t end_position,
                                                protocol::Offset target);
  // From the last index entry on.
  base::Result<BatchWalker> walk_tail();

  const protocol::Offset base_offset_;
  const std::int64_t created_ms_;
  CachedFile log_file_;
  OffsetIndex offset_index_;
  TimeIndex time_index_;
  TransactionIndex transaction_index_;
  std::atomic<std::int64_t> size_bytes_;
  // Only the appending thread.
  std::int64_t reserved_bytes_ = 0;  // disk space taken, counted from the start of the file
  std::int64_t bytes_since_index_entry_ = 0;

  base::Mutex mutex_;
  bool timestamps_loaded_ GUARDED_BY(mutex_) = false;
  std::atomic<bool> deleted_{false};
  std::atomic<bool> fully_indexed_{false};  // every batch but the first has an entry, for certain
  TimestampOffset max_timestamp_ GUARDED_BY(mutex_);
  std::int64_t first_timestamp_ms_ GUARDED_BY(mutex_) = protocol::kNoTimestamp;
};

}  // namespace odradek::log
