// DecompressedStream: a sliding window over what a compressed payload expands to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>

#include "base/bytes.h"
#include "base/result.h"
#include "protocol/record/compression/decompressor.h"

namespace odradek::protocol {

// One thread. Holds 128 KiB, and more only when one contiguous piece is asked for that really is
// there: the window doubles as bytes arrive.
class DecompressedStream {
 public:
  // `max_total_bytes` bounds what the payload may expand to altogether.
  DecompressedStream(CompressionType codec, base::ByteView payload, bool old_lz4_header = false,
                     std::size_t max_total_bytes = std::numeric_limits<std::size_t>::max());

  ~DecompressedStream();
  DecompressedStream(const DecompressedStream&) = delete;
  DecompressedStream& operator=(const DecompressedStream&) = delete;

  // Tries to have `size` bytes in view(). Less means the end of the stream or a failure.
  void want(std::size_t size);
  base::ByteView view() const { return {window_.get() + begin_, end_ - begin_}; }
  // Moves past bytes that are in view().
  void consume(std::size_t size) { begin_ += size; }
  // Moves past bytes in view or not; false when the stream ends before.
  bool skip(std::size_t size);
  // Whether nothing is left; also true after a failure.
  bool at_end();
  // CORRUPT_MESSAGE: broken payload or one that expands beyond the bound.
  const base::Status& status() const { return status_; }

 private:
  void make_room(std::size_t wanted);
  bool fill();

  BorrowedDecompressor decompressor_;
  std::unique_ptr<std::uint8_t[]> window_;
  std::size_t capacity_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t budget_;
  bool ended_ = false;
  base::Status status_;
};

}  // namespace odradek::protocol
