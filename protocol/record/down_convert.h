// DownConverter: gives an old client's fetch the magic that its version of the protocol can read.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "protocol/record/batch.h"
#include "protocol/record/record_iterator.h"

namespace odradek::protocol {

// Turns whole batches into magic 0 (Fetch v0, v1) or 1 (v2, v3). Control batches and headers are
// dropped; compressed batches stay compressed by the same codec; batches that are old enough pass
// as they are. One thread.
class DownConverter {
 public:
  // A compressed batch that expands beyond this becomes several messages, so that nobody can make
  // the broker hold what a small batch of zeros expands to.
  static constexpr std::size_t kMaxSetBytes = std::size_t{8} << 20;

  // `first_offset`: the fetch offset; records before it are left out where the reader would have to
  // skip them one by one (uncompressed). The bytes must stay until the conversion is over.
  DownConverter(base::ByteView batches, std::int8_t to_magic, Offset first_offset,
                RecordLimits limits = {});

  // Converts the next batches, at least one and then up to about `max_input_bytes` of them, and
  // returns what came out; empty only at the end. UNSUPPORTED_COMPRESSION_TYPE for zstd, which no
  // old client reads; CORRUPT_MESSAGE or INVALID_RECORD for bytes that do not parse. A failure
  // behind batches that did convert is told by the following call.
  base::Result<base::Bytes> next(std::size_t max_input_bytes);

  std::int64_t records_converted() const { return records_converted_; }
  // Bytes of the batches that have been converted.
  std::size_t position() const { return position_; }

 private:
  base::Status convert(const BatchView& batch, base::Bytes& out);

  BatchReader reader_;
  std::int8_t to_magic_;
  Offset first_offset_;
  RecordLimits limits_;
  std::size_t position_ = 0;
  std::int64_t records_converted_ = 0;
  base::Status failure_;
};

// What fills an answer whose promised size the converted records left `left_bytes` short of: the
// head of an entry larger than that, which every old reader takes for a partial one and drops. Of
// it at most `max_bytes`; the rest may be filled in the same way.
base::Bytes partial_entry_filler(std::size_t left_bytes, std::size_t max_bytes);

}  // namespace odradek::protocol
