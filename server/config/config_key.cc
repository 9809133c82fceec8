#include "server/config/config_key.h"

#include <charconv>
#include <cmath>
#include <concepts>

#include "base/text.h"
#include "protocol/errors.h"

namespace odradek::config {
namespace {

template <std::integral T>
base::Result<T> read_integer(std::string_view text, const char* type) {
  auto value = base::parse_int<T>(text);
  if (!value) return base::Error(std::string("Not a number of type ") + type);
  return *value;
}

base::Result<double> read_double(std::string_view text) {
  auto value = base::parse_double(text);
  if (!value) return base::Error("Not a number of type DOUBLE");
  return *value;
}

// Reads text of one type and puts it where the pointer says; the pointer may be empty.
class ValueReader {
 public:
  ValueReader(ValuePointer target, const Validator& validator)
      : target_(target), validator_(validator) {}

  base::Status read(ConfigType type, std::string_view text) const {
    switch (type) {
      case ConfigType::kBoolean:
        return read_boolean(text);
      case ConfigType::kShort:
        return read_number(read_integer<std::int16_t>(text, "SHORT"));
      case ConfigType::kInt:
        return read_number(read_integer<std::int32_t>(text, "INT"));
      case ConfigType::kLong:
        return read_number(read_integer<std::int64_t>(text, "LONG"));
      case ConfigType::kDouble:
        return read_number(read_double(text));
      case ConfigType::kList:
        return read_list(text);
      case ConfigType::kPassword:
        put(Password(std::string(text)));
        return {};
      case ConfigType::kClass:
        put(ClassName{std::string(text)});
        return {};
      case ConfigType::kString:
      case ConfigType::kUnknown:
        return read_string(text);
    }
    return {};
  }

  void unset() const {
    std::visit(
        [](auto pointer) {
          if constexpr (!std::same_as<decltype(pointer), std::monostate>) *pointer = {};
        },
        target_);
  }

 private:
  template <class T>
  void put(T value) const {
    if (auto* plain = std::get_if<T*>(&target_)) **plain = std::move(value);
    if constexpr (std::same_as<T, std::int32_t> || std::same_as<T, std::int64_t>) {
      if (auto* optional = std::get_if<std::optional<T>*>(&target_)) **optional = value;
    }
  }
  template <class T>
  base::Status read_number(const base::Result<T>& value) const {
    if (!value) return value.error();
    if (auto fine = validator_.check_number(static_cast<double>(*value)); !fine) return fine;
    put(*value);
    return {};
  }
  base::Status read_boolean(std::string_view text) const {
    auto value = base::parse_bool(text);
    if (!value) return base::Error("Expected value to be either true or false");
    put(*value);
    return {};
  }
  base::Status read_string(std::string_view text) const {
    if (auto fine = validator_.check_text(text); !fine) return fine;
    put(std::string(text));
    return {};
  }
  base::Status read_list(std::string_view text) const {
    auto items = base::split_list(text);
    if (auto fine = validator_.check_list(items); !fine) return fine;
    put(std::move(items));
    return {};
  }

  ValuePointer target_;
  const Validator& validator_;
};

// As Java's Double.toString: "0.5", "1.0E7", "1.7976931348623157E308".
std::string java_double_text(double value) {
  char buffer[64];
  double size = std::abs(value);
  bool plain = size == 0 || (size >= 1e-3 && size < 1e7);
  auto form = plain ? std::chars_format::fixed : std::chars_format::scientific;
  auto end = std::to_chars(buffer, buffer + sizeof(buffer), value, form).ptr;
  std::string text(buffer, end);
  std::size_t mark = text.find('e');
  std::string digits = text.substr(0, mark);
  if (digits.find('.') == std::string::npos) digits += ".0";
  if (mark == std::string::npos) return digits;
  int exponent = 0;
  const char* from = text.data() + mark + (text[mark + 1] == '+' ? 2 : 1);
  std::from_chars(from, text.data() + text.size(), exponent);
  return digits + "E" + std::to_string(exponent);
}

using Text = std::optional<std::string>;

struct ValuePrinter {
  Text operator()(std::monostate) const { return std::nullopt; }
  Text operator()(const bool* v) const { return *v ? "true" : "false"; }
  Text operator()(const double* v) const { return java_double_text(*v); }
  Text operator()(const std::string* v) const { return *v; }
  Text operator()(const Password*) const { return Password::kHidden; }
  Text operator()(const ClassName* v) const { return v->name; }
  Text operator()(const std::vector<std::string>* v) const { return base::join(*v, ","); }
  template <std::integral T>
  Text operator()(const T* v) const {
    return std::to_string(*v);
  }
  template <std::integral T>
  Text operator()(const std::optional<T>* v) const {
    if (!*v) return std::nullopt;
    return std::to_string(**v);
  }
};

}  // namespace

base::Status parse_value(ValuePointer value, ConfigType type, const Validator& validator,
                         std::optional<std::string_view> text) {
  ValueReader reader(value, validator);
  if (!text) {
    reader.unset();
    return {};
  }
  return reader.read(type, base::trim(*text));
}

std::string canonical_text(ConfigType type, std::string_view text) {
  text = base::trim(text);
  switch (type) {
    case ConfigType::kBoolean:
      return base::to_lower(text);
    case ConfigType::kShort:
    case ConfigType::kInt:
    case ConfigType::kLong: {
      auto value = read_integer<std::int64_t>(text, "LONG");
      return value ? std::to_string(*value) : std::string(text);
    }
    case ConfigType::kDouble: {
      auto value = read_double(text);
      return value ? java_double_text(*value) : std::string(text);
    }
    case ConfigType::kList:
      return base::join(base::split_list(text), ",");
    case ConfigType::kPassword:
      return Password::kHidden;
    case ConfigType::kString:
    case ConfigType::kClass:
    case ConfigType::kUnknown:
      return std::string(text);
  }
  return std::string(text);
}

std::optional<std::string> value_text(ValuePointer value) {
  return std::visit(ValuePrinter(), value);
}

base::Error invalid_value(std::string_view key, std::string_view value, bool sensitive,
                          std::string_view why) {
  std::string shown = sensitive ? std::string(Password::kHidden) : std::string(value);
  return base::Error(protocol::ErrorCode::kInvalidConfig,
                     "Invalid value " + shown + " for configuration " + std::string(key) + ": " +
                         std::string(why));
}

const char* config_type_name(ConfigType type) {
  constexpr const char* kNames[] = {"UNKNOWN", "BOOLEAN", "STRING", "INT",   "SHORT",
                                    "LONG",    "DOUBLE",  "LIST",   "CLASS", "PASSWORD"};
  return kNames[static_cast<std::size_t>(type)];
}

const char* scope_name(Scope scope) {
  constexpr const char* kNames[] = {"read-only", "per-broker", "cluster-wide"};
  return kNames[static_cast<std::size_t>(scope)];
}

const char* importance_name(Importance importance) {
  constexpr const char* kNames[] = {"LOW", "MEDIUM", "HIGH"};
  return kNames[static_cast<std::size_t>(importance)];
}

base::Error malformed_map(std::string_view key, std::string_view item) {
  return base::Error(protocol::ErrorCode::kInvalidRequest,
                     "Error parsing configuration property '" + std::string(key) +
                         "': begin 0, end -1, length " + std::to_string(item.size()));
}

}  // namespace odradek::config
