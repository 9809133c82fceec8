#include "protocol/wire/json_printer.h"

#include <algorithm>
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
  constexpr std::string_view kHex = "0123456789ABCDEF";
  constexpr std::string_view kControls = "\b\t\n\f\r";
  constexpr std::string_view kLetters = "btnfr";
  out_ += '"';
  for (char letter : text) {
    auto byte = static_cast<unsigned char>(letter);
    if (letter == '"' || letter == '\\') {
      out_ += '\\';
      out_ += letter;
    } else if (std::size_t at = kControls.find(letter); at != std::string_view::npos) {
      out_ += '\\';
      out_ += kLetters[at];
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

void JsonPrinter::integer(std::int64_t number) { out_ += std::to_string(number); }

// As Java writes a double: 1024.0, 1.0E7. Numbers that JSON has no word for are texts.
void JsonPrinter::real(double number) {
  if (std::isnan(number)) return text("NaN");
  if (std::isinf(number)) return text(number > 0 ? "Infinity" : "-Infinity");
  constexpr double kLeastPlain = 1e-3;
  constexpr double kMostPlain = 1e7;
  double size = std::abs(number);
  bool plain = size == 0 || (size >= kLeastPlain && size < kMostPlain);
  std::array<char, 32> space;
  auto [end, error] =
      std::to_chars(space.data(), space.data() + space.size(), number,
                    plain ? std::chars_format::fixed : std::chars_format::scientific);
  std::string_view shortest(space.data(), static_cast<std::size_t>(end - space.data()));
  std::size_t exponent_at = std::min(shortest.find('e'), shortest.size());
  std::string_view digits = shortest.substr(0, exponent_at);
  out_ += digits;
  if (digits.find('.') == std::string_view::npos) out_ += ".0";
  if (plain) return;
  out_ += 'E';
  // "e+07" is E7.
  std::string_view exponent = shortest.substr(exponent_at + 1);
  if (exponent.front() == '-') out_ += '-';
  exponent.remove_prefix(std::min(exponent.find_first_of("123456789"), exponent.size()));
  out_ += exponent;
}

}  // namespace odradek::protocol
