// The kinds of values a configuration key may have, and the words that describe a key to operators.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <utility>

namespace odradek::config {

// A secret: kept as it was written, never printed by accident.
class Password {
 public:
  static constexpr const char* kHidden = "[hidden]";

  Password() = default;
  explicit Password(std::string secret) : secret_(std::move(secret)) {}

  // The secret itself; callers hand it to the library that needs it and nowhere else.
  const std::string& reveal() const { return secret_; }
  bool empty() const { return secret_.empty(); }
  bool operator==(const Password&) const = default;

 private:
  std::string secret_;
};

inline std::ostream& operator<<(std::ostream& out, const Password&) {
  return out << Password::kHidden;
}

// The name of a Java class, kept for the few names that mean something here (the authorizer, the
// replica selector) and ignored with a warning for plugins that only a JVM could load.
struct ClassName {
  std::string name;

  bool empty() const { return name.empty(); }
  bool operator==(const ClassName&) const = default;
};

// The types of DescribeConfigs, numbered as on the wire.
enum class ConfigType : std::int8_t {
  kUnknown = 0,
  kBoolean = 1,
  kString = 2,
  kInt = 3,
  kShort = 4,
  kLong = 5,
  kDouble = 6,
  kList = 7,
  kClass = 8,
  kPassword = 9,
};

// "INT", "LIST" and so on, as Kafka's documentation names the type.
const char* config_type_name(ConfigType type);

// Where a value comes from, numbered as in DescribeConfigs; a smaller number from 1 to 5 wins.
enum class ConfigSource : std::int8_t {
  kUnknown = 0,
  kDynamicTopic = 1,
  kDynamicBroker = 2,
  kDynamicDefaultBroker = 3,
  kStaticBroker = 4,
  kDefault = 5,
  kDynamicBrokerLogger = 6,
};

// When a broker key may change: at a restart, at run time for one broker, or at run time for one
// broker or as the default of all.
enum class Scope : std::uint8_t { kReadOnly, kPerBroker, kClusterWide };

enum class Importance : std::uint8_t { kLow, kMedium, kHigh };

const char* scope_name(Scope scope);
const char* importance_name(Importance importance);

}  // namespace odradek::config
