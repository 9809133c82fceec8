// The kinds of values that fields have, for the visitors that derive a codec from describe().
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/bytes.h"
#include "base/uuid.h"
#include "protocol/wire/few.h"
#include "protocol/wire/field.h"
#include "protocol/wire/records.h"

namespace odradek::protocol {

template <class T>
inline constexpr bool kIsVector = false;
template <class T>
inline constexpr bool kIsVector<std::vector<T>> = true;
template <class T>
inline constexpr bool kIsVector<Few<T>> = true;

template <class T>
concept Array = kIsVector<T>;
template <class T>
inline constexpr bool kIsOptional = false;
template <class T>
inline constexpr bool kIsOptional<std::optional<T>> = true;

// Error codes are numbers on the wire.
template <class T>
concept Number = std::integral<T> || std::is_enum_v<T> || std::same_as<T, double>;

// Anything with a describe() of its own.
template <class T>
concept Structure =
    std::is_class_v<T> && !kIsVector<T> && !kIsOptional<T> && !std::same_as<T, std::string> &&
    !std::same_as<T, base::Uuid> && !std::same_as<T, Records>;

// A text of ours that is too long is cut: a length that does not fit would spoil all that follows.
inline std::string_view text_on_wire(const std::string& text) {
  return std::string_view(text).substr(0, kMaxTextBytes);
}

// What stands in a field that nobody set, which is what a tagged field is left out at.
template <class T>
bool is_absent(const T& value, const Field& options) {
  if constexpr (Number<T>) {
    return value == static_cast<T>(options.absent);
  } else if constexpr (kIsOptional<T>) {
    return !value.has_value();
  } else if constexpr (std::same_as<T, base::Uuid>) {
    return value.is_zero();
  } else if constexpr (Structure<T> && std::equality_comparable<T>) {
    return value == T{};
  } else if constexpr (Structure<T> || std::same_as<T, Records>) {
    return false;  // cannot be compared: a tagged field of this kind would always be written
  } else {
    return value.empty();
  }
}

}  // namespace odradek::protocol
