// Sizer: the visitor that counts the bytes of a message before they are written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/wire/codec.h"
#include "protocol/wire/value_kinds.h"
#include "protocol/wire/writer.h"

namespace odradek::protocol {

class Sizer {
 public:
  Sizer(std::int16_t version, bool flexible) : version_(version), flexible_(flexible) {}

  Measure measure() const { return measure_; }

  template <class T>
  void structure(const T& m) {
    T::describe(*this, m);
    if (!flexible_) return;
    TagSizer tags{*this};
    T::describe(tags, m);
    add(Writer::size_of_varint(tags.count));
  }

  template <class T>
  void operator()(const char*, const T& member, Field options = {}) {
    if (options.tag != kNoTag || !options.lives_in(version_)) return;
    value(member, options);
  }

  template <Number T>
  void value(const T&, const Field&) {
    add(sizeof(T));
  }
  void value(const base::Uuid&, const Field&) { add(sizeof(base::Uuid::bytes)); }
  void value(const std::string& whole, const Field& options) {
    std::string_view text = text_on_wire(whole);
    length(text.size(), options, sizeof(std::int16_t));
    add(text.size());
  }
  void value(const base::Bytes& bytes, const Field& options) {
    length(bytes.size(), options, sizeof(std::int32_t));
    add(bytes.size());
  }
  void value(const Records& records, const Field& options) {
    std::size_t size = records.size_bytes();
    length(size, options, sizeof(std::int32_t));
    add(size);
    if (!records.is_shared()) return;
    // Bytes that nobody owns are copied even when file ranges follow them.
    measure_.shared += records.owner != nullptr ? size : size - records.bytes.size();
  }
  template <Array Elements>
  void value(const Elements& array, const Field& options) {
    using Element = typename Elements::value_type;
    length(array.size(), options, sizeof(std::int32_t));
    if constexpr (Number<Element>) {
      add(array.size() * sizeof(Element));
    } else {
      for (const Element& element : array) value(element, Field{});
    }
  }
  template <class T>
  void value(const std::optional<T>& member, const Field& options) {
    if constexpr (Structure<T>) {
      add(1);
      if (member.has_value()) structure(*member);
    } else if (member.has_value()) {
      value(*member, options);
    } else {
      length(0, options, std::is_same_v<T, std::string> ? 2 : 4);  // null and empty are as long
    }
  }
  template <Structure T>
  void value(const T& m, const Field&) {
    structure(m);
  }

 private:
  // Counts the tagged fields that are not left out, with their values.
  struct TagSizer {
    Sizer& sizer;
    std::uint32_t count = 0;

    template <class T>
    void operator()(const char*, const T& member, Field options = {}) {
      if (options.tag == kNoTag || !options.lives_in(sizer.version_)) return;
      if (is_absent(member, options)) return;
      ++count;
      std::size_t before = sizer.measure_.total;
      sizer.value(member, options);
      std::size_t size = sizer.measure_.total - before;
      sizer.add(Writer::size_of_varint(static_cast<std::uint32_t>(options.tag)));
      sizer.add(Writer::size_of_varint(static_cast<std::uint32_t>(size)));
    }
  };

  void length(std::size_t count, const Field& options, std::size_t fixed) {
    bool compact = flexible_ && !options.classic;
    add(compact ? Writer::size_of_varint(static_cast<std::uint32_t>(count + 1)) : fixed);
  }
  void add(std::size_t bytes) { measure_.total += bytes; }

  Measure measure_;
  std::int16_t version_;
  bool flexible_;
};

}  // namespace odradek::protocol
