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
#include "server/log/log_options.h"
#include "server/log/offset_index.h"
#include "server/log/time_index.h"

namespace odradek::log {

std::string segment_file_name(protocol::Offset base_offset, const char* suffix);

// Appends, rolls and truncations come from one thread at a time (the log's lock); readers need no
// lock: they see a prefix of whole batches up to size_bytes().
class Segment {
 public:
  // Opens nothing yet: files are made or opened at first use.
  Segment(FileCache& cache, const std::string& directory, protocol::Offset base_offset,
          std::int64_t size_bytes, std::int64_t created_ms);

  protocol::Offset base_offset() const { return base_offset_; }
  std::int32_t size_bytes() const {
    return static_cast<std::int32_t>(size_bytes_.load(std::memory_order_acquire));
  }
  std::int64_t created_ms() const { return created_ms_; }

  // Writes `bytes`, which are exactly the batches `headers`, behind the last batch. On failure
  // the file is cut back to what it was.
  base::Status append(base::ByteView bytes, std::span<const BatchHeader> headers,
                      const LogOptions& options);
  // The largest timestamp and the last offset of its batch; (-1, -1) when there is none.
  base::Result<TimestampOffset> max_timestamp();
  // As max_timestamp, or when the file was last written where batches have no timestamps.
  std::int64_t largest_timestamp_ms();
  // Max timestamp of the first batch; -1 when empty.
  base::Result<std::int64_t> first_timestamp_ms();

  // Where the first batch whose last offset is >= `target` starts, and its header; nothing when
  // there is no such batch before `end_position`.
  struct Located {
    std::int64_t position = 0;
    BatchHeader header;
  };
  base::Result<std::optional<Located>> locate(protocol::Offset target, std::int64_t end_position);

  // Drops all batches with a last offset >= `offset`; returns the number of bytes dropped.
  base::Result<std::int64_t> truncate_to(protocol::Offset offset);
  // Offset after the last batch, from the end of the index on.
  base::Result<protocol::Offset> read_next_offset();

  // Written to disk when it returns.
  base::Status flush();
  // Ends appends: the last time index entry, pending index entries, space ahead given back.
  base::Status become_inactive();
  base::Status reset_indexes();

  // Adds a suffix such as ".deleted" to all files.
  base::Status add_suffix(const std::string& suffix);
  void directory_moved(const std::string& directory);
  // Removes all files; missing ones are no error.
  base::Status remove();

  CachedFile& log_file() { return log_file_; }
  OffsetIndex& offset_index() { return offset_index_; }
  TimeIndex& time_index() { return time_index_; }

  // For recovery: adopts one batch found in the file at `position` into indexes and sizes.
  base::Status index_batch(const BatchHeader& header, std::int64_t position,
                           std::int32_t index_interval_bytes);
  void set_size_bytes(std::int64_t size_bytes) { size_bytes_.store(size_bytes); }
  void forget_timestamps();

 private:
  base::Status reserve(std::int64_t needed_bytes, const LogOptions& options);
  base::Status load_timestamps() REQUIRES(mutex_);

  const protocol::Offset base_offset_;
  const std::int64_t created_ms_;
  CachedFile log_file_;
  OffsetIndex offset_index_;
  TimeIndex time_index_;
  std::atomic<std::int64_t> size_bytes_;
  // Only the appending thread.
  std::int64_t reserved_bytes_ = 0;  // file space taken ahead, from the start of the file
  std::int64_t reserve_step_bytes_ = 0;
  std::int64_t bytes_since_index_entry_ = 0;

  base::Mutex mutex_;
  bool timestamps_loaded_ GUARDED_BY(mutex_) = false;
  TimestampOffset max_timestamp_ GUARDED_BY(mutex_);
  std::int64_t first_timestamp_ms_ GUARDED_BY(mutex_) = protocol::kNoTimestamp;
};

}  // namespace odradek::log
