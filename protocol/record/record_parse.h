// Parsing of one magic-2 record where it lies: the hot loop under iteration and validation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/varint.h"

namespace odradek::protocol {

// A position in bytes. Every read advances it and fails (false) when the bytes end or a varint runs
// on; the position is then of no use.
struct ByteCursor {
  const std::uint8_t* at = nullptr;
  const std::uint8_t* end = nullptr;

  explicit ByteCursor(base::ByteView bytes) : at(bytes.data()), end(bytes.data() + bytes.size()) {}

  std::size_t left() const { return static_cast<std::size_t>(end - at); }

  [[gnu::always_inline]] bool read_varint(std::int32_t& value) {
    std::uint32_t bits = 0;
    if (read_short(bits)) [[likely]] {
      value = base::unzigzag(bits);
      return true;
    }
    return read_long_varint(value);
  }
  [[gnu::always_inline]] bool read_varlong(std::int64_t& value) {
    std::uint32_t bits = 0;
    if (read_short(bits)) [[likely]] {
      value = base::unzigzag(std::uint64_t{bits});
      return true;
    }
    return read_long_varlong(value);
  }
  // A negative size stands for null and takes no bytes.
  [[gnu::always_inline]] bool skip(std::int32_t size) {
    if (size <= 0) return true;
    if (static_cast<std::size_t>(size) > left()) return false;
    at += size;
    return true;
  }
  bool read_nullable(std::optional<base::ByteView>& bytes) {
    std::int32_t size = 0;
    if (!read_varint(size)) return false;
    const std::uint8_t* begin = at;
    if (!skip(size)) return false;
    bytes.reset();
    if (size >= 0) bytes = base::ByteView(begin, static_cast<std::size_t>(size));
    return true;
  }

 private:
  // Up to three bytes, which covers what records are full of; false (and no step) for the rest.
  [[gnu::always_inline]] bool read_short(std::uint32_t& bits) {
    if (left() < 3) return false;
    bits = at[0];
    if (bits < 0x80) {
      at += 1;
      return true;
    }
    bits = (bits & 0x7F) | (std::uint32_t{at[1]} << 7);
    if (at[1] < 0x80) {
      at += 2;
      return true;
    }
    bits = (bits & 0x3FFF) | (std::uint32_t{at[2]} << 14);
    if (at[2] >= 0x80) return false;
    at += 3;
    return true;
  }
  [[gnu::noinline]] bool read_long_varint(std::int32_t& value) {
    auto read = base::decode_varint({at, left()});
    value = read.value;
    at += read.size;
    return read.ok();
  }
  [[gnu::noinline]] bool read_long_varlong(std::int64_t& value) {
    auto read = base::decode_varlong({at, left()});
    value = read.value;
    at += read.size;
    return read.ok();
  }
};

// What a walk without keys and values sees of a record.
struct WalkedRecord {
  std::int64_t timestamp_delta = 0;
  std::int32_t offset_delta = 0;
  std::int32_t key_size = 0;   // negative: no key
  std::size_t size_bytes = 0;  // with its length
};

// The headers of a record must fill the rest of it exactly; the count is checked against the bytes
// left before anything is done with it.
inline bool skip_headers(ByteCursor& cursor) {
  std::int32_t count = 0;
  if (!cursor.read_varint(count) || count < 0) return false;
  if (static_cast<std::size_t>(count) > cursor.left()) return false;
  for (; count > 0; --count) {
    std::int32_t key_size = 0;
    std::int32_t value_size = 0;
    if (!cursor.read_varint(key_size) || key_size < 0 || !cursor.skip(key_size)) return false;
    if (!cursor.read_varint(value_size) || !cursor.skip(value_size)) return false;
  }
  return cursor.at == cursor.end;
}

// `body`: the record after its length, all of it.
[[gnu::always_inline]] inline bool walk_record_body(base::ByteView body, WalkedRecord& record) {
  ByteCursor cursor(body);
  if (cursor.at == cursor.end) return false;
  ++cursor.at;  // attributes, unused
  std::int32_t value_size = 0;
  if (!cursor.read_varlong(record.timestamp_delta)) return false;
  if (!cursor.read_varint(record.offset_delta)) return false;
  if (!cursor.read_varint(record.key_size) || !cursor.skip(record.key_size)) return false;
  if (!cursor.read_varint(value_size) || !cursor.skip(value_size)) return false;
  // No headers, the usual case.
  if (cursor.left() == 1 && *cursor.at == 0) return true;
  return skip_headers(cursor);
}

}  // namespace odradek::protocol
