// ConfigKey: one row of a configuration table, tying a key's name to the struct member that holds
// it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "server/config/validator.h"
#include "server/config/value_types.h"

namespace odradek::config {

// A typed reference to a value that a key sets, or to the type alone for keys that set nothing.
using ValuePointer =
    std::variant<std::monostate, bool*, std::int16_t*, std::int32_t*, std::int64_t*, double*,
                 std::string*, std::optional<std::int32_t>*, std::optional<std::int64_t>*,
                 std::vector<std::string>*, Password*, ClassName*>;

// Reads `text` the way Kafka does (blanks around it do not count) into `value`, after the validator
// has agreed. With an empty pointer the text is only judged, as `type`. A null text unsets.
base::Status parse_value(ValuePointer value, ConfigType type, const Validator& validator,
                         std::optional<std::string_view> text);

// The text in the form in which DescribeConfigs answers ("0.5", "a,b", "true").
std::string canonical_text(ConfigType type, std::string_view text);

// The value behind the pointer in that same form; nullopt for an unset number, "[hidden]" for a
// password.
std::optional<std::string> value_text(ValuePointer value);

// The member of C that a key sets.
template <class C>
class Member {
 public:
  using Pointer = std::variant<std::monostate, bool C::*, std::int16_t C::*, std::int32_t C::*,
                               std::int64_t C::*, double C::*, std::string C::*,
                               std::optional<std::int32_t> C::*, std::optional<std::int64_t> C::*,
                               std::vector<std::string> C::*, Password C::*, ClassName C::*>;

  template <class T, class S>
  constexpr Member(T S::*pointer)  // NOLINT: rows are written with plain &Struct::member
      : pointer_(static_cast<T C::*>(pointer)), type_(type_of(static_cast<T*>(nullptr))) {}
  constexpr Member(ConfigType type) : type_(type) {}  // NOLINT: a key that sets nothing

  constexpr ConfigType type() const { return type_; }
  ValuePointer in(C& object) const {
    return std::visit([&](auto pointer) { return resolve(object, pointer); }, pointer_);
  }

 private:
  static ValuePointer resolve(C&, std::monostate) { return {}; }
  template <class T>
  static ValuePointer resolve(C& object, T C::*pointer) {
    return &(object.*pointer);
  }
  static constexpr ConfigType type_of(bool*) { return ConfigType::kBoolean; }
  static constexpr ConfigType type_of(std::int16_t*) { return ConfigType::kShort; }
  static constexpr ConfigType type_of(std::int32_t*) { return ConfigType::kInt; }
  static constexpr ConfigType type_of(std::int64_t*) { return ConfigType::kLong; }
  static constexpr ConfigType type_of(double*) { return ConfigType::kDouble; }
  static constexpr ConfigType type_of(std::string*) { return ConfigType::kString; }
  static constexpr ConfigType type_of(std::optional<std::int32_t>*) { return ConfigType::kInt; }
  static constexpr ConfigType type_of(std::optional<std::int64_t>*) { return ConfigType::kLong; }
  static constexpr ConfigType type_of(std::vector<std::string>*) { return ConfigType::kList; }
  static constexpr ConfigType type_of(Password*) { return ConfigType::kPassword; }
  static constexpr ConfigType type_of(ClassName*) { return ConfigType::kClass; }

  Pointer pointer_;
  ConfigType type_;
};

// What setting a key to something other than its default does in this broker.
enum class Standing : std::uint8_t {
  kHonoured,
  kInternal,      // honoured, but not part of what operators are promised
  kNotBuilt,      // accepted, no effect yet: one warning
  kJavaOnly,      // names something only a JVM has: accepted, one warning
  kKraftOnly,     // belongs to KRaft mode: accepted, no effect, one warning
  kKraftRefused,  // would make this a KRaft node: refused
  kOldRelease,    // known to 2.8 and gone since: accepted with a warning
  kDynamicOnly,   // counts only when set at run time
};

template <class C>
struct ConfigKey {
  std::string_view name;
  Member<C> member;
  const char* default_text;  // as an operator would write it; nullptr means unset
  Validator validator;
  Scope scope;
  Importance importance;
  std::string_view doc;
  Standing standing = Standing::kHonoured;

  constexpr ConfigType type() const { return member.type(); }
  std::optional<std::string_view> default_value() const {
    if (default_text == nullptr) return std::nullopt;
    return std::string_view(default_text);
  }
  bool sensitive() const { return type() == ConfigType::kPassword; }
  base::Status set(C& object, std::optional<std::string_view> text) const {
    return parse_value(member.in(object), type(), validator, text);
  }
};

// "Invalid value 0 for configuration num.io.threads: Value must be at least 1"; a password's value
// is not repeated.
base::Error invalid_value(std::string_view key, std::string_view value, bool sensitive,
                          std::string_view why);

// An item without a colon in a list of pairs, in the JVM broker's words. INVALID_REQUEST, as for
// all that cannot be read; what can be read and breaks a rule between keys is INVALID_CONFIG.
base::Error malformed_map(std::string_view key, std::string_view item);

}  // namespace odradek::config
