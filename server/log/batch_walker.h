// BatchWalker: goes over the batch headers of one log file without reading the records.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/result.h"
#include "server/log/batch_header.h"
#include "server/log/cached_file.h"

namespace odradek::log {

// Reads ahead in small steps, so that many small batches cost one system call. One thread.
class BatchWalker {
 public:
  // Walks from `position`, where a batch must start, to `end`.
  BatchWalker(CachedFile& file, std::int64_t position, std::int64_t end,
              std::size_t read_ahead_bytes = 4096);

  // The batch at position(), which then moves behind it; nothing at the end, or where the bytes
  // left are no whole, plausible batch.
  base::Result<std::optional<BatchHeader>> next();
  std::int64_t position() const { return position_; }
  // Where the batch last returned starts.
  std::int64_t batch_position() const { return batch_position_; }

 private:
  CachedFile* file_;
  std::int64_t position_;
  std::int64_t end_;
  std::int64_t batch_position_;
  std::int64_t buffer_position_ = 0;
  std::size_t read_ahead_bytes_;
  base::Bytes buffer_;
};

}  // namespace odradek::log
