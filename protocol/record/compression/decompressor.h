// Decompressor: turns compressed records back into bytes, as many at a time as the caller has room
// for.
#pragma once

#include <cstddef>
#include <memory>

#include "base/bytes.h"
#include "base/result.h"
#include "protocol/record/compression/codec.h"

namespace odradek::protocol {

// One run over one compressed payload. Any thread, one at a time. Never trusts a length that the
// payload states: output appears only in the caller's buffer, and what a codec must hold besides
// (its window, one snappy block) is bounded by what the payload can really expand to.
class Decompressor {
 public:
  virtual ~Decompressor() = default;

  // Starts a run over `input`, which must stay until the run is over. `old_lz4_header`: as in
  // message sets of magic 0, whose lz4 frames carry a header checksum that was computed wrongly.
  virtual base::Status start(base::ByteView input, bool old_lz4_header) = 0;

  // Writes at most out.size() bytes; 0 means that the payload has ended cleanly.
  // CORRUPT_MESSAGE when the payload is malformed or ends too early.
  virtual base::Result<std::size_t> read(base::MutableBytes out) = 0;

  // Bytes held between runs; contexts that grew large are not kept for the next batch.
  virtual std::size_t held_bytes() const = 0;
};

std::unique_ptr<Decompressor> make_decompressor(CompressionType codec);

// A decompressor on loan from the calling thread's small store of used ones, so that a context is
// set up once per thread instead of once per batch. Goes back on destruction.
class BorrowedDecompressor {
 public:
  // CHECKs that codec != kNone.
  explicit BorrowedDecompressor(CompressionType codec);
  ~BorrowedDecompressor();
  BorrowedDecompressor(BorrowedDecompressor&&) noexcept;
  BorrowedDecompressor& operator=(BorrowedDecompressor&&) = delete;

  Decompressor* operator->() const { return decompressor_.get(); }
  Decompressor& operator*() const { return *decompressor_; }

 private:
  CompressionType codec_;
  std::unique_ptr<Decompressor> decompressor_;
};

// The whole of `input` at once, refused with CORRUPT_MESSAGE when it exceeds max_output_bytes.
base::Result<base::Bytes> decompress(CompressionType codec, base::ByteView input,
                                     std::size_t max_output_bytes);

}  // namespace odradek::protocol
