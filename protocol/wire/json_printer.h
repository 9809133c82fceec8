// JsonPrinter: the visitor that shows a message as Kafka's own JSON converters do.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/wire/value_kinds.h"

namespace odradek::protocol {

// Keys are the field names in camelCase; bytes are base64; tagged fields at their default and
// fields of other versions are left out; records are shown as an empty text.
class JsonPrinter {
 public:
  explicit JsonPrinter(std::int16_t version) : version_(version) {}

  std::string take() && { return std::move(out_); }

  template <class T>
  void structure(const T& m) {
    out_ += '{';
    first_ = true;
    T::describe(*this, m);
    out_ += '}';
    first_ = false;
  }

  template <class T>
  void operator()(const char* name, const T& member, Field options = {}) {
    if (!options.lives_in(version_)) return;
    if (options.tag != kNoTag && is_absent(member, options)) return;
    key(name);
    value(member);
  }

 private:
  template <Number T>
  void value(const T& number) {
    if constexpr (std::is_same_v<T, bool>) {
      out_ += number ? "true" : "false";
    } else if constexpr (std::is_same_v<T, double>) {
      real(number);
    } else {
      integer(static_cast<std::int64_t>(number));
    }
  }
  void value(const base::Uuid& id) { text(id.to_string()); }
  void value(const std::string& string) { text(string); }
  void value(const base::Bytes& bytes);
  void value(const Records& records) { out_ += records.null ? "null" : "\"\""; }
  template <Array Elements>
  void value(const Elements& array) {
    out_ += '[';
    const char* separator = "";
    for (const auto& element : array) {
      out_ += separator;
      value(element);
      separator = ",";
    }
    out_ += ']';
  }
  template <class T>
  void value(const std::optional<T>& member) {
    if (!member.has_value()) {
      out_ += "null";
    } else {
      value(*member);
    }
  }
  template <Structure T>
  void value(const T& m) {
    structure(m);
  }

  void key(std::string_view snake_case);
  void text(std::string_view text);
  void integer(std::int64_t number);
  void real(double number);

  std::string out_;
  std::int16_t version_;
  bool first_ = true;
};

}  // namespace odradek::protocol
