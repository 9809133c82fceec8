// walk_records(): every record of a magic-2 batch without its key and value, about 12 ns each.
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

// Calls visit(index++, record) for each of the records that lie whole at the front of `bytes`, as
// long as there are `count` in all; ends before one that is not whole or does not parse. The bytes
// that were walked.
template <class Visitor>
std::size_t walk_whole_records(base::ByteView bytes, std::int32_t count, std::int32_t& index,
                               Visitor& visit) {
  ByteCursor cursor(bytes);
  const std::uint8_t* walked = cursor.at;
  WalkedRecord record;
  while (index < count) {
    std::int32_t size = 0;
    if (!cursor.read_varint(size) || size < 0) break;
    const std::uint8_t* body = cursor.at;
    if (!cursor.skip(size) || !walk_record_body({body, cursor.at}, record)) break;
    record.size_bytes = static_cast<std::size_t>(cursor.at - walked);
    walked = cursor.at;
    visit(index++, static_cast<const WalkedRecord&>(record));
  }
  return static_cast<std::size_t>(walked - bytes.data());
}

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
  constexpr const char* kBroken = "ends too early or its fields do not fit its length";
  std::int32_t index = 0;
  if (!batch.is_compressed()) {
    std::size_t walked = walk_whole_records(batch.payload(), count, index, visit);
    if (index < count) return malformed_record(batch, index, kBroken);
    if (walked < batch.payload().size()) return malformed_record(batch, count, "trailing bytes");
    return {};
  }
  DecompressedStream stream(*codec, batch.payload(), false, max_uncompressed_bytes);
  WalkedRecord record;
  while (index < count) {
    stream.consume(walk_whole_records(stream.view(), count, index, visit));
    if (index == count) break;
    if (!walk_streamed_record(stream, record)) {
      if (!stream.status().ok()) return stream.status().error();
      return malformed_record(batch, index, kBroken);
    }
    visit(index++, static_cast<const WalkedRecord&>(record));
  }
  if (!stream.at_end()) return malformed_record(batch, count, "trailing bytes");
  return stream.status();
}

}  // namespace odradek::protocol
