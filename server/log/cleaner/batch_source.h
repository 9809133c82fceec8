// BatchSource: the whole batches of one segment, read in large steps and checked.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "server/log/segment.h"

namespace odradek::log {

// One thread.
class BatchSource {
 public:
  // Reads into `buffer`, whose size is that of one read; it grows for a batch that is larger.
  // `position`: where a batch begins.
  BatchSource(Segment& segment, std::int64_t position, base::Bytes& buffer);

  // Whole batches with right checksums, until the next call; empty at the end of the segment.
  // CORRUPT_MESSAGE that says where the segment is broken; else errors as CachedFile's.
  base::Result<base::ByteView> next();
  // How much next() would read.
  std::int64_t next_read_bytes() const;

 private:
  base::Error broken(std::int64_t position, const std::string& why) const;
  // The bytes of whole batches at the front of `bytes`.
  base::Result<std::size_t> check(base::ByteView bytes) const;
  base::Status grow(base::ByteView head);

  Segment& segment_;
  base::Bytes& buffer_;
  std::int64_t position_;
  const std::int64_t end_;
};

}  // namespace odradek::log
