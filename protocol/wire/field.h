// Field: what a message's describe() says of one field besides its name and place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

namespace odradek::protocol {

constexpr std::int16_t kNever = std::numeric_limits<std::int16_t>::max();
constexpr std::int16_t kNoTag = -1;
// No text is longer, whatever width its length has (as upstream).
constexpr std::size_t kMaxTextBytes = 32767;

struct Field {
  std::int16_t since = 0;          // first version that has the field
  std::int16_t until = kNever;     // last version that has it
  std::int16_t nullable = kNever;  // first version in which it may be null
  std::int16_t tag = kNoTag;       // tagged fields come last and are left out at their default
  std::int16_t absent = 0;         // the default of a tagged number
  bool classic = false;            // keeps its fixed-width length even in flexible versions

  constexpr bool lives_in(std::int16_t version) const {
    return version >= since && version <= until;
  }
};

}  // namespace odradek::protocol
