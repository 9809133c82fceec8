// Small functions over text: split, trim, join, case, and strict number parsing with bounds.
#pragma once

#include <charconv>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace odradek::base {

// Always at least one part; "a,,b" gives an empty one in the middle. The parts look into `text`.
std::vector<std::string_view> split(std::string_view text, char separator);
// As split(), but each part trimmed and empty parts dropped, which is how list configs are read.
std::vector<std::string> split_list(std::string_view text, char separator = ',');
// Removes ASCII blanks (space and \t \n \v \f \r) at both ends.
std::string_view trim(std::string_view text);
// ASCII letters only.
std::string to_lower(std::string_view text);
std::string to_upper(std::string_view text);
bool equals_ignoring_case(std::string_view left, std::string_view right);
std::string join(std::span<const std::string> parts, std::string_view separator);
std::string hex(std::span<const std::uint8_t> bytes);  // two lower-case digits a byte

// The whole text must be one decimal number (a leading '-' or, as Java allows, '+') within the
// bounds.
template <std::integral T>
std::optional<T> parse_int(std::string_view text, T min = std::numeric_limits<T>::min(),
                           T max = std::numeric_limits<T>::max()) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  T value{};
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (value < min || value > max) return std::nullopt;
  return value;
}
// Finite numbers only.
std::optional<double> parse_double(std::string_view text);
// Exactly "true" or "false", in any case.
std::optional<bool> parse_bool(std::string_view text);

}  // namespace odradek::base
