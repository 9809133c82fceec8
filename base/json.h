// Strict reading of JSON: bounded parsing and typed access that refuses what Kafka's readers
// refuse.
#pragma once

#include <boost/json/fwd.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace odradek::base {

inline constexpr std::size_t kMaxJsonBytes = 64 << 20;
inline constexpr std::size_t kMaxJsonDepth = 64;

// Errors name the byte where the text stops being JSON. Of duplicate keys the last wins. Callers
// include <boost/json.hpp> in their .cc.
Result<boost::json::value> parse_json(std::string_view text, std::size_t max_bytes = kMaxJsonBytes,
                                      std::size_t max_depth = kMaxJsonDepth);
// The same, and the value must be an object.
Result<boost::json::object> parse_json_object(std::string_view text,
                                              std::size_t max_bytes = kMaxJsonBytes,
                                              std::size_t max_depth = kMaxJsonDepth);

// Typed members, with zookeeper.md §0.2's strictness: an int is a JSON integer within 32 bits
// (not 1.0, not "1"), a string a JSON string. A missing, null or mistyped member is an error that
// names the key.
Result<std::int32_t> json_int32(const boost::json::object& object, std::string_view key);
Result<std::int64_t> json_int64(const boost::json::object& object, std::string_view key);
Result<bool> json_bool(const boost::json::object& object, std::string_view key);
Result<std::string> json_string(const boost::json::object& object, std::string_view key);
Result<std::vector<std::int32_t>> json_int32_list(const boost::json::object& object,
                                                  std::string_view key);
Result<std::vector<std::string>> json_string_list(const boost::json::object& object,
                                                  std::string_view key);
Result<const boost::json::object*> json_object(const boost::json::object& object,
                                               std::string_view key);
Result<const boost::json::array*> json_array(const boost::json::object& object,
                                             std::string_view key);

// As above, but a missing or null member is nothing, and only a mistyped one an error.
Result<std::optional<std::int32_t>> optional_json_int32(const boost::json::object& object,
                                                        std::string_view key);
Result<std::optional<std::int64_t>> optional_json_int64(const boost::json::object& object,
                                                        std::string_view key);
Result<std::optional<bool>> optional_json_bool(const boost::json::object& object,
                                               std::string_view key);
Result<std::optional<std::string>> optional_json_string(const boost::json::object& object,
                                                        std::string_view key);
// nullptr when missing or null.
Result<const boost::json::object*> optional_json_object(const boost::json::object& object,
                                                        std::string_view key);
Result<const boost::json::array*> optional_json_array(const boost::json::object& object,
                                                      std::string_view key);

}  // namespace odradek::base
