// Uuid: 16 bytes as Kafka's topic ids and cluster ids, written as 22 characters of base64url
// without padding.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace odradek::base {

struct Uuid {
  std::array<std::uint8_t, 16> bytes{};

  bool is_zero() const { return *this == Uuid{}; }
  std::string to_string() const;
  static std::optional<Uuid> parse(std::string_view text);
  // Version 4, from the kernel's random source; never zero, never 0..01, and the text never starts
  // with '-' when `for_topic` (zookeeper.md §0.2).
  static Uuid random(bool for_topic);

  auto operator<=>(const Uuid&) const = default;
};

}  // namespace odradek::base

template <>
struct std::hash<odradek::base::Uuid> {
  std::size_t operator()(const odradek::base::Uuid& id) const noexcept;
};
