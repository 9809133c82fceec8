// Writer: fills one buffer of a size known before, and cuts it where records are sent from
// elsewhere.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>

#include "base/endian.h"
#include "protocol/wire/frame.h"
#include "protocol/wire/payload.h"
#include "protocol/wire/records.h"

namespace odradek::protocol {

// Big-endian, as everything on the wire. `own_bytes` is what Codec::measure promised: writing more
// or fewer bytes is a bug of ours and fatal.
class Writer {
 public:
  explicit Writer(std::size_t own_bytes)
      : frame_(Frame::allocate(own_bytes)),
        start_(frame_->data()),
        cursor_(start_),
        end_(start_ + own_bytes) {}

  void int8(std::int8_t value) { *claim(1) = static_cast<std::uint8_t>(value); }
  void int16(std::int16_t value) { big_endian(static_cast<std::uint16_t>(value)); }
  void int32(std::int32_t value) { big_endian(static_cast<std::uint32_t>(value)); }
  void int64(std::int64_t value) { big_endian(static_cast<std::uint64_t>(value)); }
  void float64(double value) { base::store_big_endian_double(claim(sizeof value), value); }
  void unsigned_varint(std::uint32_t value) {
    while (value >= 0x80) {
      *claim(1) = static_cast<std::uint8_t>(value | 0x80);
      value >>= 7;
    }
    *claim(1) = static_cast<std::uint8_t>(value);
  }
  void bytes(std::span<const std::uint8_t> bytes) {
    if (!bytes.empty()) std::memcpy(claim(bytes.size()), bytes.data(), bytes.size());
  }
  // Numbers of a fixed width, one behind the other.
  template <std::integral T>
  void numbers(std::span<const T> values) {
    std::uint8_t* at = claim(values.size() * sizeof(T));
    for (T value : values) {
      base::store_big_endian(at, value);
      at += sizeof(T);
    }
  }
  void text(std::string_view text) {
    if (!text.empty()) std::memcpy(claim(text.size()), text.data(), text.size());
  }
  // The bytes of `records` without their length: pointed to where somebody owns them, else copied.
  void records(const Records& records);

  // Everything written, in order. The buffer must be full.
  Payload finish() &&;

  static std::size_t size_of_varint(std::uint32_t value) {
    return 1 + (31 - static_cast<std::size_t>(__builtin_clz(value | 1))) / 7;
  }

 private:
  // Kept inline because every field passes here; compilers otherwise call it for small messages.
  [[gnu::always_inline]] std::uint8_t* claim(std::size_t count) {
    if (static_cast<std::size_t>(end_ - cursor_) < count) [[unlikely]]
      overflow(count);
    std::uint8_t* at = cursor_;
    cursor_ += count;
    return at;
  }
  template <class Unsigned>
  void big_endian(Unsigned value) {
    base::store_big_endian(claim(sizeof value), value);
  }
  void cut();
  [[noreturn]] void overflow(std::size_t count) const;

  FramePtr frame_;
  std::uint8_t* start_;  // of the part that is being written
  std::uint8_t* cursor_;
  std::uint8_t* end_;
  Payload done_;
};

}  // namespace odradek::protocol
