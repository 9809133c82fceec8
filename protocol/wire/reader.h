// Reader: takes values off bytes that a stranger sent; the first failure sticks and zeros follow.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "base/endian.h"
#include "base/result.h"
#include "base/uuid.h"
#include "protocol/wire/field.h"

namespace odradek::protocol {

// Every length and count is bounded by the bytes left before anything is allocated, and everything
// allocated together by kMemoryFactor times the input plus kMemorySlackBytes (docs/wire.md).
class Reader {
 public:
  // An array of Metadata topics named by five letters needs as much. Shorter names, and elements
  // that say nothing, are legal as long as there are no more of them than the slack holds.
  static constexpr std::size_t kMemoryFactor = 8;
  // 64 KiB with the sentence that names what is wrong.
  static constexpr std::size_t kMemorySlackBytes = 62 * 1024;
  static constexpr std::uint32_t kMaxTaggedFieldBytes = 128 * 1024;

  explicit Reader(std::span<std::uint8_t> bytes)
      : begin_(bytes.data()),
        cursor_(bytes.data()),
        end_(bytes.data() + bytes.size()),
        memory_left_bytes_(bytes.size() * kMemoryFactor + kMemorySlackBytes) {}

  bool ok() const { return reason_ == nullptr; }
  std::size_t left() const { return static_cast<std::size_t>(end_ - cursor_); }
  std::size_t position() const { return static_cast<std::size_t>(cursor_ - begin_); }

  std::int8_t int8() { return static_cast<std::int8_t>(big_endian<std::uint8_t>()); }
  std::int16_t int16() { return static_cast<std::int16_t>(big_endian<std::uint16_t>()); }
  std::uint16_t uint16() { return big_endian<std::uint16_t>(); }
  std::int32_t int32() { return static_cast<std::int32_t>(big_endian<std::uint32_t>()); }
  std::int64_t int64() { return static_cast<std::int64_t>(big_endian<std::uint64_t>()); }
  double float64() { return std::bit_cast<double>(big_endian<std::uint64_t>()); }
  std::uint32_t unsigned_varint() {
    // Nearly all are of one byte.
    if (cursor_ != end_ && *cursor_ < 0x80) [[likely]]
      return *cursor_++;
    return long_varint();
  }
  base::Uuid uuid();
  // The next `count` bytes, empty when fewer are left.
  std::span<std::uint8_t> bytes(std::size_t count) {
    if (count > left()) [[unlikely]] {
      fail("a length is more than the bytes left");
      return {};
    }
    std::uint8_t* at = cursor_;
    cursor_ += count;
    return {at, count};
  }
  // The next `count` bytes as text; as upstream, U+FFFD takes the place of what is not UTF-8.
  std::string text(std::size_t count);

  // A length or count as its message version writes it; -1 where null stands.
  std::int32_t length16() { return int16(); }
  std::int32_t length32() { return int32(); }
  std::int32_t compact_length();

  // Promise that an array of `count` elements of `element_bytes` each may be allocated now.
  bool reserve(std::int32_t count, std::size_t element_bytes);
  // Counts memory that is about to be allocated; false, and a failure, when it is too much.
  bool charge(std::size_t memory_bytes);

  // How many tagged fields follow; each has its tag and its size at least.
  std::uint32_t tag_count() {
    if (cursor_ == end_ || *cursor_ != 0) [[unlikely]]
      return some_tag_count();
    ++cursor_;
    return 0;
  }
  std::uint32_t tagged_field_size();

  // `reason` must live forever; the name of the field is the one of the last `at`.
  void fail(const char* reason);
  void at(const char* field) { field_ = field; }
  // What failed, with the field and the byte, for the log line.
  base::Error error() const;

 private:
  template <class Unsigned>
  [[gnu::always_inline]] Unsigned big_endian() {
    if (left() < sizeof(Unsigned)) [[unlikely]] {
      fail("the bytes end here");
      return 0;
    }
    auto value = base::load_big_endian<Unsigned>(cursor_);
    cursor_ += sizeof value;
    return value;
  }
  std::uint32_t long_varint();
  std::uint32_t some_tag_count();
  std::string repaired_text(std::span<const std::uint8_t> from);

  static constexpr std::size_t kMinTaggedFieldBytes = 2;

  std::uint8_t* begin_;
  std::uint8_t* cursor_;
  std::uint8_t* end_;
  std::size_t memory_left_bytes_;
  const char* field_ = "";
  const char* reason_ = nullptr;
  const char* failed_field_ = "";
  std::size_t failed_position_ = 0;
};

}  // namespace odradek::protocol
