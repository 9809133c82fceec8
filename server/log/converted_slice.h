// ConvertedSlice: record batches of a file range in the format that an old client reads, converted
// piece by piece while they are sent.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "protocol/types.h"
#include "protocol/wire/records.h"

namespace odradek::log {

// One thread at a time. Between two pieces it holds nothing but the open file; a piece is what
// kPieceBytes of batches, or one batch that is larger, were converted to.
class ConvertedSlice : public protocol::ByteSource {
 public:
  static constexpr std::size_t kPieceBytes = 128 * 1024;

  struct Wish {
    protocol::FileSlice slice;
    std::int8_t magic = 1;
    // Records before it are left out where the client would have to skip them one by one.
    protocol::Offset first_offset = 0;
    // Whether the first batch, whose conversion tells the size, is kept until it is sent or is
    // converted once more then.
    bool keep_first = true;
  };

  // The size, once stated, binds: it is that of the unconverted range, or more when the first batch
  // needs more, and what conversion does not fill ends in the beginning of an entry that old
  // clients take for cut off. Without any whole batch there are no bytes; when none has an
  // equivalent, just that beginning. Fails when the first batch cannot be read or converted:
  // UNSUPPORTED_COMPRESSION_TYPE for zstd, CORRUPT_MESSAGE or INVALID_RECORD for broken ones.
  static base::Result<protocol::GeneratedBytes> open(Wish wish);

  // Fails only when the file cannot be read. A batch behind the first that cannot be converted ends
  // the records early; the client's next fetch begins with it and is told why.
  base::Result<base::ByteView> peek() override;
  void consume(std::size_t size_bytes) override;

 private:
  explicit ConvertedSlice(Wish wish) : wish_(std::move(wish)) {}

  // The next whole batches of the file, at least one and then up to `max_bytes` of them; nothing at
  // the end.
  base::Result<base::Bytes> read_batches(std::size_t max_bytes) const;
  // Converts the first of the next batches with an equivalent, and then more up to
  // `max_input_bytes`, to piece_, which stays empty at the end.
  base::Status convert(std::size_t max_input_bytes);
  base::Status make_piece();

  Wish wish_;
  std::int64_t done_bytes_ = 0;  // of the slice
  base::Bytes piece_;
  std::size_t piece_done_ = 0;
  std::size_t left_bytes_ = 0;  // of what was promised
  bool is_at_end_ = false;
};

}  // namespace odradek::log
