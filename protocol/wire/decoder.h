// Decoder: the visitor that fills a message from bytes.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/endian.h"
#include "protocol/wire/reader.h"
#include "protocol/wire/value_kinds.h"

namespace odradek::protocol {

// Holds its cursor by value: compilers then keep it in registers, which makes described messages
// as fast as hand-written ones.
class Decoder {
 public:
  Decoder(std::span<std::uint8_t> bytes, std::int16_t version, bool flexible)
      : reader_(bytes), version_(version), flexible_(flexible) {}

  const Reader& reader() const { return reader_; }

  template <class T>
  void structure(T& m) {
    T::describe(*this, m);
    if (flexible_) tagged_fields(m);
  }

  // One field of a describe().
  template <class T>
  void operator()(const char* name, T& member, Field options = {}) {
    if (options.tag != kNoTag || !options.lives_in(version_)) return;
    reader_.at(name);
    value(member, options);
  }

 private:
  // Finds the field of one tag among those of a structure. As upstream, a tag may come out of order
  // and twice, and then the last one counts.
  class TagFinder {
   public:
    TagFinder(Decoder& decoder, std::uint32_t tag) : decoder_(decoder), tag_(tag) {}
    bool found() const { return found_; }

    template <class T>
    void operator()(const char* name, T& member, Field options = {}) {
      if (options.tag == kNoTag) return;
      if (static_cast<std::uint32_t>(options.tag) != tag_) return;
      if (!options.lives_in(decoder_.version_)) return;
      found_ = true;
      decoder_.reader_.at(name);
      member = T{};
      decoder_.value(member, options);
    }

   private:
    Decoder& decoder_;
    std::uint32_t tag_;
    bool found_ = false;
  };

  template <class T>
  void tagged_fields(T& m) {
    reader_.at("tagged fields");
    std::uint32_t count = reader_.tag_count();
    for (std::uint32_t i = 0; i < count && reader_.ok(); ++i) {
      reader_.at("tagged fields");
      std::uint32_t tag = reader_.unsigned_varint();
      std::uint32_t size = reader_.tagged_field_size();
      std::size_t end = reader_.position() + size;
      TagFinder finder(*this, tag);
      T::describe(finder, m);
      if (!finder.found()) reader_.bytes(size);
      if (reader_.ok() && reader_.position() != end) {
        return reader_.fail("a tagged field has another size than it says");
      }
    }
  }

  bool compact(const Field& options) const { return flexible_ && !options.classic; }

  std::int32_t long_length(const Field& options) {
    return compact(options) ? reader_.compact_length() : reader_.length32();
  }

  // Whether a length says null, which only some versions of some fields may.
  bool is_null(std::int32_t length, const Field& options) {
    if (length >= 0) return false;
    if (version_ < options.nullable) reader_.fail("null stands where this version allows none");
    return true;
  }

  template <Number T>
  void value(T& number, const Field&) {
    if constexpr (std::same_as<T, bool>) {
      number = reader_.int8() != 0;
    } else if constexpr (std::same_as<T, double>) {
      number = reader_.float64();
    } else if constexpr (sizeof(T) == 1) {
      number = static_cast<T>(reader_.int8());
    } else if constexpr (sizeof(T) == 2) {
      number = static_cast<T>(reader_.int16());
    } else if constexpr (sizeof(T) == 4) {
      number = static_cast<T>(reader_.int32());
    } else {
      number = static_cast<T>(reader_.int64());
    }
  }

  void value(base::Uuid& id, const Field&) { id = reader_.uuid(); }

  // Each of these returns false for null.
  bool value(std::string& text, const Field& options) {
    std::int32_t length = compact(options) ? reader_.compact_length() : reader_.length16();
    if (is_null(length, options)) return false;
    text = reader_.text(static_cast<std::size_t>(length));
    return true;
  }

  bool value(base::Bytes& bytes, const Field& options) {
    std::int32_t length = long_length(options);
    if (is_null(length, options)) return false;
    std::span<std::uint8_t> from = reader_.bytes(static_cast<std::size_t>(length));
    if (reader_.charge(from.size())) bytes.assign(from.begin(), from.end());
    return true;
  }

  bool value(Records& records, const Field& options) {
    std::int32_t length = long_length(options);
    records.null = is_null(length, options);
    if (!records.null) records.bytes = reader_.bytes(static_cast<std::size_t>(length));
    return true;
  }

  template <Array Elements>
  bool value(Elements& array, const Field& options) {
    using Element = typename Elements::value_type;
    std::int32_t count = long_length(options);
    if (is_null(count, options)) return false;
    if (!reader_.reserve(count, sizeof(Element))) return true;
    array.resize(static_cast<std::size_t>(count));
    if constexpr (std::integral<Element>) return numbers(array);
    for (Element& element : array) {
      value(element, Field{});
      if (!reader_.ok()) break;
    }
    return true;
  }

  // Ids and offsets come in long runs, so that their bounds are checked once.
  template <std::integral T>
  bool numbers(std::vector<T>& array) {
    std::span<std::uint8_t> from = reader_.bytes(array.size() * sizeof(T));
    for (std::size_t i = 0; i * sizeof(T) < from.size(); ++i) {
      array[i] = base::load_big_endian<T>(&from[i * sizeof(T)]);
    }
    return true;
  }

  template <class T>
  void value(std::optional<T>& member, const Field& options) {
    if constexpr (Structure<T>) {
      if (!is_null(reader_.int8(), options)) return structure(member.emplace());
      member.reset();
    } else if (!value(member.emplace(), options)) {
      member.reset();
    }
  }

  template <Structure T>
  void value(T& m, const Field&) {
    structure(m);
  }

  Reader reader_;
  std::int16_t version_;
  bool flexible_;
};

}  // namespace odradek::protocol
