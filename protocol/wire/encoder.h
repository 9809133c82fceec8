// Encoder: the visitor that writes a message.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/wire/sizer.h"
#include "protocol/wire/value_kinds.h"
#include "protocol/wire/writer.h"

namespace odradek::protocol {

class Encoder {
 public:
  Encoder(Writer writer, std::int16_t version, bool flexible)
      : writer_(std::move(writer)), version_(version), flexible_(flexible) {}

  Writer finish() && { return std::move(writer_); }

  template <class T>
  void structure(const T& m) {
    T::describe(*this, m);
    if (flexible_) tagged_fields(m);
  }

  template <class T>
  void operator()(const char*, const T& member, Field options = {}) {
    if (options.tag != kNoTag || !options.lives_in(version_)) return;
    value(member, options);
  }

 private:
  struct TagCounter {
    std::int16_t version;
    std::uint32_t count = 0;

    template <class T>
    void operator()(const char*, const T& member, Field options = {}) {
      if (options.tag == kNoTag || !options.lives_in(version)) return;
      if (!is_absent(member, options)) ++count;
    }
  };

  // Fields are described in the order of their tags, which is the order the wire asks for.
  struct TagEncoder {
    Encoder& encoder;

    template <class T>
    void operator()(const char*, const T& member, Field options = {}) {
      if (options.tag == kNoTag || !options.lives_in(encoder.version_)) return;
      if (is_absent(member, options)) return;
      Sizer sizer(encoder.version_, encoder.flexible_);
      sizer.value(member, options);
      encoder.writer_.unsigned_varint(static_cast<std::uint32_t>(options.tag));
      encoder.writer_.unsigned_varint(static_cast<std::uint32_t>(sizer.measure().total));
      encoder.value(member, options);
    }
  };

  template <class T>
  void tagged_fields(const T& m) {
    TagCounter counter{version_};
    T::describe(counter, m);
    writer_.unsigned_varint(counter.count);
    if (counter.count == 0) return;
    TagEncoder tags{*this};
    T::describe(tags, m);
  }

  template <Number T>
  void value(const T& number, const Field&) {
    if constexpr (std::is_same_v<T, double>) {
      writer_.float64(number);
    } else if constexpr (sizeof(T) == 1) {
      writer_.int8(static_cast<std::int8_t>(number));
    } else if constexpr (sizeof(T) == 2) {
      writer_.int16(static_cast<std::int16_t>(number));
    } else if constexpr (sizeof(T) == 4) {
      writer_.int32(static_cast<std::int32_t>(number));
    } else {
      writer_.int64(static_cast<std::int64_t>(number));
    }
  }
  void value(const base::Uuid& id, const Field&) { writer_.bytes(id.bytes); }
  void value(const std::string& whole, const Field& options) {
    std::string_view text = text_on_wire(whole);
    short_length(static_cast<std::int32_t>(text.size()), options);
    writer_.text(text);
  }
  void value(const base::Bytes& bytes, const Field& options) {
    long_length(static_cast<std::int32_t>(bytes.size()), options);
    writer_.bytes(bytes);
  }
  void value(const Records& records, const Field& options) {
    long_length(records.null ? -1 : static_cast<std::int32_t>(records.size_bytes()), options);
    writer_.records(records);
  }
  template <Array Elements>
  void value(const Elements& array, const Field& options) {
    using Element = typename Elements::value_type;
    long_length(static_cast<std::int32_t>(array.size()), options);
    if constexpr (std::is_integral_v<Element>) {
      return writer_.numbers(std::span<const Element>(array));
    }
    for (const Element& element : array) value(element, Field{});
  }
  template <class T>
  void value(const std::optional<T>& member, const Field& options) {
    if (member.has_value()) {
      if constexpr (Structure<T>) writer_.int8(1);
      return value(*member, options);
    }
    // Null in a version that has no null is written as empty.
    std::int32_t null = version_ >= options.nullable ? -1 : 0;
    if constexpr (Structure<T>) {
      writer_.int8(-1);
    } else if constexpr (std::is_same_v<T, std::string>) {
      short_length(null, options);
    } else {
      long_length(null, options);
    }
  }
  template <Structure T>
  void value(const T& m, const Field&) {
    structure(m);
  }

  // A length of -1 is null.
  [[gnu::always_inline]] void short_length(std::int32_t length, const Field& options) {
    if (flexible_ && !options.classic) return compact_length(length);
    writer_.int16(static_cast<std::int16_t>(length));
  }
  [[gnu::always_inline]] void long_length(std::int32_t length, const Field& options) {
    if (flexible_ && !options.classic) return compact_length(length);
    writer_.int32(length);
  }
  [[gnu::always_inline]] void compact_length(std::int32_t length) {
    writer_.unsigned_varint(static_cast<std::uint32_t>(length) + 1);
  }

  Writer writer_;
  std::int16_t version_;
  bool flexible_;
};

}  // namespace odradek::protocol
