#include "base/json.h"

#include <boost/json.hpp>
#include <limits>
#include <system_error>
#include <utility>

namespace odradek::base {
namespace {

namespace json = boost::json;

Error mistyped(std::string_view key, const json::value& value, std::string_view wanted) {
  std::string message = "JSON member \"";
  message.append(key).append("\" should be ").append(wanted).append(" but is ");
  message.append(json::to_string(value.kind())).append(".");
  return Error(std::move(message));
}

// nullptr when missing or null.
const json::value* find(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value == nullptr || value->is_null() ? nullptr : value;
}

template <class Integer>
Result<Integer> integer_of(const json::value& value, std::string_view key) {
  constexpr std::string_view kWanted =
      sizeof(Integer) == 4 ? "a 32-bit integer" : "a 64-bit integer";
  const std::int64_t* number = value.if_int64();
  if (number == nullptr) return mistyped(key, value, kWanted);
  if (*number < std::numeric_limits<Integer>::min() ||
      *number > std::numeric_limits<Integer>::max()) {
    return Error("JSON member \"" + std::string(key) + "\" should be " + std::string(kWanted) +
                 " but is " + std::to_string(*number) + ".");
  }
  return static_cast<Integer>(*number);
}

Result<bool> bool_of(const json::value& value, std::string_view key) {
  if (const bool* truth = value.if_bool()) return *truth;
  return mistyped(key, value, "a boolean");
}

Result<std::string> string_of(const json::value& value, std::string_view key) {
  if (const json::string* text = value.if_string()) {
    return std::string(text->data(), text->size());
  }
  return mistyped(key, value, "a string");
}

Result<const json::object*> object_of(const json::value& value, std::string_view key) {
  if (const json::object* object = value.if_object()) return object;
  return mistyped(key, value, "an object");
}

Result<const json::array*> array_of(const json::value& value, std::string_view key) {
  if (const json::array* array = value.if_array()) return array;
  return mistyped(key, value, "an array");
}

// `read` is one of the functions above.
template <class T, class Read>
Result<T> required(const json::object& object, std::string_view key, Read read) {
  const json::value* value = find(object, key);
  if (value == nullptr) return Error("JSON member \"" + std::string(key) + "\" is missing.");
  return read(*value, key);
}

template <class T, class Read>
Result<std::optional<T>> wanted(const json::object& object, std::string_view key, Read read) {
  const json::value* value = find(object, key);
  if (value == nullptr) return std::optional<T>();
  Result<T> result = read(*value, key);
  if (!result) return result.error();
  return std::optional<T>(std::move(*result));
}

template <class T, class Read>
Result<std::vector<T>> list_of(const json::object& object, std::string_view key, Read read) {
  Result<const json::array*> array = json_array(object, key);
  if (!array) return array.error();
  std::vector<T> list;
  list.reserve((*array)->size());
  for (const json::value& value : **array) {
    Result<T> item = read(value, key);
    if (!item) return item.error();
    list.push_back(std::move(*item));
  }
  return list;
}

}  // namespace

Result<json::value> parse_json(std::string_view text, std::size_t max_bytes,
                               std::size_t max_depth) {
  if (text.size() > max_bytes) {
    return Error("JSON of " + std::to_string(text.size()) + " bytes is longer than the limit of " +
                 std::to_string(max_bytes) + ".");
  }
  json::parse_options options;
  options.max_depth = max_depth;
  json::stream_parser parser(json::storage_ptr(), options);
  boost::system::error_code error;
  std::size_t parsed = parser.write_some(text.data(), text.size(), error);
  // The parser stops without an error where a complete value is followed by something else.
  if (!error && parsed < text.size()) error = json::error::extra_data;
  if (!error) parser.finish(error);
  if (error) {
    return Error("Not JSON at byte " + std::to_string(parsed) + ": " + error.message() + ".");
  }
  return parser.release();
}

Result<json::object> parse_json_object(std::string_view text, std::size_t max_bytes,
                                       std::size_t max_depth) {
  Result<json::value> value = parse_json(text, max_bytes, max_depth);
  if (!value) return value.error();
  if (json::object* object = value->if_object()) return std::move(*object);
  return Error("JSON should be an object but is " + std::string(json::to_string(value->kind())) +
               ".");
}

Result<std::int32_t> json_int32(const json::object& object, std::string_view key) {
  return required<std::int32_t>(object, key, integer_of<std::int32_t>);
}

Result<std::int64_t> json_int64(const json::object& object, std::string_view key) {
  return required<std::int64_t>(object, key, integer_of<std::int64_t>);
}

Result<bool> json_bool(const json::object& object, std::string_view key) {
  return required<bool>(object, key, bool_of);
}

Result<std::string> json_string(const json::object& object, std::string_view key) {
  return required<std::string>(object, key, string_of);
}

Result<std::vector<std::int32_t>> json_int32_list(const json::object& object,
                                                  std::string_view key) {
  return list_of<std::int32_t>(object, key, integer_of<std::int32_t>);
}

Result<std::vector<std::string>> json_string_list(const json::object& object,
                                                  std::string_view key) {
  return list_of<std::string>(object, key, string_of);
}

Result<const json::object*> json_object(const json::object& object, std::string_view key) {
  return required<const json::object*>(object, key, object_of);
}

Result<const json::array*> json_array(const json::object& object, std::string_view key) {
  return required<const json::array*>(object, key, array_of);
}

Result<std::optional<std::int32_t>> optional_json_int32(const json::object& object,
                                                        std::string_view key) {
  return wanted<std::int32_t>(object, key, integer_of<std::int32_t>);
}

Result<std::optional<std::int64_t>> optional_json_int64(const json::object& object,
                                                        std::string_view key) {
  return wanted<std::int64_t>(object, key, integer_of<std::int64_t>);
}

Result<std::optional<bool>> optional_json_bool(const json::object& object, std::string_view key) {
  return wanted<bool>(object, key, bool_of);
}

Result<std::optional<std::string>> optional_json_string(const json::object& object,
                                                        std::string_view key) {
  return wanted<std::string>(object, key, string_of);
}

Result<const json::object*> optional_json_object(const json::object& object, std::string_view key) {
  const json::value* value = find(object, key);
  if (value == nullptr) return nullptr;
  return object_of(*value, key);
}

Result<const json::array*> optional_json_array(const json::object& object, std::string_view key) {
  const json::value* value = find(object, key);
  if (value == nullptr) return nullptr;
  return array_of(*value, key);
}

}  // namespace odradek::base
