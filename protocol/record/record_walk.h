// walk_records(): every record of a magic-2 batch without its key and value, about 8 ns each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>

#include "base/result.h"
#include "protocol/errors.h"
#include "protocol/record/batch.h"
#include "protocol/record/decompressed_stream.h"
#include "protocol/record/record_parse.h"

namespace odradek::protocol {

// INVALID_RECORD that says which record of which batch does not parse.
base::Error malformed_record(const BatchView& batch, std::int32_t index, const char* what);
// UNSUPPORTED_COMPRESSION_TYPE.
base::Error unknown_codec(const BatchView& batch);

// The next record of a decompressed stream, in pieces when it is larger than the window.
bool walk_streamed_record(DecompressedStream& stream, WalkedRecord& record);

// Calls visit(index, const WalkedRecord&) for each record in order. Checks lengths, varints, header
// counts, that there are as many records as the batch says and that nothing trails; what the
// records say is left to the visitor. Errors as those of RecordIterator.
template <class Visitor>
base::Status walk_records(
    const BatchView& batch, Visitor&& visit,
    std::size_t max_uncompressed_bytes = std::numeric_limits<std::size_t>::max()) {
  std::int32_t count = batch.record_count();
  if (count < 0) return malformed_record(batch, 0, "negative record count");
  auto codec = batch.codec();
  if (!codec) return unknown_codec(batch);
  // What compaction has emptied; nobody reads its payload.
  if (count == 0) return {};
  WalkedRecord record;
  if (!batch.is_compressed()) {
    ByteCursor cursor(batch.payload());
    for (std::int32_t index = 0; index < count; ++index) {
      const std::uint8_t* begin = cursor.at;
      std::int32_t size = 0;
      if (!cursor.read_varint(size) || size < 0) return malformed_record(batch, index, "length");
      const std::uint8_t* body = cursor.at;
      if (!cursor.skip(size)) return malformed_record(batch, index, "ends too early");
      if (!walk_record_body({body, cursor.at}, record)) {
        return malformed_record(batch, index, "fields do not fit its length");
      }
      record.size_bytes = static_cast<std::size_t>(cursor.at - begin);
      visit(index, static_cast<const WalkedRecord&>(record));
    }
    if (cursor.left() != 0) return malformed_record(batch, count, "trailing bytes");
    return {};
  }
  DecompressedStream stream(*codec, batch.payload(), false, max_uncompressed_bytes);
  for (std::int32_t index = 0; index < count; ++index) {
    if (!walk_streamed_record(stream, record)) {
      if (!stream.status().ok()) return stream.status().error();
      return malformed_record(batch, index, "ends too early or fields do not fit its length");
    }
    visit(index, static_cast<const WalkedRecord&>(record));
  }
  if (!stream.at_end()) return malformed_record(batch, count, "trailing bytes");
  return stream.status();
}

}  // namespace odradek::protocol
