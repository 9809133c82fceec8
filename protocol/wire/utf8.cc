#include "protocol/wire/utf8.h"

#include <cstddef>
#include <string_view>

namespace odradek::protocol {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD

// How many bytes a character that starts with `lead` has, 0 when none may start so.
std::size_t character_length(std::uint8_t lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead <= 0xdf) return 2;
  if (lead >= 0xe0 && lead <= 0xef) return 3;
  if (lead >= 0xf0 && lead <= 0xf4) return 4;
  return 0;
}

bool is_follower(std::uint8_t byte) { return (byte & 0xc0) == 0x80; }

// Whether the second byte avoids overlong forms and what lies beyond U+10FFFF.
bool second_byte_fits(std::uint8_t lead, std::uint8_t second) {
  if (lead == 0xe0) return second >= 0xa0;
  if (lead == 0xf0) return second >= 0x90;
  if (lead == 0xf4) return second <= 0x8f;
  return true;
}

struct Run {
  std::size_t bytes = 1;  // that belong together
  bool is_character = false;
};

// The run that `bytes`, which are not empty, begin with.
Run first_run(std::span<const std::uint8_t> bytes) {
  std::size_t length = character_length(bytes[0]);
  Run run;
  while (run.bytes < length && run.bytes < bytes.size() && is_follower(bytes[run.bytes])) {
    if (run.bytes == 1 && !second_byte_fits(bytes[0], bytes[1])) break;
    ++run.bytes;
  }
  bool is_surrogate = bytes[0] == 0xed && run.bytes > 1 && bytes[1] >= 0xa0;
  run.is_character = run.bytes == length && !is_surrogate;
  return run;
}

}  // namespace

bool is_utf8(std::span<const std::uint8_t> bytes) {
  while (!bytes.empty()) {
    if (bytes[0] < 0x80) {
      bytes = bytes.subspan(1);
      continue;
    }
    Run run = first_run(bytes);
    if (!run.is_character) return false;
    bytes = bytes.subspan(run.bytes);
  }
  return true;
}

std::string replace_malformed_utf8(std::span<const std::uint8_t> bytes) {
  std::string text;
  text.reserve(bytes.size() * kReplacement.size());
  while (!bytes.empty()) {
    Run run = first_run(bytes);
    if (run.is_character) {
      text.append(reinterpret_cast<const char*>(bytes.data()), run.bytes);
    } else {
      text.append(kReplacement);
    }
    bytes = bytes.subspan(run.bytes);
  }
  return text;
}

}  // namespace odradek::protocol
