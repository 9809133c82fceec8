// TimeIndex: finds the offset before which no record of a segment is as late as a time (.timeindex
// files).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "protocol/types.h"
#include "server/log/index_file.h"

namespace odradek::log {

struct TimestampOffset {
  std::int64_t timestamp_ms = protocol::kNoTimestamp;
  protocol::Offset offset = -1;
};

// Entries (timestamp int64, relative offset int32), big-endian, timestamps strictly increasing: the
// largest timestamp up to and including the batch that ends at the offset. Safe from any thread.
class TimeIndex {
 public:
  static constexpr std::size_t kEntrySize = 12;

  TimeIndex(FileCache& cache, std::string path, protocol::Offset base_offset)
      : base_offset_(base_offset), file_(cache, std::move(path), kEntrySize) {}

  // Ignored unless both are above the last entry's.
  base::Status append(std::int64_t timestamp_ms, protocol::Offset offset);
  // The last entry whose timestamp is at most `timestamp_ms`; (-1, base offset) when there is none.
  base::Result<TimestampOffset> lookup(std::int64_t timestamp_ms);
  base::Result<std::optional<TimestampOffset>> last();
  // Drops the entries with offset >= `offset`.
  base::Status truncate_to(protocol::Offset offset);
  base::Result<bool> sane();
  base::Result<bool> full(std::int32_t max_size_bytes);

  IndexFile& file() { return file_; }

 private:
  TimestampOffset decode(const IndexFile::Entry& bytes) const;

  const protocol::Offset base_offset_;
  IndexFile file_;
};

}  // namespace odradek::log
