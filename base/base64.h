// Base64 in both alphabets: the standard one with padding (SCRAM, delegation tokens) and the URL
// one without (ids).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace odradek::base {

std::string base64_encode(ByteView bytes);
std::string base64url_encode(ByteView bytes);
// Nothing when the text holds a foreign character, a length that cannot be, or bits after the last
// byte. The standard form must be padded; the URL form may be.
std::optional<Bytes> base64_decode(std::string_view text);
std::optional<Bytes> base64url_decode(std::string_view text);

}  // namespace odradek::base
