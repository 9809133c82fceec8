// Inventor: the visitor that fills a message with legal nonsense, for round trips and fuzzers.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "protocol/wire/value_kinds.h"

namespace odradek::protocol {

class Inventor {
 public:
  Inventor(base::Random& random, std::int16_t version) : random_(random), version_(version) {}

  template <class T>
  void operator()(const char*, T& member, Field options = {}) {
    if (options.lives_in(version_)) value(member, version_ >= options.nullable);
  }

 private:
  template <Number T>
  void value(T& number, bool) {
    if constexpr (std::is_same_v<T, bool>) {
      number = random_.one_in(2);
    } else if constexpr (std::is_same_v<T, double>) {
      number = random_.fraction();
    } else {
      number = static_cast<T>(integer());
    }
  }
  void value(base::Uuid& id, bool) { random_.fill(id.bytes); }
  void value(std::string& text, bool) { text = this->text(); }
  void value(base::Bytes& bytes, bool) {
    bytes.resize(count());
    random_.fill(bytes);
  }
  void value(Records& records, bool nullable) {
    records.null = nullable && random_.one_in(4);
    if (records.null) return;
    auto bytes = std::make_shared<base::Bytes>(count() * 20);
    random_.fill(*bytes);
    records.bytes = *bytes;
    records.owner = std::move(bytes);
  }
  template <Array Elements>
  void value(Elements& array, bool) {
    array.resize(count());
    for (auto& element : array) value(element, false);
  }
  template <class T>
  void value(std::optional<T>& member, bool nullable) {
    member.reset();
    if (!nullable || !random_.one_in(4)) value(member.emplace(), false);
  }
  template <Structure T>
  void value(T& m, bool) {
    T::describe(*this, m);
  }

  std::int64_t integer();
  std::string text();
  std::size_t count() { return random_.below(4); }

  base::Random& random_;
  std::int16_t version_;
};

}  // namespace odradek::protocol
