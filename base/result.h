// Result<T>: a value or an Error, for everything that the world outside may refuse.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

namespace odradek::base {

// Why something failed: a code (protocol::ErrorCode as its number, -1 when nothing better fits) and
// a sentence that names the cause for the operator.
struct Error {
  std::int16_t code = -1;
  std::string message;

  Error() = default;
  explicit Error(std::string text) : message(std::move(text)) {}
  template <class Code>
  requires std::is_enum_v<Code> Error(Code error_code, std::string text)
      : code(static_cast<std::int16_t>(error_code)), message(std::move(text)) {}
};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT: values convert
  Result(Error error)
      : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: errors convert

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  T& value() { return std::get<0>(state_); }
  const T& value() const { return std::get<0>(state_); }
  T& operator*() { return value(); }
  const T& operator*() const { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  const Error& error() const { return std::get<1>(state_); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT: errors convert

  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  const Error& error() const { return *error_; }

 private:
  std::optional<Error> error_;
};

using Status = Result<void>;

}  // namespace odradek::base
