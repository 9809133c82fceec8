// OffsetIndex: finds the file position at or before an offset in one segment (.index files).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "protocol/types.h"
#include "server/log/index_file.h"

namespace odradek::log {

struct OffsetPosition {
  protocol::Offset offset = 0;
  std::int32_t position = 0;
};

// Entries (relative offset int32, position int32), big-endian, offsets strictly increasing. An
// entry names the last offset of a batch and where that batch starts. Safe from any thread.
class OffsetIndex {
 public:
  static constexpr std::size_t kEntrySize = 8;

  OffsetIndex(FileCache& cache, std::string path, protocol::Offset base_offset)
      : base_offset_(base_offset), file_(cache, std::move(path), kEntrySize) {}

  // Ignored unless the offset is above that of the last entry.
  base::Status append(protocol::Offset offset, std::int32_t position);
  // The last entry whose offset is at most `target`; (base offset, 0) when there is none.
  base::Result<OffsetPosition> lookup(protocol::Offset target);
  // That one, and the entry behind it.
  struct Neighbours {
    OffsetPosition before;
    std::optional<OffsetPosition> behind;
  };
  base::Result<Neighbours> neighbours(protocol::Offset target);
  // Of an index that has an entry for every batch but the first: where the batch of `target`
  // starts, and the next one, if there is one. Nothing for the first batch, or behind the last.
  struct Bounds {
    std::int64_t position = 0;
    std::optional<std::int64_t> next_position;
  };
  base::Result<std::optional<Bounds>> bounds_in_full(protocol::Offset target);
  // The first entry whose position is at least `position`.
  base::Result<std::optional<OffsetPosition>> at_or_behind(std::int64_t position);
  base::Result<std::optional<OffsetPosition>> last();
  base::Result<std::optional<OffsetPosition>> entry(std::size_t number);
  // Drops the entries with offset >= `offset`.
  base::Status truncate_to(protocol::Offset offset);
  // False when it cannot be the index of this segment, whose log has `log_size_bytes`.
  base::Result<bool> sane(std::int64_t log_size_bytes);
  base::Result<bool> full(std::int32_t max_size_bytes);

  IndexFile& file() { return file_; }

 private:
  OffsetPosition decode(const IndexFile::Entry& bytes) const;

  const protocol::Offset base_offset_;
  IndexFile file_;
};

}  // namespace odradek::log
