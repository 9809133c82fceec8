// RecordsCounter: a visitor that adds up the bytes of all records in a message.
#pragma once

#include <cstddef>

#include "protocol/wire/value_kinds.h"

namespace odradek::protocol::testing {

class RecordsCounter {
 public:
  std::size_t bytes() const { return bytes_; }

  template <class T>
  void operator()(const char*, const T& member, Field = {}) {
    value(member);
  }

 private:
  template <class T>
  void value(const T& member) {
    if constexpr (std::same_as<T, Records>) {
      bytes_ += member.size_bytes();
    } else if constexpr (kIsVector<T>) {
      for (const auto& element : member) value(element);
    } else if constexpr (kIsOptional<T>) {
      if (member.has_value()) value(*member);
    } else if constexpr (Structure<T>) {
      T::describe(*this, member);
    }
  }

  std::size_t bytes_ = 0;
};

}  // namespace odradek::protocol::testing
