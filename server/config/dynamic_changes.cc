#include <array>
#include <string>

#include "base/text.h"
#include "protocol/errors.h"
#include "server/config/broker_config.h"
#include "server/config/reconfigurable.h"

namespace odradek::config {
namespace {

constexpr std::string_view kListenerPrefix = "listener.name.";

base::Error invalid_config(std::string why) {
  return base::Error(protocol::ErrorCode::kInvalidConfig, std::move(why));
}

// What follows the listener's name, or the whole name without such a prefix.
std::string_view base_name_of(std::string_view name) {
  if (!name.starts_with(kListenerPrefix)) return name;
  std::size_t dot = name.find('.', kListenerPrefix.size());
  return dot == std::string_view::npos ? name : name.substr(dot + 1);
}

// A key given for one listener is free to change: whether that listener may be made anew with it
// is for those to say who keep listeners.
bool is_read_only(std::string_view name) {
  const auto* key = find_broker_config_key(name);
  return key != nullptr && key->scope == Scope::kReadOnly;
}

bool needs_listener(std::string_view name) {
  return name.starts_with("ssl.keystore.") || name.starts_with("ssl.truststore.") ||
         name == "ssl.key.password";
}

bool needs_broker(std::string_view name) {
  if (name.starts_with(kListenerPrefix)) {
    std::string_view base_name = base_name_of(name);
    return base_name != "max.connections" && base_name != "max.connection.creation.rate" &&
           base_name != "num.network.threads";
  }
  const auto* key = find_broker_config_key(name);
  return key != nullptr && key->scope == Scope::kPerBroker;
}

base::Status refuse_all(const Properties& values, bool (*refuses)(std::string_view),
                        const char* sentence) {
  std::vector<std::string> names;
  for (const auto& [name, text] : values) {
    if (refuses(name)) names.push_back(name);
  }
  if (names.empty()) return {};
  return invalid_config(std::string(sentence) + "(" + base::join(names, ", ") + ")");
}

}  // namespace

base::Status check_dynamic_changes(const Properties& values, bool for_all_brokers) {
  using Refused = bool (*)(std::string_view);
  struct Rule {
    Refused refuses;
    const char* sentence;
  };
  const std::array<Rule, 2> rules = {
      Rule{is_read_only, "Cannot update these configs dynamically: Set"},
      Rule{needs_listener,
           "These security configs can be dynamically updated only per-listener using the listener "
           "prefix: HashSet"}};
  for (const Rule& rule : rules) {
    if (auto fine = refuse_all(values, rule.refuses, rule.sentence); !fine) return fine;
  }
  for (const auto& [name, text] : values) {
    const auto* key = find_broker_config_key(base_name_of(name));
    if (key == nullptr) continue;
    auto read = parse_value({}, key->type(), key->validator, text);
    if (!read) return invalid_value(name, text, key->sensitive(), read.error().message);
  }
  if (!for_all_brokers) return {};
  return refuse_all(values, needs_broker,
                    "Cannot update these configs at default cluster level, broker id must be "
                    "specified: Set");
}

Properties accepted_dynamic_values(const Properties& values, bool for_all_brokers,
                                   std::vector<std::string>& problems) {
  Properties accepted;
  for (const auto& [name, text] : values) {
    auto fine = check_dynamic_changes({{name, text}}, for_all_brokers);
    if (fine) {
      accepted[name] = text;
    } else {
      problems.push_back(fine.error().message);
    }
  }
  return accepted;
}

base::Status check_thread_count_change(std::string_view key, std::int32_t current,
                                       std::int32_t next) {
  std::string failed = "Dynamic thread count update validation failed for " + std::string(key) +
                       "=" + std::to_string(next);
  if (next < 1) return invalid_config(failed + ", value should be at least 1");
  if (next < current / 2) {
    return invalid_config(failed + ", value should be at least half the current value " +
                          std::to_string(current));
  }
  if (next > std::int64_t{current} * 2) {
    return invalid_config(failed + ", value should not be greater than double the current value " +
                          std::to_string(current));
  }
  return {};
}

}  // namespace odradek::config
