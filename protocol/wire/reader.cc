#include "protocol/wire/reader.h"

#include <algorithm>

#include "protocol/errors.h"
#include "protocol/wire/utf8.h"

namespace odradek::protocol {
namespace {

// What std::string holds without allocating; clang 14 takes it for no constant expression.
const std::size_t text_in_place_bytes = std::string().capacity();
// Nearly all texts are.
bool is_ascii(std::span<const std::uint8_t> bytes) {
  std::size_t i = 0;
  std::uint64_t bits = 0;
  for (; bytes.size() - i >= 8; i += 8) bits |= base::load_big_endian<std::uint64_t>(&bytes[i]);
  for (; i < bytes.size(); ++i) bits |= bytes[i];
  return (bits & 0x8080808080808080) == 0;
}

constexpr char kTextTooLong[] = "a text is longer than 32767 bytes";

}  // namespace

std::uint32_t Reader::long_varint() {
  std::uint32_t value = 0;
  for (int shift = 0; shift < 35; shift += 7) {
    std::uint8_t byte = big_endian<std::uint8_t>();
    value |= static_cast<std::uint32_t>(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) return ok() ? value : 0;
  }
  fail("a variable-length number is longer than five bytes");
  return 0;
}

std::int32_t Reader::compact_length() {
  std::uint32_t stored = unsigned_varint();
  if (stored == 0) return ok() ? -1 : 0;
  if (stored - 1 > left()) {
    fail("a length is more than the bytes left");
    return 0;
  }
  return static_cast<std::int32_t>(stored - 1);
}

base::Uuid Reader::uuid() {
  base::Uuid id;
  std::span<std::uint8_t> from = bytes(id.bytes.size());
  if (!from.empty()) std::copy(from.begin(), from.end(), id.bytes.begin());
  return id;
}

std::string Reader::text(std::size_t count) {
  std::span<std::uint8_t> from = bytes(count);
  if (from.size() > kMaxTextBytes) fail(kTextTooLong);
  if (from.empty() || !ok()) return {};
  if (!is_ascii(from) && !is_utf8(from)) return repaired_text(from);
  if (from.size() > text_in_place_bytes && !charge(from.size() + 1)) return {};
  return {reinterpret_cast<const char*>(from.data()), from.size()};
}

std::string Reader::repaired_text(std::span<const std::uint8_t> from) {
  if (!charge(from.size() * 3 + 1)) return {};
  std::string text = replace_malformed_utf8(from);
  if (text.size() <= kMaxTextBytes) return text;
  fail(kTextTooLong);  // nobody could write it again
  return {};
}

bool Reader::reserve(std::int32_t count, std::size_t element_bytes) {
  if (count < 0) {
    fail("an array has a negative count");
    return false;
  }
  auto elements = static_cast<std::size_t>(count);
  if (elements > left()) {
    fail("an array counts more elements than bytes are left");
    return false;
  }
  return ok() && charge(elements * element_bytes);
}

std::uint32_t Reader::some_tag_count() {
  std::uint32_t count = unsigned_varint();
  if (count <= left() / kMinTaggedFieldBytes) return count;
  fail("there are more tagged fields than bytes are left for them");
  return 0;
}

std::uint32_t Reader::tagged_field_size() {
  std::uint32_t size = unsigned_varint();
  if (size > kMaxTaggedFieldBytes) {
    fail("a tagged field is larger than 128 KiB");
  } else if (size > left()) {
    fail("a tagged field ends behind the message");
  }
  return ok() ? size : 0;
}

bool Reader::charge(std::size_t memory_bytes) {
  if (memory_bytes > memory_left_bytes_) {
    fail("the message needs far more memory than it has bytes");
    return false;
  }
  memory_left_bytes_ -= memory_bytes;
  return true;
}

void Reader::fail(const char* reason) {
  if (!ok()) return;
  reason_ = reason;
  failed_field_ = field_;
  failed_position_ = position();
  end_ = cursor_;
}

base::Error Reader::error() const {
  return {ErrorCode::kInvalidRequest, std::string("field ") + failed_field_ + " at byte " +
                                          std::to_string(failed_position_) + ": " +
                                          (reason_ != nullptr ? reason_ : "no failure")};
}

}  // namespace odradek::protocol
