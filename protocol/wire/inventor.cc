#include "protocol/wire/inventor.h"

#include <array>

namespace odradek::protocol {

// The ends of the range and the small numbers come up often, because that is where faults are.
std::int64_t Inventor::integer() {
  switch (random_.below(5)) {
    case 0:
      return 0;
    case 1:
      return -1;
    case 2:
      return static_cast<std::int64_t>(random_.below(1000));
    case 3:
      return static_cast<std::int64_t>(std::uint64_t{1} << (random_.below(9) * 8 % 64)) - 1;
    default:
      return static_cast<std::int64_t>(random_());
  }
}

// Sometimes longer than one byte of a variable-length number can tell.
std::string Inventor::text() {
  static constexpr std::array<const char*, 6> kPieces = {"a", "topic", ".", "\"", "ä", "€"};
  std::size_t pieces = random_.one_in(20) ? 100 : random_.below(5);
  std::string text;
  for (std::size_t i = 0; i < pieces; ++i) text += kPieces[random_.below(kPieces.size())];
  return text;
}

}  // namespace odradek::protocol
