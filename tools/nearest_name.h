// nearest_name: what somebody meant who mistyped a name.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace odradek::tools {

// The known name that takes fewest letters to change into `name`; none when no name is near, or
// `name` itself is known.
std::optional<std::string> nearest_name(std::string_view name, std::span<const std::string> known);

}  // namespace odradek::tools
