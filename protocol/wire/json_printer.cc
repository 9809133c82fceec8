#include "protocol/wire/json_printer.h"

#include <array>
#include <charconv>
#include <cmath>

#include "base/base64.h"

namespace odradek::protocol {

void JsonPrinter::value(const base::Bytes& bytes) { text(base::base64_encode(bytes)); }

void JsonPrinter::key(std::string_view snake_case) {
  if (!first_) out_ += ',';
  first_ = false;
  out_ += '"';
  bool upper = false;
  for (char letter : snake_case) {
    if (letter == '_') {
      upper = true;
      continue;
    }
    bool lower_case = letter >= 'a' && letter <= 'z';
    out_ += upper && lower_case ? static_cast<char>(letter - 'a' + 'A') : letter;
    upper = false;
  }
  out_ += "\":";
}

void JsonPrinter::text(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out_ += '"';
  for (char letter : text) {
    auto byte = static_cast<unsigned char>(letter);
    if (letter == '"' || letter == '\\') {
      out_ += '\\';
      out_ += letter;
    } else if (byte < 0x20) {
      out_ += "\\u00";
      out_ += kHex[byte >> 4];
      out_ += kHex[byte & 15];
    } else {
      out_ += letter;
    }
  }
  out_ += '"';
}

// Numbers that JSON has no word for are texts.
void JsonPrinter::integer(std::int64_t number) { out_ += std::to_string(number); }

void JsonPrinter::real(double number) {
  if (std::isnan(number)) return text("NaN");
  if (std::isinf(number)) return text(number > 0 ? "Infinity" : "-Infinity");
  std::array<char, 32> digits;
  auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  out_.append(digits.data(), end);
}

}  // namespace odradek::protocol
