#include "protocol/wire/reader.h"

#include <algorithm>

#include "protocol/errors.h"

namespace odradek::protocol {
namespace {

// How many bytes a UTF-8 sequence that starts with `lead` has, 0 when none may start so.
std::size_t sequence_length(std::uint8_t lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead <= 0xdf) return 2;
  if (lead >= 0xe0 && lead <= 0xef) return 3;
  if (lead >= 0xf0 && lead <= 0xf4) return 4;
  return 0;
}

// Whether the second byte avoids overlong forms, surrogates and what lies beyond U+10FFFF.
bool second_byte_fits(std::uint8_t lead, std::uint8_t second) {
  if (lead == 0xe0) return second >= 0xa0;
  if (lead == 0xed) return second <= 0x9f;
  if (lead == 0xf0) return second >= 0x90;
  if (lead == 0xf4) return second <= 0x8f;
  return true;
}

// How many bytes at the start are ASCII, in steps of eight.
std::size_t ascii_run(std::span<const std::uint8_t> bytes) {
  std::size_t i = 0;
  while (bytes.size() - i >= 8 &&
         (base::load_big_endian<std::uint64_t>(&bytes[i]) & 0x8080808080808080) == 0) {
    i += 8;
  }
  return i;
}

bool is_utf8(std::span<const std::uint8_t> bytes) {
  std::size_t i = ascii_run(bytes);
  while (i < bytes.size()) {
    std::size_t length = sequence_length(bytes[i]);
    if (length == 1) {
      ++i;
      continue;
    }
    if (length == 0 || length > bytes.size() - i) return false;
    if (!second_byte_fits(bytes[i], bytes[i + 1])) return false;
    for (std::size_t k = 1; k < length; ++k) {
      if ((bytes[i + k] & 0xc0) != 0x80) return false;
    }
    i += length;
  }
  return true;
}

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
  if (from.empty()) return {};
  if (!is_utf8(from)) {
    fail("a text is not UTF-8");
    return {};
  }
  if (!charge(from.size())) return {};
  return {reinterpret_cast<const char*>(from.data()), from.size()};
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

void Reader::skip_tagged_fields() {
  std::uint32_t count = unsigned_varint();
  for (std::uint32_t i = 0; i < count && ok(); ++i) {
    unsigned_varint();
    bytes(unsigned_varint());
  }
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
