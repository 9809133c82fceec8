// utf8: text out of the bytes of strangers, read as the JVM reads it.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace odradek::protocol {

bool is_utf8(std::span<const std::uint8_t> bytes);

// Puts U+FFFD where `bytes` are not UTF-8: one for each longest run that begins a character, and
// one for each byte that begins none. A surrogate is one character that is replaced. The result has
// at most three times the bytes.
std::string replace_malformed_utf8(std::span<const std::uint8_t> bytes);

}  // namespace odradek::protocol
